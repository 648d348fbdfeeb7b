namespace Adapters.Devices.Wire;

/// <summary>One sample or run of a flat file: a CSV row, or the values of one XML element.</summary>
/// <param name="Heading">Column heading, or the name of the element or attribute.</param>
/// <param name="Unit">As written beside the value; empty in a CSV.</param>
public sealed record FlatCell(string Heading, string Value, string Unit);

/// <summary>Values found by heading; a heading may occur more than once.</summary>
public sealed class FlatRow(IEnumerable<FlatCell> cells) : WireRecord
{
    public override string Name => "ROW";

    /// <summary>Every filled cell, in order.</summary>
    public IReadOnlyList<FlatCell> Cells { get; } = [.. cells.Where(c => c.Value.Length > 0)];

    public override string Get(FieldPath path) => All(path).FirstOrDefault("");

    public override IEnumerable<string> All(FieldPath path) =>
        Cells.Where(c => string.Equals(c.Heading, path.Text, StringComparison.OrdinalIgnoreCase)).Select(c => c.Value);
}
