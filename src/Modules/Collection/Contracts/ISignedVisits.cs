using Modules.Signing.Contracts;

namespace Modules.Collection.Contracts;

/// <summary>The signatures of visits as they stand in the store, for whoever checks a whole station.</summary>
public interface ISignedVisits
{
    /// <summary>Visits by their key, some at a time.</summary>
    /// <param name="after">Begins behind this visit; null: with the first.</param>
    Task<IReadOnlyList<SignedVisit>> PageAsync(Guid? after, CancellationToken cancel = default);

    /// <summary>Looks at every signature of a visit; what cannot be read or not be judged is a fault of it and no exception.</summary>
    Task<IReadOnlyList<JudgedSignature>> ProveAsync(SignedVisit visit, CancellationToken cancel = default);
}

/// <param name="Label">Donation number, or the day of a visit that has none.</param>
/// <param name="Records">Submissions so far.</param>
public sealed record SignedVisit(Guid Id, string Label, int Records);
