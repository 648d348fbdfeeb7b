using System.Text.Json.Serialization;
using Engine.Rules;
using Platform.Audit;

namespace Modules.Donors.Contracts;

/// <summary>A donor as this station knows him. Personal data in clear: show it masked unless a reason was given.</summary>
public sealed record DonorRecord(
    Guid Id, string ArchiveNumber, string IdNumber, string Name, string Sex, DateOnly BirthDate, string Phone, string Address,
    string? BloodGroup, IReadOnlyDictionary<string, string> Details)
{
    /// <summary>A code of <see cref="BloodGroups"/>; null when none is on file.</summary>
    public string? RhD { get; init; }

    public string? GroupInWords => BloodGroups.Words(BloodGroup, RhD);

    public int AgeOn(DateOnly day) => CompletedYears.Between(BirthDate, day);
}

/// <summary>Age as GB 18467 counts it (周岁): a year is complete on the birthday; who was born on 29 February has it on the 28th of a common year.</summary>
public static class CompletedYears
{
    public static int Between(DateOnly birth, DateOnly day)
    {
        var years = day.Year - birth.Year;
        return day < birth.AddYears(years) ? years - 1 : years;
    }
}

/// <summary>One earlier donation, here or elsewhere in the province.</summary>
/// <param name="VolumeMl">mL without samples and anticoagulant.</param>
public sealed record EarlierDonation(string Station, string DonationType, DateOnly On, decimal VolumeMl, bool? Reaction);

/// <summary>One entry of the deferral file (屏蔽). <paramref name="DonationType"/> null: all types.</summary>
/// <param name="Until">First day the donor may come again; null: permanent or undated.</param>
public sealed record EarlierDeferral(string Station, string? DonationType, DateOnly From, DateOnly? Until, string Reason)
{
    /// <summary>Holds while what it comes from lasts (pregnancy, lactation), which nobody can date: the donor is asked again at every visit.</summary>
    public bool Undated { get; init; }

    [JsonIgnore]
    public bool Permanent => Until is null && !Undated;
}

/// <summary>A deferral of this station's file that does not hold any more.</summary>
public sealed record LiftedDeferral(EarlierDeferral Deferral, DateTimeOffset At, string By, string Because);

/// <summary>What is known of a donor at an instant.</summary>
/// <param name="Deferrals">Those that hold.</param>
/// <param name="Gap">Why it is not complete; then the history facts stay unknown and nothing passes on them.</param>
public sealed record DonorHistory(IReadOnlyList<EarlierDonation> Donations, IReadOnlyList<EarlierDeferral> Deferrals, string? Gap)
{
    public bool Known => Gap is null;

    /// <summary>For people to read; no verdict rests on them.</summary>
    [JsonIgnore]
    public IReadOnlyList<LiftedDeferral> Lifted { get; init; } = [];

    /// <summary>ABO group on this station's file: A, B, O or AB; null when none is on file.</summary>
    public string? BloodGroup { get; init; }

    /// <summary>RhD on this station's file, a code of <see cref="BloodGroups"/>; null when none is on file.</summary>
    public string? RhD { get; init; }
}

/// <summary>A deferral for the file.</summary>
/// <param name="VisitId">The visit it comes from; null: entered otherwise.</param>
/// <param name="Until">First day the donor may come again; null: permanent or undated.</param>
public sealed record NewDeferral(Guid DonorId, Guid? VisitId, string RuleId, string? DonationType, DateOnly From, DateOnly? Until, string Reason)
{
    /// <inheritdoc cref="EarlierDeferral.Undated"/>
    public bool Undated { get; init; }

    /// <summary>Where the same deferral may come again; null: a new one.</summary>
    public Guid? Id { get; init; }
}

/// <summary>A deferral a visit may end: one it entered itself, or an undated one of an earlier visit.</summary>
public sealed record VisitDeferral(Guid Id, string RuleId, string? DonationType, DateOnly? Until, bool Undated = false);

/// <summary>The blood group a visit's tests have found. Null: not tested.</summary>
/// <param name="ReplacesAbo">The ABO group on file is this visit's own finding, now corrected; otherwise a group that is on file stays.</param>
/// <param name="ReplacesRhD">The same of RhD.</param>
public sealed record FoundGroup(string? Abo, string? RhD, bool ReplacesAbo, bool ReplacesRhD);

/// <summary>A donation made at this station.</summary>
/// <param name="Id">The visit's; the same donation is entered once.</param>
/// <param name="VolumeMl">mL without samples and anticoagulant.</param>
public sealed record NewDonation(Guid Id, Guid DonorId, string DonationType, DateOnly On, decimal VolumeMl, bool Reaction);

/// <summary>The donors of this station. Writing methods belong to the caller's transaction.</summary>
public interface IDonors
{
    Task<DonorRecord?> FindAsync(Guid id, CancellationToken cancel = default);
    Task<DonorRecord?> FindByIdNumberAsync(string idNumber, CancellationToken cancel = default);
    Task<IReadOnlyDictionary<Guid, DonorRecord>> FindManyAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default);

    /// <summary>Own records and the provincial index together.</summary>
    Task<DonorHistory> HistoryAsync(string idNumber, CancellationToken cancel = default);

    /// <summary>The same without the deferrals this visit has entered itself: its own verdicts say what of them holds.</summary>
    Task<DonorHistory> HistoryBesidesAsync(string idNumber, Guid visitId, CancellationToken cancel = default);

    /// <summary>The deferrals this station itself has entered and that hold, as <see cref="HistoryAsync"/> has them.</summary>
    Task<IReadOnlyList<EarlierDeferral>> DeferralsAsync(Guid id, CancellationToken cancel = default);

    /// <summary>A history as pages show it.</summary>
    Task<HistoryView> ViewAsync(DonorHistory history, CancellationToken cancel = default);

    /// <summary>The donor of an archive number of this station, or null.</summary>
    Task<Guid?> FindByArchiveNumberAsync(string archiveNumber, CancellationToken cancel = default);

    /// <summary>Facts of the history for one donation type on one day.</summary>
    void AddFacts(FactBag facts, DonorHistory history, string donationType, DateOnly day);

    /// <summary>Creates the donor or takes over what the form says now, with old and new values in the audit.</summary>
    Task<Guid> SaveAsync(IReadOnlyDictionary<string, string> values, Actor by, CancellationToken cancel = default);

    /// <summary>Enters a donation here and in the province; entered again it corrects both.</summary>
    Task AddDonationAsync(NewDonation donation, CancellationToken cancel = default);

    /// <summary>Says whether a donation had a reaction, here and in the province; nothing happens while it is not entered.</summary>
    Task SetReactionAsync(Guid donationId, bool reaction, CancellationToken cancel = default);

    /// <summary>Takes over the fields given and leaves the others, with old and new values in the audit.</summary>
    Task AmendAsync(Guid id, IReadOnlyDictionary<string, string> values, Actor by, CancellationToken cancel = default);

    /// <summary>Enters the group a visit has found, with old and new value in the audit.</summary>
    Task EnterBloodGroupAsync(Guid id, FoundGroup found, Actor by, CancellationToken cancel = default);

    /// <summary>Masked names by donor, and nothing else of them.</summary>
    Task<IReadOnlyDictionary<Guid, string>> MaskedNamesAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default);

    /// <summary>Enters a deferral here and sends class and date, never the reason, to the province.</summary>
    Task DeferAsync(NewDeferral deferral, CancellationToken cancel = default);

    /// <summary>The deferrals that hold because of a visit, those entered in the caller's transaction among them, and the undated ones of the donor's earlier visits.</summary>
    Task<IReadOnlyList<VisitDeferral>> DeferralsOfVisitAsync(Guid donorId, Guid visitId, CancellationToken cancel = default);

    /// <summary>Ends a deferral here and in the province; it stays in the file as lifted.</summary>
    Task LiftAsync(Guid deferralId, string personName, string because, CancellationToken cancel = default);
}
