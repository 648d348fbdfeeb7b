using Engine.Rules;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>What a collection leaves in the donor's history. It counts from the moment its record is signed, completed or broken off, so that the next interval is reckoned from it.</summary>
internal sealed class DonationRecord(Store store, IDonors donors, TimeProvider clock)
{
    /// <summary>Part of the caller's transaction; called again with corrected facts it corrects what is there.</summary>
    /// <param name="facts">All that is known of the visit.</param>
    public async Task AddAsync(Visit visit, IFacts facts, Actor by, CancellationToken cancel)
    {
        if (facts.Text(CollectionFacts.NeedleAt) is null) return;
        // Yearly totals leave anticoagulant out (GB 18467-2011 chapter 9); what is not known is not taken off.
        var volume =
            Math.Max(0, (facts.Number(CollectionFacts.ProductVolume) ?? 0) - (facts.Number(CollectionFacts.AnticoagulantInProduct) ?? 0));
        (visit.CollectedMl, visit.CollectedUnits) = (volume, facts.Number(CollectionFacts.Units));
        await donors.AddDonationAsync(
            new NewDonation(visit.Id, visit.DonorId, visit.DonationType, visit.Day, volume, await HadReactionAsync(visit.Id, cancel)),
            cancel);
        store.Add(by.Did("记入献血史", visit.Subject.ToString(), clock.GetUtcNow(), new AuditChange(New: $"{volume:0.##} mL")));
    }

    /// <summary>Says anew whether the donation had a reaction, after a reaction form has been submitted or corrected; part of the caller's transaction.</summary>
    public async Task FollowReactionAsync(Visit visit, CancellationToken cancel) =>
        await donors.SetReactionAsync(visit.Id, await HadReactionAsync(visit.Id, cancel), cancel);

    /// <summary>Whether a reaction form stands, one just added included: whatever the form says of it, there was a reaction to say it of.</summary>
    private async Task<bool> HadReactionAsync(Guid visit, CancellationToken cancel) =>
        store.Set<Submission>().Local.Any(s => s.SubjectId == visit && s.Form == ReportReaction.Form)
        || await store.Set<Submission>().AnyAsync(s => s.SubjectId == visit && s.Form == ReportReaction.Form, cancel);
}
