using Engine.Forms;
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
        var found = await visits.Where(v => v.SampleNumber == sampleNumber || v.DonationNumber == sampleNumber)
            .Select(v => new { v.Id, Run = v.DonationNumber == sampleNumber }).FirstOrDefaultAsync(cancel);
        if (found is null || await files.ReadAsync(found.Id, cancel) is not { } file) return null;
        var forms = Awaited(file, found.Run);
        var optional = file.Configuration.Settings.OptionalTests;
        return new SampleOwner(found.Id, file.Donor.Sex, file.Visit.Day, forms.Count > 0,
            [.. forms.SelectMany(f => f.Fields).Select(f => f.TestItem).OfType<TestItem>()
                .Where(i => !i.Optional || optional.Contains(i.Code)).Select(i => i.Code).Distinct()]);
    }

    /// <summary>Forms with test items still to be submitted. Tubes carry the sample number; a separator's run record carries the donation number.</summary>
    private static List<FormDefinition> Awaited(VisitFile file, bool run) =>
        file.Visit.State != VisitStates.Open ? [] : [.. file.Configuration.Workflow.UserTasks
        .Where(t => t.FormKey is { } code && file.Configuration.HasForm(code) && file.Configuration.Form(code) is var form
            && form.Fields.Any(f => f.TestItem is not null) && NeedleGate.Guards(form) == run)
        .Where(t => file.OpenTask(t.StepCode) is not null || file.Latest(t.StepCode) is null)
            .Select(t => file.Configuration.Form(t.FormKey!))];
}
