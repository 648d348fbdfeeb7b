namespace Modules.Collection.Contracts;

/// <summary>Whose blood a sample tube or a run record is about; found by sample number, or for a run by donation number.</summary>
/// <param name="Sex">M or F.</param>
/// <param name="Day">Local date of the visit: nothing of it was measured before.</param>
/// <param name="AwaitsResults">The visit is open and a form with test items is still to be submitted.</param>
/// <param name="Items">Test items of those forms that the station performs.</param>
public sealed record SampleOwner(Guid VisitId, string Sex, DateOnly Day, bool AwaitsResults, IReadOnlyList<string> Items);

public interface ISamples
{
    Task<SampleOwner?> FindAsync(string sampleNumber, CancellationToken cancel = default);
}
