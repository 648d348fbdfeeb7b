using System.Security.Claims;

namespace Modules.Donors.Contracts;

/// <summary>The full view of a donor: names, numbers and addresses unmasked, on whatever page or paper. One right, one kind of reason, written down once and good for a quarter of an hour.</summary>
public interface IFullView
{
    /// <summary>Whether this person has given a reason lately.</summary>
    /// <param name="subject">What is looked at, as the audit names it: <c>donor:…</c>, <c>archive:…</c>.</param>
    Task<bool> IsOpenAsync(string subject, ClaimsPrincipal user, CancellationToken cancel = default);

    /// <summary>Takes the reason into the audit, in a transaction of its own.</summary>
    /// <returns>Why it is none, zh-CN; null when it was taken.</returns>
    Task<string?> OpenAsync(string subject, string? reason, ClaimsPrincipal user, CancellationToken cancel = default);
}

public static class FullViews
{
    public const string Permission = "donors.reveal";

    /// <summary>Reasons given in one tap; others are written.</summary>
    public static IReadOnlyList<string> Reasons { get; } = ["核对献血者身份或资料", "核对记录单据", "质量检查", "调查不良反应或投诉", "归档或移交", "献血者本人要求"];

    /// <summary>Where to go on once the reason is given: a page of visits or of the archive, below the tenant. Null for anything else.</summary>
    public static string? Onward(string? path) =>
        path is not null && (path.StartsWith("/visits/", StringComparison.Ordinal) || path.StartsWith("/archive/", StringComparison.Ordinal)) && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '.' or '_') && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("..", StringComparison.Ordinal)
            ? path : null;
}

/// <summary>The page that asks for the reason.</summary>
/// <param name="PostTo">Below the tenant.</param>
/// <param name="Then">Where it leads.</param>
public sealed record FullViewModel(string Title, string PostTo, string Then, string? Error);
