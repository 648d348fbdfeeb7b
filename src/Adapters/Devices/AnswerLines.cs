using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Adapters.Devices.Wire;

namespace Adapters.Devices;

/// <summary>Fills the lines of an answer from the message answered. The answer declares the usual separators of its format, whatever those of the message were.</summary>
/// <param name="words">For names in lower case, such as {code}; unknown names are empty.</param>
internal sealed partial class AnswerLines(WireFormat format, RecordScope asked, IReadOnlyDictionary<string, string> words)
{
    private const string Counter = "#";

    private readonly bool _hl7 = format == WireFormat.Hl7;

    public const string Time = "yyyyMMddHHmmss";

    /// <returns>The lines, each ended by CR, unframed.</returns>
    public string Fill(IEnumerable<string> templates)
    {
        var (result, counts) = (new StringBuilder(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var template in templates)
        {
            var name = template.Split('|', 2)[0];
            counts[name] = counts.GetValueOrDefault(name) + 1;
            result.Append(Places().Replace(template, m => m.Groups[1].Value switch
            {
                Counter => counts[name].ToString(CultureInfo.InvariantCulture),
                var word when words.TryGetValue(word, out var said) => Escape(said),
                var place when FieldPath.Parse(place) is { IsField: true } path => Value(path),
                _ => "",
            })).Append('\r');
        }
        return result.ToString();
    }

    /// <summary>A whole field keeps its repetitions and components.</summary>
    private string Value(FieldPath path) => path.Component > 0 || path.Record == "MSH" && path.Field < 3
        ? Escape(asked.Get(path))
        : string.Join(_hl7 ? '~' : '\\', asked.Structure(path).Select(components => string.Join('^', components.Select(Escape))));

    private string Escape(string value)
    {
        var escape = _hl7 ? '\\' : '&';
        var result = new StringBuilder();
        foreach (var c in value)
        {
            var letter = c == escape ? 'E' : c switch { '|' => 'F', '^' => 'S', '&' => 'T', '~' when _hl7 => 'R', '\\' => 'R', _ => '\0' };
            if (letter == '\0') result.Append(char.IsControl(c) ? ' ' : c);
            else result.Append(escape).Append(letter).Append(escape);
        }
        return result.ToString();
    }

    [GeneratedRegex(@"\{([A-Za-z0-9.\-]+|#)\}")]
    private static partial Regex Places();
}
