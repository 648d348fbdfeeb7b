namespace Modules.Donors.Contracts;

/// <summary>A donor's history in words: types by the titles of the rule packs, stations by their names.</summary>
public sealed record HistoryView(IReadOnlyList<DonationView> Donations, IReadOnlyList<DeferralView> Deferrals, string? Gap);

/// <param name="VolumeMl">mL without samples and anticoagulant.</param>
public sealed record DonationView(DateOnly On, string DonationType, string Station, decimal VolumeMl, bool? Reaction);

/// <param name="Until">The first day the donor may come again, 永久, or 日期待定.</param>
/// <param name="DonationType">Null: all types.</param>
public sealed record DeferralView(DateOnly From, string Until, string? DonationType, string Station, string Reason)
{
    /// <summary>When, by whom and why it was lifted; null while it holds.</summary>
    public string? Lifted { get; init; }
}
