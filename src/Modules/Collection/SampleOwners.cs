using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Whose tube it is, and whether anybody still waits for its results.</summary>
internal sealed class SampleOwners(Store store, VisitFiles files) : ISamples
{
    public async Task<SampleOwner?> FindAsync(string sampleNumber, CancellationToken cancel = default)
    {
        var visits = store.Set<Visit>();
        var found = await visits.Where(v => v.SampleNumber == sampleNumber || v.DonationNumber == sampleNumber).Select(v => new { v.Id, Run = v.DonationNumber == sampleNumber }).FirstOrDefaultAsync(cancel);
        return found is not null && await files.ReadAsync(found.Id, cancel) is { } file ? new SampleOwner(found.Id, file.Donor.Sex, Awaits(file, found.Run)) : null;
    }

    /// <summary>Tubes carry the sample number; a separator's run record carries the donation number.</summary>
    private static bool Awaits(VisitFile file, bool run) => file.Visit.State == VisitStates.Open && file.Configuration.Workflow.UserTasks
        .Where(t => t.FormKey is { } code && file.Configuration.HasForm(code) && file.Configuration.Form(code) is var form && form.Fields.Any(f => f.TestItem is not null) && NeedleGate.Guards(form) == run)
        .Any(t => file.OpenTask(t.StepCode) is not null || file.Latest(t.StepCode) is null);
}
