namespace Modules.Collection.Contracts;

/// <summary>Whose blood a sample tube holds.</summary>
/// <param name="Sex">M or F.</param>
/// <param name="AwaitsResults">The visit is open and a form with test items is still to be submitted.</param>
public sealed record SampleOwner(Guid VisitId, string Sex, bool AwaitsResults);

public interface ISamples
{
    Task<SampleOwner?> FindAsync(string sampleNumber, CancellationToken cancel = default);
}
