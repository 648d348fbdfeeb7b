using System.Globalization;
using System.Text.Json.Nodes;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A pack reaches its last day while the station works.</summary>
[Collection(PublishingDesk.Name)]
public sealed class RunOutPackTests(PublishingDesk desk)
{
    [Fact]
    public async Task Given_a_pack_in_force_until_tomorrow_When_its_days_are_over_Then_the_others_go_on_judging_and_somebody_is_told()
    {
        var pack = OneLayerOneNameTests.Pack("run-out");
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        pack["effectiveTo"] = TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, zone).AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        pack["ruleSets"] = JsonNode.Parse("""
            [ { "stage": "general-check", "rules": [ { "id": "RO-1", "clause": "试", "title": "临时要求", "titleEn": "t", "require": { "fact": "weight", "op": ">=", "value": 60, "unit": "kg" },
                "outcome": "defer-visit", "text": "临时要求体重 60 kg", "source": "试", "status": "S" } ] } ]
            """);
        (await desk.PublishAsync(("run-out.rules.json", PublishingDesk.Text(pack)), OneLayerOneNameTests.Cases("run-out"))).Done();
        var nurse = await desk.Staff.AtAsync(PublishingDesk.Station, "hs01");
        Assert.False((await nurse.GetAsync("/worklist")).Has("已到末日"));
        Assert.True((await SubmitAsync(nurse)).Has("临时要求体重 60 kg"));

        await desk.Server.PassAsync(TimeSpan.FromDays(2));

        // The session of before has ended with the days.
        var later = await desk.Staff.SignInAsync(PublishingDesk.Station, "hs01");
        var worklist = await later.GetAsync("/worklist");
        Assert.True(worklist.Has("规则包 run-out 已到末日"), Visiting.Words(worklist));
        Assert.Equal(302, (await SubmitAsync(later)).Status);
        var daily = await (await desk.Staff.SignInAsync(PublishingDesk.Station, "gl01")).GetAsync("/daily");
        Assert.True(daily.Has("规则包 run-out") && daily.Has("它的规则不再判定"), Visiting.Words(daily));
    }

    private static async Task<Answer> SubmitAsync(Browser nurse)
    {
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        return await nurse.PostStepAsync(visit, "general-check", new Dictionary<string, string>(Visiting.GeneralCheck()) { ["weight"] = "55" });
    }
}
