namespace Modules.Exchange.Contracts;

/// <summary>What the province keeps of a donation or deferral: no name, no reason, no result.</summary>
/// <param name="SourceId">Id at the sending station; the same id is entered once.</param>
/// <param name="Kind"><c>donation</c> or <c>deferral</c>.</param>
/// <param name="DonationType">Null for a deferral of all types.</param>
/// <param name="VolumeMl">mL; 0 for a deferral.</param>
/// <param name="Until">Last day of a deferral; null: permanent, or not a deferral.</param>
public sealed record IndexEntry(Guid SourceId, string Station, string Kind, string? DonationType, DateOnly On, decimal VolumeMl, DateOnly? Until)
{
    public const string Donation = "donation";
    public const string Deferral = "deferral";
}

/// <summary>The provincial donor index, found by a keyed digest of the ID number.</summary>
public interface IDonorIndex
{
    /// <summary>Entries of all stations, or the reason why the province did not answer. Never an empty list in its place.</summary>
    Task<(IReadOnlyList<IndexEntry> Entries, string? Unreachable)> FindAsync(string idNumber, CancellationToken cancel = default);

    /// <summary>Sends an entry with the caller's transaction; it arrives when the province can be reached.</summary>
    void Send(string idNumber, IndexEntry entry);
}
