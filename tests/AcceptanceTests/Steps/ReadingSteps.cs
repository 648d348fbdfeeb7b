using AcceptanceTests.Running;
using Harness;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;

namespace AcceptanceTests.Steps;

/// <summary>Whether pages can be read, by anybody and on any screen.</summary>
[Binding]
public sealed class ReadingSteps(Journey journey)
{
    private static readonly (string Person, string[] Paths)[] Pages =
    [
        ("多面手护士", ["/worklist", "/registration", "/devices", "/devices/queue", "/follow-ups", "/hand-overs", "/daily", "/donors", "/signing", "/pin"]),
        ("站点管理员", ["/config", "/config?q=电话", "/config/changes", "/config/station", "/config/features", "/config/test-items", "/config/people", "/config/people?q=jd01", "/kiosks", "/daily"]),
        ("档案员", ["/archive"]),
    ];

    private static readonly string[] Steps = ["consent-inquiry", "general-check", "tests", "assessment", "pre-collection-check"];

    private readonly List<string> _found = [];

    /// <summary>What was expected and what was read stand in one line of the visit's record.</summary>
    [Given(@"^采前核对时血袋上的献血码读错过一次$")]
    public async Task GivenMisreadAsync()
    {
        var staff = journey.Product.Staff;
        await staff.AtAsync("hangzhou", Collecting.Second);
        var nurse = await staff.AtAsync("hangzhou", "hs01");
        var number = await nurse.DonationNumberAsync(journey.VisitId);
        var values = new Dictionary<string, string>(Collecting.BeforeCheck(journey.Donor.IdNumber, number)) { ["kitLabel"] = "9910126999999" };
        Assert.Equal(422, (await nurse.PostStepAsync(journey.VisitId, "pre-collection-check", values)).Status);
    }

    [When(@"^工作人员在宽(.*)的屏幕上逐一打开他们的页面$")]
    public async Task LookAsync(int width)
    {
        foreach (var (person, paths) in Pages)
            foreach (var path in paths) await LookAtAsync(await journey.OpenAsync(person, path), width);
        await LookAtAsync(await journey.OpenVisitAsync("多面手护士"), width);
        foreach (var step in Steps) await LookAtAsync(await journey.OpenAsync("多面手护士", $"/visits/{journey.VisitId}/steps/{step}"), width);
        await LookAtAsync(await journey.OpenAsync("多面手护士", $"/visits/{journey.VisitId}/steps/tests/amend"), width);
        var list = await journey.OpenAsync("站点管理员", "/config/people?q=jd01");
        await list.LeaveByAsync(list.Locator("tr[data-account='jd01'] a"));
        await LookAtAsync(list, width);
        await LookAtAsync(await journey.TerminalAsync("自助终端", "一号"), width);
        await LookAtAsync(await journey.StrangerAsync("访客", "/sign-in"), width);
    }

    [Then(@"^没有一页比屏幕宽，无障碍检查没有严重问题$")]
    public void ThenReadable() => Assert.True(_found.Count == 0, string.Join('\n', _found));

    /// <summary>What is folded is looked at too.</summary>
    private async Task LookAtAsync(IPage page, int width)
    {
        await page.SetViewportSizeAsync(width, 1000);
        if (await page.Locator("main h1").CountAsync() != 1) _found.Add(page.Url + ": not one heading");
        await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(d => d.open = true)");
        _found.AddRange(await Accessibility.FindingsAsync(page));
    }
}
