using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A station adds a test of its own in the browser, without a release.</summary>
public sealed class OwnTestItemTests(ChangingServer changing) : IClassFixture<ChangingServer>
{
    private const string Path = "/config/test-items";

    [Fact]
    public async Task Given_albumin_added_on_its_page_When_another_approves_Then_the_next_donors_form_asks_it_and_a_switch_turns_another_test_off()
    {
        const string station = "hangzhou";
        var (manager, approver, nurse) = (await changing.Staff.AtAsync(station, "gl01"), await changing.Staff.AtAsync(station, "pz01"), await changing.Staff.AtAsync(station, "hs01"));
        var wrong = await AddAsync(manager, "hb", "100", "10");
        Assert.True(wrong.Status == 422 && wrong.Has("hb 已有含义") && wrong.Has("须大于可信下限"), Visiting.Words(wrong));

        var added = await AddAsync(manager, "alb", "10", "80");
        Assert.True(added.Status == 302, Visiting.Words(added));
        var change = await manager.OpenChangeAsync();
        Assert.True((await manager.GetAsync(Path + "?q=白蛋白")).Has("在变更单中"));
        var features = await manager.GetAsync("/config/features");
        var on = new[] { "feature-signing.electronic", "feature-collection.kiosk", "feature-collection.bedside", "feature-collection.heat-seal-check" }.ToDictionary(k => k, _ => "on");
        Assert.Equal(302, (await manager.PostAsync("/config/features", new Dictionary<string, string>(on) { ["_change"] = change, ["_revision"] = ChangePosting.Value(features, "_revision") })).Status);
        var shown = await manager.GetAsync("/config/changes/" + change);
        Assert.True(shown.Has("白蛋白") && shown.Has("平均血小板体积"), Visiting.Words(shown));
        await manager.DoneAsync(change, "submit");
        await approver.DoneAsync(change, "approve", ("pin", Staff.Pin));

        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        var tests = await nurse.GetAsync($"/visits/{visit}/steps/tests");
        Assert.True(tests.Has("白蛋白") && !tests.Has("平均血小板体积"), Visiting.Words(tests));
        var missing = await nurse.PostStepAsync(visit, "tests", Visiting.Tests(mpv: false));
        Assert.True(missing.Status == 422 && missing.Has("白蛋白"), Visiting.Words(missing));
    }

    private static async Task<Answer> AddAsync(Browser manager, string code, string min, string max)
    {
        var page = await manager.GetAsync(Path);
        return await manager.PostAsync(Path, new Dictionary<string, string>
        {
            ["_change"] = ChangePosting.Value(page, "_change"), ["_revision"] = ChangePosting.Value(page, "_revision"), ["reason"] = "本站加测",
            ["code"] = code, ["label"] = "白蛋白", ["labelEn"] = "Albumin", ["unit"] = "g/L", ["min"] = min, ["max"] = max, ["decimals"] = "1", ["place"] = "tests/other-tests", ["required"] = "on",
        });
    }
}
