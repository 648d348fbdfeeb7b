using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Records;

/// <summary>The same operation id has one effect and one answer, however often it is sent.</summary>
internal sealed class Operations(Store store, TimeProvider clock)
{
    /// <summary>What the operation came to when it was done before; null when it is new.</summary>
    public async Task<Decision?> DoneBeforeAsync(Attempt attempt, CancellationToken cancel)
    {
        if (await store.Set<StoredOperation>().AsNoTracking()
            .SingleOrDefaultAsync(o => o.Id == attempt.OperationId, cancel) is not { } done) return null;
        return done.PersonId == attempt.By.Id && done.RequestHash == AuditTables.Sha256(attempt.Content)
            ? new Decision.Done(JsonSerializer.Deserialize<string>(done.OutcomeJson)!) : new Decision.DoneOtherwise();
    }

    /// <summary>Part of the caller's transaction.</summary>
    public void Add(Attempt attempt, string next) => store.Add(new StoredOperation
    {
        Id = attempt.OperationId, PersonId = attempt.By.Id, RequestHash = AuditTables.Sha256(attempt.Content),
        OutcomeJson = JsonSerializer.Serialize(next), At = clock.GetUtcNow(),
    });
}
