using System.Globalization;
using System.Text.RegularExpressions;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What people at the counter, at the bedside and before a terminal see and are asked: who is who, what has been judged, what cannot be.</summary>
public sealed partial class UseTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Station = "hangzhou";

    private Task<Browser> NurseAsync() => shared.Staff.AtAsync(Station, "hs01");

    private static Dictionary<string, string> Donor(string name, string? idNumber = null) => new(Visiting.Registration(idNumber ?? Visiting.NewIdNumber())) { ["name"] = name };

    /// <summary>Local time of the station's clock, as a form takes it.</summary>
    private string Minute(double fromNow = 0) => shared.Server.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).AddMinutes(fromNow).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    private string Day(int fromToday = 0) => shared.Server.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).AddDays(fromToday).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The first part of a page that a pattern marks, without its markup.</summary>
    private static string Part(Answer page, string pattern) => Regex.Match(page.Body, pattern, RegexOptions.Singleline) is { Success: true } found
        ? Visiting.Words(page with { Body = found.Value }).Trim() : throw new InvalidOperationException($"{pattern} is not on the page ({page.Status}):\n{Visiting.Words(page)}");

    private static string Banner(Answer page) => Part(page, "<section class=\"donor-banner.*?</section>");

    private static string Panel(Answer page) => Part(page, "<aside class=\"verdict.*?</aside>");

    /// <summary>The queue number the banner of a visit shows, three digits or more.</summary>
    private static string Queue(Answer page) => QueueNumber().Match(Banner(page)) is { Success: true } found ? found.Groups[1].Value : throw new InvalidOperationException("No queue number: " + Banner(page));

    [GeneratedRegex("排队号 ?([0-9]{3,})")]
    private static partial Regex QueueNumber();
}
