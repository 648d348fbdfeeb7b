using Engine.Forms;
using Engine.Rules;
using Modules.Devices.Contracts;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;

namespace Modules.Collection;

/// <summary>Begins to work a visit out with what is known of it.</summary>
internal sealed class VisitRuns(IDonors donors, IReadings readings)
{
    /// <param name="attended">Somebody is there to confirm what a verdict asks to confirm.</param>
    public VisitRun Of(VisitFile file, FactBag facts, bool attended = true) => new(file.Configuration, donors, file.Judged, facts)
    {
        VisitId = file.Visit.Id, Attended = attended, HasArrived = (items, cancel) => ArrivedAsync(file.Visit.Id, items, cancel),
    };

    /// <summary>What is known with this submission and its signatures.</summary>
    public static FactBag With(FactBag known, FormSubmission submission, FormDefinition form, IReadOnlyList<Signer> signed)
    {
        known.Add(submission.Facts);
        foreach (var signer in form.Signers.Where(s => s.Fact is not null && signed.Any(p => p.Role == s.Role))) known.Set(signer.Fact!,
            "yes");
        return known;
    }

    private async Task<bool> ArrivedAsync(Guid visitId, IReadOnlyList<string> items, CancellationToken cancel)
    {
        var counting = (await readings.OfVisitAsync(visitId, cancel)).Where(r => r.Value is not null).Select(r => r.Item)
            .ToHashSet(StringComparer.Ordinal);
        return items.All(counting.Contains);
    }
}
