namespace Modules.Collection.Contracts;

/// <summary>Whose blood a sample tube or a run record is about; found by sample number, or for a run by donation number.</summary>
/// <param name="Sex">M or F.</param>
/// <param name="AwaitsResults">The visit is open and a form with test items is still to be submitted.</param>
public sealed record SampleOwner(Guid VisitId, string Sex, bool AwaitsResults);

public interface ISamples
{
    Task<SampleOwner?> FindAsync(string sampleNumber, CancellationToken cancel = default);
}
