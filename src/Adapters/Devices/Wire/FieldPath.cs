using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Adapters.Devices.Wire;

/// <summary>Where a profile finds a value: <c>OBX-3</c>, <c>OBR-3.1</c>, <c>PID-5.1.2</c> (record, field, component, subcomponent,
/// counted from 1 as the standards do), or a column heading, key or element of a flat file. <c>DATE + TIME</c> joins two with a blank.</summary>
[JsonConverter(typeof(FieldPathConverter))]
public sealed partial record FieldPath(string Text, string Record, int Field, int Component, int Subcomponent)
{
    private const string Plus = " + ";

    /// <summary>False for a column heading.</summary>
    public bool IsField => Joined.Count > 0 ? Joined.All(p => p.IsField) : Field > 0;

    /// <summary>The paths whose values are joined; none for a plain path.</summary>
    public IReadOnlyList<FieldPath> Joined { get; private init; } = [];

    /// <summary>Itself, or the paths it joins.</summary>
    public IEnumerable<FieldPath> Parts => Joined.Count > 0 ? Joined : [this];

    public static FieldPath Parse(string text)
    {
        if (text.Contains(Plus, StringComparison.Ordinal)) return new FieldPath(text, "", 0, 0, 0) { Joined = [.. text.Split(Plus).Select(Parse)] };
        var match = Pattern().Match(text);
        return match.Success
            ? new FieldPath(text, match.Groups[1].Value, Number(match, 2), Number(match, 3), Number(match, 4))
            : new FieldPath(text, "", 0, 0, 0);
    }

    public override string ToString() => Text;

    private static int Number(Match match, int group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan) : 0;

    [GeneratedRegex(@"^([A-Z][A-Z0-9]{0,2})-([1-9][0-9]{0,2})(?:\.([1-9][0-9]?)(?:\.([1-9][0-9]?))?)?$")]
    private static partial Regex Pattern();
}

public sealed class FieldPathConverter : JsonConverter<FieldPath>
{
    public override FieldPath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } text
            ? FieldPath.Parse(text)
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, FieldPath value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
