using Adapters.Devices.Wire;

namespace Adapters.Devices;

/// <summary>The header, patient and sample records in force, or the row of a flat file.</summary>
internal sealed class RecordScope(IEnumerable<WireRecord> records)
{
    private readonly List<WireRecord> _records = [.. records];

    public string? First(IReadOnlyList<FieldPath> paths) => paths.Select(Get).FirstOrDefault(v => v.Length > 0);

    public string Get(FieldPath path) =>
        string.Join(' ', path.Parts.Select(part => Record(part)?.Get(part) ?? "").Where(v => v.Length > 0));

    /// <summary>Its repetitions, each its components; none when absent.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Structure(FieldPath path) => (Record(path) as DelimitedRecord)?.Structure(path.Field) ?? [];

    private WireRecord? Record(FieldPath path) => _records.FirstOrDefault(r => r.Name == path.Record || !path.IsField);
}
