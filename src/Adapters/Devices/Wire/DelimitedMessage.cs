using System.Text;

namespace Adapters.Devices.Wire;

/// <summary>The five characters a message declares in its own header; <c>'\0'</c> where it declares none.</summary>
public sealed record Delimiters(char Field, char Component, char Repetition, char Escape, char Subcomponent)
{
    /// <summary>From <c>MSH|^~\&amp;</c> (component, repetition, escape, subcomponent) or <c>H|\^&amp;</c> (repetition, component, escape).</summary>
    public static Delimiters Of(string header, WireFormat format)
    {
        var at = format == WireFormat.Hl7 ? 3 : 1;
        var declared = header[(at + 1)..].Split(header[at], 2)[0];
        char Declared(int index) => index < declared.Length ? declared[index] : '\0';
        return format == WireFormat.Hl7
            ? new Delimiters(header[at], Declared(0), Declared(1), Declared(2), Declared(3))
            : new Delimiters(header[at], Declared(1), Declared(0), Declared(2), '\0');
    }
}

/// <summary>HL7 v2 and ASTM E1394 text: lines of fields, repetitions, components and escapes.</summary>
public static class DelimitedMessage
{
    private const int MostProblems = 20;
    private static readonly string[] Envelopes = ["FHS", "BHS", "BTS", "FTS"];
    private static readonly FieldPath Termination = FieldPath.Parse("L-3");
    // E1394: normal, and end of what was asked for; the others are aborts and errors.
    private static readonly string[] Terminations = ["N", "F"];

    /// <summary>Splits a text into messages at each header. Lines may end in CR, LF or both. A text without a header gives none.</summary>
    /// <param name="subcomponent">Separator inside components that the maker uses and the header does not declare.</param>
    public static IReadOnlyList<WireMessage> Parse(string text, WireFormat format, Encoding charset, char? subcomponent = null)
    {
        var messages = new List<WireMessage>();
        var records = new List<WireRecord>();
        var problems = new List<string>();
        Delimiters? delimiters = null;
        var number = 0;
        foreach (var line in text.Split(['\r', '\n']))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || format == WireFormat.Hl7 && Envelopes.Any(e => line.StartsWith(e, StringComparison.Ordinal))) continue;
            if (IsHeader(line, format))
            {
                Close();
                delimiters = Delimiters.Of(line, format);
                if (subcomponent is { } own) delimiters = delimiters with { Subcomponent = own };
            }
            if (delimiters is not null && Record(line, format, delimiters, charset) is { } record) records.Add(record);
            else if (problems.Count < MostProblems) problems.Add($"第 {number} 行不是完整的{(format == WireFormat.Hl7 ? "段" : "记录")}，可能在传输中断行或损坏");
        }
        Close();
        return messages;

        void Close()
        {
            if (records.Count == 0) return;
            if (format == WireFormat.Astm && records[^1].Name != "L") problems.Add("缺少结束记录 L，消息可能不完整");
            else if (format == WireFormat.Astm && records[^1].Get(Termination) is { Length: > 0 } code && !Terminations.Contains(code)) problems.Add($"结束记录 L 的代码为 {code}，仪器没有正常发完");
            messages.Add(new WireMessage(format, records, problems));
            records = [];
            problems = [];
        }
    }

    private static bool IsHeader(string line, WireFormat format) => format == WireFormat.Hl7
        ? line.Length > 4 && line.StartsWith("MSH", StringComparison.Ordinal) && !char.IsLetterOrDigit(line[3])
        : line.Length > 2 && line[0] == 'H' && !char.IsLetterOrDigit(line[1]);

    private static DelimitedRecord? Record(string line, WireFormat format, Delimiters delimiters, Encoding charset)
    {
        var length = format == WireFormat.Hl7 ? 3 : 1;
        if (line.Length < length || line.Length > length && line[length] != delimiters.Field) return null;
        var name = line[..length];
        if (!name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c)) || char.IsAsciiDigit(name[0])) return null;
        return new DelimitedRecord(name, line, format, delimiters, charset);
    }
}

/// <summary>One segment or record; fields are counted as the standards count them.</summary>
public sealed class DelimitedRecord : WireRecord
{
    // Far above any real segment; keeps a hostile line of separators from becoming millions of strings.
    private const int MostFields = 512;
    private readonly string[] _fields;
    private readonly int _shift;
    private readonly Delimiters _delimiters;
    private readonly Encoding _charset;

    internal DelimitedRecord(string name, string line, WireFormat format, Delimiters delimiters, Encoding charset)
    {
        Name = name;
        _delimiters = delimiters;
        _charset = charset;
        _fields = line.Split(delimiters.Field, MostFields);
        // HL7 counts the separator behind MSH as its first field; ASTM counts the record's letter.
        _shift = format == WireFormat.Astm || name == "MSH" ? 1 : 0;
    }

    public override string Name { get; }

    public override string Get(FieldPath path) =>
        path.Component == 0 ? Unescape(Field(path)).Trim() : All(path).FirstOrDefault("");

    public override IEnumerable<string> All(FieldPath path) =>
        Split(Field(path), _delimiters.Repetition).Select(r => Unescape(Part(r, path)).Trim());

    /// <summary>The field's repetitions, each its components, unescaped.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Structure(int field) => field - _shift is >= 0 and var i && i < _fields.Length
        ? [.. Split(_fields[i], _delimiters.Repetition).Select(r => (IReadOnlyList<string>)[.. Split(r, _delimiters.Component).Select(c => Unescape(c).Trim())])] : [];

    private string Field(FieldPath path) => path.Field - _shift is >= 0 and var i && i < _fields.Length ? _fields[i] : "";

    private string Part(string repetition, FieldPath path)
    {
        if (path.Component == 0) return repetition;
        var component = Split(repetition, _delimiters.Component).ElementAtOrDefault(path.Component - 1) ?? "";
        return path.Subcomponent == 0 ? component : Split(component, _delimiters.Subcomponent).ElementAtOrDefault(path.Subcomponent - 1) ?? "";
    }

    private static string[] Split(string text, char separator) => separator == '\0' ? [text] : text.Split(separator, MostFields);

    private string Unescape(string text)
    {
        var escape = _delimiters.Escape;
        if (escape == '\0' || !text.Contains(escape)) return text;
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var end = text[i] == escape && i + 1 < text.Length ? text.IndexOf(escape, i + 1) : -1;
            if (end < 0 || Meaning(text[(i + 1)..end]) is not { } meaning) result.Append(text[i]);
            else
            {
                result.Append(meaning);
                i = end;
            }
        }
        return result.ToString();
    }

    private string? Meaning(string sequence) => sequence switch
    {
        "F" => _delimiters.Field.ToString(),
        "S" => _delimiters.Component.ToString(),
        "T" when _delimiters.Subcomponent != '\0' => _delimiters.Subcomponent.ToString(),
        "R" => _delimiters.Repetition.ToString(),
        "E" => _delimiters.Escape.ToString(),
        ".br" => "\n",
        "H" or "N" => "",
        ['X', .. var hex] when hex.Length is > 0 and <= 4096 && hex.Length % 2 == 0 && hex.All(char.IsAsciiHexDigit) => _charset.GetString(Convert.FromHexString(hex)),
        _ => null,
    };
}
