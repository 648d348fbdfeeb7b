using System.Text.RegularExpressions;

namespace Modules.Devices;

/// <summary>A donation number as a scanner reads it from an ISBT 128 barcode (data structure 001): <c>=</c>, 13 characters, two flag characters that say which of several labels it was, not which donation.</summary>
internal static partial class DonationIdentification
{
    /// <summary>The number itself; anything else stays as it is.</summary>
    public static string Meaning(string scanned) => Scanned().Match(scanned) is { Success: true } match ? match.Groups[1].Value : scanned;

    // Facility of five (the first a letter but O, or a digit but 0), year of two, serial of six; flags of two, left out by some readers.
    [GeneratedRegex("^=([A-NP-Z1-9][0-9A-NP-Z]{4}[0-9]{8})(?:[0-9A-NP-Z]{2})?\\z")]
    private static partial Regex Scanned();
}
