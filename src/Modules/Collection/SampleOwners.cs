using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Whose tube it is, and whether anybody still waits for its results.</summary>
internal sealed class SampleOwners(Store store, VisitFiles files) : ISamples
{
    public async Task<SampleOwner?> FindAsync(string sampleNumber, CancellationToken cancel = default)
    {
        var id = await store.Set<Visit>().Where(v => v.SampleNumber == sampleNumber).Select(v => (Guid?)v.Id).SingleOrDefaultAsync(cancel);
        return id is not null && await files.ReadAsync(id.Value, cancel) is { } file ? new SampleOwner(id.Value, file.Donor.Sex, Awaits(file)) : null;
    }

    private static bool Awaits(VisitFile file) => file.Visit.State == VisitStates.Open && file.Configuration.Workflow.UserTasks
        .Where(t => t.FormKey is { } form && file.Configuration.HasForm(form) && file.Configuration.Form(form).Fields.Any(f => f.TestItem is not null))
        .Any(t => file.OpenTask(t.StepCode) is not null || file.Latest(t.StepCode) is null);
}
