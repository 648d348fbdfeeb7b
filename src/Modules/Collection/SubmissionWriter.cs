using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Forms;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Writes a form of a visit into the caller's transaction as its next version: the submission, its audit entry and its evidence leaf.</summary>
internal sealed class SubmissionWriter(Store store, VisitFiles files, NeedleGate gate, TimeProvider clock)
{
    /// <exception cref="NeedleGateException">The form belongs behind the needle gate and the gate is closed; whoever may get here asks first.</exception>
    public async Task<Submission> AddAsync(
        Visit visit, VisitConfiguration configuration, string step, FormDefinition form, FormSubmission submission, IReadOnlyList<StepSigner> signers, string personId, string personName, CancellationToken cancel)
    {
        if (await gate.RefusalAsync(visit, configuration, step, form, submission, signers, cancel) is { } refusal) throw new NeedleGateException(refusal);
        var now = clock.GetUtcNow();
        var content = submission.ToCanonicalJson();
        var versions = store.Set<Submission>().Where(s => s.VisitId == visit.Id && s.Step == step);
        var row = new Submission
        {
            Id = Guid.CreateVersion7(now), VisitId = visit.Id, DonorId = visit.DonorId, Step = step, Form = form.Code,
            Version = (await versions.MaxAsync(s => (int?)s.Version, cancel) ?? 0) + 1,
            ValuesJson = files.Stored(form, submission), ContentHash = Convert.ToHexStringLower(SHA256.HashData(content)),
            SignersJson = JsonSerializer.Serialize(signers), PersonId = personId, PersonName = personName, At = now,
        };
        store.Add(row);
        if (submission.Facts.Number(CollectionFacts.TargetUnits) is { } units) visit.TargetUnits = (int)units;
        store.Add(new AuditEntry { At = now, PersonId = personId, PersonName = personName, Action = "提交" + form.Title, Subject = StepWriter.Subject(visit), New = row.ContentHash });
        await store.AddLeafAsync("submission", StepWriter.Subject(visit), content, now, cancel);
        return row;
    }
}
