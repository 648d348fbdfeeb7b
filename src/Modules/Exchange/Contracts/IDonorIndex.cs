namespace Modules.Exchange.Contracts;

/// <summary>What the province keeps of a donation or deferral: no name, no reason, no result.</summary>
/// <param name="SourceId">Id at the sending station; the same id has one entry.</param>
/// <param name="Kind"><c>donation</c> or <c>deferral</c>.</param>
/// <param name="DonationType">Null for a deferral of all types.</param>
/// <param name="VolumeMl">mL; 0 for a deferral.</param>
/// <param name="Until">First day the donor may come again; null: permanent, undated, or not a deferral.</param>
/// <param name="Reaction">Whether the donor had a reaction; null: not a donation, or its station has not said.</param>
/// <param name="Lifted">The deferral does not hold any more; the entry stays, so that an older message cannot bring it back.</param>
/// <param name="Revision">Counts the corrections at the station, from 0; the highest rules, whatever the order of arrival.</param>
public sealed record IndexEntry(
    Guid SourceId, string Station, string Kind, string? DonationType, DateOnly On, decimal VolumeMl, DateOnly? Until, bool? Reaction = null, bool Lifted = false, long Revision = 0)
{
    /// <summary>A deferral that holds while what it comes from lasts: whoever meets the donor asks again.</summary>
    public bool Undated { get; init; }

    public const string Donation = "donation";
    public const string Deferral = "deferral";
}

/// <summary>The provincial donor index, found by a keyed digest of the ID number.</summary>
public interface IDonorIndex
{
    /// <summary>Entries of all stations that hold, or the reason why the province did not answer. Never an empty list in its place.</summary>
    Task<(IReadOnlyList<IndexEntry> Entries, string? Unreachable)> FindAsync(string idNumber, CancellationToken cancel = default);

    /// <summary>Sends an entry with the caller's transaction; it arrives when the province can be reached.</summary>
    void Send(string idNumber, IndexEntry entry);
}
