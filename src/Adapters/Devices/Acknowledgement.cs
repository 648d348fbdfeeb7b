using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Adapters.Devices.Wire;

namespace Adapters.Devices;

/// <summary>HL7 table 0008.</summary>
public enum AcknowledgementCode
{
    /// <summary>Stored.</summary>
    AA,
    /// <summary>Not stored, the device may try again.</summary>
    AE,
    /// <summary>Not stored, sending it again will not help.</summary>
    AR,
}

/// <summary>Builds the answer a device expects, in the shape its profile gives.</summary>
public static partial class Acknowledgement
{
    /// <param name="message">The message answered.</param>
    /// <param name="text">For {text}.</param>
    /// <param name="error">For {error}: 0 = none.</param>
    /// <param name="now">Local time of the station.</param>
    /// <returns>The segments, each ended by CR, unframed.</returns>
    public static string Build(DeviceProfile profile, WireMessage message, AcknowledgementCode code, string text, int error, DateTime now)
    {
        var result = new StringBuilder();
        foreach (var template in profile.Acknowledgement)
            result.Append(Places().Replace(template, m => m.Groups[1].Value switch
            {
                "code" => code.ToString(),
                "text" => Escape(text),
                "error" => error.ToString(CultureInfo.InvariantCulture),
                "now" => now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture),
                var path => Escape(Value(message, FieldPath.Parse(path))),
            })).Append('\r');
        return result.ToString();
    }

    private static string Value(WireMessage message, FieldPath path) => message.Records.FirstOrDefault(r => r.Name == path.Record)?.Get(path) ?? "";

    // The answer declares the usual separators, whatever those of the message were.
    private static string Escape(string value) => value.Replace("\\", "\\E\\").Replace("|", "\\F\\").Replace("^", "\\S\\")
        .Replace("&", "\\T\\").Replace("~", "\\R\\").Replace('\r', ' ').Replace('\n', ' ');

    [GeneratedRegex(@"\{([A-Za-z0-9.\-]+)\}")]
    private static partial Regex Places();
}
