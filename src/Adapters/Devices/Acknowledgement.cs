using System.Globalization;
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
public static class Acknowledgement
{
    /// <param name="message">The message answered.</param>
    /// <param name="text">For {text}.</param>
    /// <param name="error">For {error}: 0 = none.</param>
    /// <param name="now">Local time of the station.</param>
    /// <returns>The segments, each ended by CR, unframed.</returns>
    public static string Build(DeviceProfile profile, WireMessage message, AcknowledgementCode code, string text, int error, DateTime now) =>
        new AnswerLines(WireFormat.Hl7, new RecordScope(message.Records), new Dictionary<string, string>
        {
            ["code"] = code.ToString(), ["text"] = text, ["error"] = error.ToString(CultureInfo.InvariantCulture),
            ["now"] = now.ToString(AnswerLines.Time, CultureInfo.InvariantCulture),
        }).Fill(profile.Acknowledgement);
}
