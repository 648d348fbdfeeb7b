using System.Globalization;
using System.Text.RegularExpressions;

namespace IntegrationTests.Support;

/// <summary>From the closed visit to the package, as the archivist does it.</summary>
internal static partial class Archiving
{
    public static string Today => DateTime.UtcNow.AddHours(8).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A whole donation.</summary>
    public static async Task<Guid> DonateAsync(this Staff staff, string station, string idNumber, bool mpv)
    {
        foreach (var second in new[] { "jc02", Collecting.Second }) await staff.AtAsync(station, second);
        var nurse = await staff.AtAsync(station, "hs01");
        var visit = await nurse.RunVisitAsync(Visiting.Registration(idNumber), mpv);
        await nurse.CollectAsync(visit, idNumber);
        return visit;
    }

    /// <summary>A visit that ends with the test results.</summary>
    public static async Task<Guid> DeferAsync(this Staff staff, string station)
    {
        await staff.AtAsync(station, "jc02");
        var nurse = await staff.AtAsync(station, "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        await nurse.CompleteAsync(visit, "tests", Visiting.Tests(mpv: station == "hangzhou", hb: "90"));
        return visit;
    }

    /// <returns>The page of the job when it is done.</returns>
    public static async Task<Answer> ArchiveAsync(this Browser archivist)
    {
        await archivist.GetAsync("/archive/runs");
        var started = await archivist.PostAsync("/archive/runs", ("from", Today), ("to", Today));
        return started.Status == 302 ? await archivist.DoneAsync(started.Location![archivist.Prefix.Length..]) : throw new InvalidOperationException(Visiting.Words(started));
    }

    /// <summary>Archives what is outstanding, of all days.</summary>
    public static async Task<Answer> ArchiveOutstandingAsync(this Browser archivist)
    {
        await archivist.GetAsync("/archive/runs");
        var started = await archivist.PostAsync("/archive/runs/outstanding");
        return started.Status == 302 ? await archivist.DoneAsync(started.Location![archivist.Prefix.Length..]) : throw new InvalidOperationException(Visiting.Words(started));
    }

    public static async Task<Answer> DoneAsync(this Browser browser, string job)
    {
        if (browser.Settles is not null) await browser.Settles();
        for (var until = DateTime.UtcNow.AddMinutes(3); DateTime.UtcNow < until; await Task.Delay(200))
            if (await browser.GetAsync(job) is var page && page.Body.Contains("data-job=\"done\"", StringComparison.Ordinal)) return page;
        throw new TimeoutException(job);
    }

    public static Guid ItemOf(Answer list) => Guid.Parse(Item().Match(list.Body).Groups[1].Value);

    [GeneratedRegex("/archive/([0-9a-f-]{36})\"")]
    private static partial Regex Item();
}
