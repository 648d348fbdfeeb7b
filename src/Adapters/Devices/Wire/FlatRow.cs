namespace Adapters.Devices.Wire;

/// <summary>One value of a flat file.</summary>
/// <param name="Heading">Column heading, key, or the name of the element or attribute.</param>
/// <param name="Unit">As written beside the value; empty where none is.</param>
public sealed record FlatCell(string Heading, string Value, string Unit)
{
    /// <summary>As written beside the value.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];
}

/// <summary>One sample or run of a flat file: a CSV row, a block of lines, or the values of one XML element. A heading may occur more than once.</summary>
public sealed class FlatRow(IEnumerable<FlatCell> cells) : WireRecord
{
    public override string Name => "ROW";

    /// <summary>Every filled cell, in order.</summary>
    public IReadOnlyList<FlatCell> Cells { get; } = [.. cells.Where(c => c.Value.Length > 0 || c.Flags.Count > 0)];

    public override string Get(FieldPath path) => All(path).FirstOrDefault("");

    public override IEnumerable<string> All(FieldPath path) =>
        Cells.Where(c => string.Equals(c.Heading, path.Text, StringComparison.OrdinalIgnoreCase)).Select(c => c.Value);
}
