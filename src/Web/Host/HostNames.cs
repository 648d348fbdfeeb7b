namespace Web.Host;

/// <summary>The names this installation answers to, as <c>AllowedHosts</c> lists them, separated by semicolons.</summary>
internal static class HostNames
{
    /// <summary>Each of these lets every name in.</summary>
    private static readonly HashSet<string> Everything = new(StringComparer.Ordinal) { "*", "[::]", "0.0.0.0", "*." };

    public static IReadOnlyList<string> Of(string? setting) => (setting ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>No name of its own, or one that lets every other in.</summary>
    public static bool IsOpen(string? setting) => Of(setting) is var names && (names.Count == 0 || names.Any(Everything.Contains));
}
