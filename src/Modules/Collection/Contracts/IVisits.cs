namespace Modules.Collection.Contracts;

/// <summary>A visit as lists show it.</summary>
/// <param name="State">One of <see cref="VisitStates"/>.</param>
public sealed record VisitSummary(Guid Id, DateOnly Day, string DonationType, string State, string? DonationNumber);

public static class VisitStates
{
    public const string Open = "open";
    public const string Accepted = "accepted";
    public const string Completed = "completed";
    public const string Deferred = "deferred";
    public const string Withdrawn = "withdrawn";

    public static string Title(string state) => state switch
    {
        Open => "进行中",
        Accepted => "评估合格",
        Completed => "已完成",
        Deferred => "已暂缓",
        Withdrawn => "已终止",
        _ => state,
    };
}

/// <summary>What other modules may know of visits.</summary>
public interface IVisits
{
    Task<IReadOnlyList<VisitSummary>> OfDonorAsync(Guid donorId, CancellationToken cancel = default);
}
