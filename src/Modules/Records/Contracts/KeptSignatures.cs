namespace Modules.Records.Contracts;

/// <summary>What of the signatures of a refused attempt goes back to its page and counts when it is sent again.</summary>
/// <param name="Drawings">Pictures by role, each with the sign that it was drawn under exactly this content.</param>
/// <param name="Held">Roles whose PIN is held: not to be typed again.</param>
/// <param name="Token">Names the PINs held; null without any.</param>
public sealed record KeptSignatures(IReadOnlyDictionary<string, (string Picture, string Token)> Drawings, IReadOnlyCollection<string> Held,
    string? Token)
{
    public static KeptSignatures None { get; } = new(new Dictionary<string, (string, string)>(), [], null);
}
