using System.Text;
using System.Text.Json.Serialization;

namespace Adapters.Devices.Wire;

public enum WireFormat
{
    /// <summary>HL7 version 2, separators from MSH, with or without MLLP framing.</summary>
    [JsonStringEnumMemberName("hl7")] Hl7,
    /// <summary>ASTM E1394 records, with or without LIS1-A framing.</summary>
    [JsonStringEnumMemberName("astm")] Astm,
    /// <summary>Flat file with one heading row and one sample a row.</summary>
    [JsonStringEnumMemberName("csv")] Csv,
    /// <summary>XML with one element for each run or sample.</summary>
    [JsonStringEnumMemberName("xml")] Xml,
    /// <summary>Lines of a key and its values.</summary>
    [JsonStringEnumMemberName("lines")] Lines,
}

/// <summary>One message as a list of records, before any profile gives them meaning.</summary>
/// <param name="Problems">Structural damage, in Chinese; such a message is readable but not to be believed.</param>
public sealed record WireMessage(WireFormat Format, IReadOnlyList<WireRecord> Records, IReadOnlyList<string> Problems)
{
    /// <summary>What the bytes were read as; null when not known.</summary>
    public Encoding? Charset { get; init; }
}

/// <summary>A segment, record or row whose values are found by path.</summary>
public abstract class WireRecord
{
    public abstract string Name { get; }

    /// <summary>Trimmed and unescaped; without a component in the path the whole field, repetitions included. Empty when absent.</summary>
    public abstract string Get(FieldPath path);

    /// <summary>The value of each repetition of the field.</summary>
    public abstract IEnumerable<string> All(FieldPath path);
}
