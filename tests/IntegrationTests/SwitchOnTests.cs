using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A station that has signed on paper goes over to electronic signing at an instant, without anybody stopping work.</summary>
public sealed class SwitchOnTests
{
    private const string Station = "shaoxing";

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_a_station_on_paper_When_electronic_signing_comes_into_force_Then_visits_registered_before_go_on_on_paper_and_whoever_has_prepared_signs_later_ones_without_a_stop()
    {
        await using var server = await ProductHost.RunningAsync();
        var staff = new Staff(server);
        var (nurse, manager) = (await staff.AtAsync(Station, "hs01"), await staff.AtAsync(Station, "gl01"));
        var (prepared, _) = (await staff.AtAsync(Station, "yj01"), await staff.AtAsync(Station, "pz01"));
        Assert.True((await ApplyAsync(prepared)).Has("没有启用电子签名"));
        var before = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        var from = await SwitchOnAsync(server);
        var day = TimeZoneInfo.ConvertTime(from, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var stillBefore = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        foreach (var page in new[] { await prepared.GetAsync("/worklist"), await prepared.GetAsync("/signing") }) Assert.True(page.Has("本站自") && page.Has(day), Visiting.Words(page));
        Assert.Equal(302, (await ApplyAsync(prepared)).Status);
        Assert.False((await prepared.GetAsync("/worklist")).Has("您还没有签名证书"));
        server.Clock.Advance(from - server.Clock.GetUtcNow());
        var early = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        var after = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));

        foreach (var visit in new[] { before, stillBefore })
        {
            await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
            Assert.Contains("data-proof=\"paper\"", (await nurse.GetAsync($"/visits/{visit}")).Body, StringComparison.Ordinal);
        }
        await prepared.CompleteAsync(early, "general-check", Visiting.GeneralCheck());
        Assert.Contains("data-proof=\"holds\"", (await prepared.GetAsync($"/visits/{early}")).Body, StringComparison.Ordinal);
        var refused = await nurse.PostStepAsync(after, "general-check", Visiting.GeneralCheck());
        Assert.True(refused.Status == 422 && refused.Has("您还没有可用的签名证书"), Visiting.Words(refused));
        Assert.Equal(302, (await ApplyAsync(nurse)).Status);
        await nurse.CompleteAsync(after, "general-check", Visiting.GeneralCheck());
        Assert.Contains("data-proof=\"holds\"", (await nurse.GetAsync($"/visits/{after}")).Body, StringComparison.Ordinal);
        Assert.True((await manager.GetAsync("/signing")).Has("hs01") || (await manager.GetAsync("/signing")).Has("多面手"));
    }

    private static async Task<Answer> ApplyAsync(Browser person)
    {
        await person.GetAsync("/signing");
        return await person.PostAsync("/signing/apply", ("apply-pin", Staff.Pin));
    }

    /// <summary>The settings in force with one feature more, drafted by one person and approved by another.</summary>
    private static async Task<DateTimeOffset> SwitchOnAsync(ProductHost server)
    {
        var rows = await new Database(server, Station).RowsAsync("""SELECT "Json" FROM documents WHERE "Kind" = 'settings' AND "Name" = 'station' ORDER BY "Version" DESC""");
        var settings = JsonNode.Parse(rows[0][0]!)!;
        settings["Features"]!.AsArray().Add("signing.electronic");
        var folder = Directory.CreateTempSubdirectory("settings-");
        var file = Path.Combine(folder.FullName, "station.settings.json");
        await File.WriteAllTextAsync(file, settings.ToJsonString());
        var from = DateTimeOffset.UtcNow.AddMinutes(5);
        var drafted = await DoAsync(server, Staff.Pin, "new", Station, file, "--title", "启用电子签名", "--reason", "启用电子签名", "--by", "gl01", "--from", from.ToString("o", CultureInfo.InvariantCulture));
        var id = Regex.Match(drafted, "[0-9a-f-]{36}").Value;
        await DoAsync(server, null, "check", Station, id);
        await DoAsync(server, Staff.Pin, "submit", Station, id, "--by", "gl01");
        await DoAsync(server, Staff.Pin, "approve", Station, id, "--by", "pz01");
        folder.Delete(recursive: true);
        return from;
    }

    private static async Task<string> DoAsync(ProductHost server, string? input, params string[] verb)
    {
        var (exit, output, error) = await server.VerbAsync(["changes", .. verb], input);
        return exit == 0 ? output : throw new InvalidOperationException(output + error);
    }
}
