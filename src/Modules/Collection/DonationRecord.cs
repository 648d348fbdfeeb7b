using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Platform.Audit;
using Platform.Rules;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>What a collection leaves in the donor's history. It counts from the moment its record is signed, completed or broken off, so that the next interval is reckoned from it.</summary>
internal sealed class DonationRecord(Store store, IDonors donors, TimeProvider clock)
{
    /// <summary>Part of the caller's transaction; called again with corrected facts it corrects what is there.</summary>
    /// <param name="facts">All that is known of the visit.</param>
    public async Task AddAsync(Visit visit, IFacts facts, string personId, string personName, CancellationToken cancel)
    {
        if (facts.Text(CollectionFacts.NeedleAt) is null) return;
        // Yearly totals leave anticoagulant out (GB 18467-2011 chapter 9); what is not known is not taken off.
        var volume = Math.Max(0, (facts.Number(CollectionFacts.ProductVolume) ?? 0) - (facts.Number(CollectionFacts.AnticoagulantInProduct) ?? 0));
        (visit.CollectedMl, visit.CollectedUnits) = (volume, facts.Number(CollectionFacts.Units));
        var reaction = await store.Set<Submission>().AnyAsync(s => s.VisitId == visit.Id && s.Form == ReportReaction.Form, cancel);
        await donors.AddDonationAsync(new NewDonation(visit.Id, visit.DonorId, visit.DonationType, visit.Day, volume, reaction), cancel);
        store.Add(new AuditEntry
        {
            At = clock.GetUtcNow(), PersonId = personId, PersonName = personName, Action = "记入献血史", Subject = StepWriter.Subject(visit), New = $"{volume:0.##} mL",
        });
    }
}
