using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Signing.Contracts;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>The signatures of visits that no package holds as they are now: not archived yet, or amended since. What only an outside authority can say is asked of it.</summary>
internal sealed class VerifyUnpacked(Store store, ISignedVisits visits) : ISignedEvidence
{
    public string Title => "未归档的签名";

    public async IAsyncEnumerable<JudgedSignature> JudgeAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        IReadOnlyList<SignedVisit> page;
        for (Guid? after = null; (page = await visits.PageAsync(after, cancel)).Count > 0; after = page[^1].Id)
        {
            var ids = page.Select(v => v.Id).ToList();
            var packed = (await store.Set<ArchiveVersion>().AsNoTracking().Where(v => ids.Contains(v.VisitId)).Select(v => new { v.VisitId, v.Records }).ToListAsync(cancel)).ToLookup(v => v.VisitId, v => v.Records);
            foreach (var visit in page.Where(v => !packed[v.Id].Contains(v.Records)))
                foreach (var signature in await visits.ProveAsync(visit, cancel)) yield return signature;
        }
    }
}
