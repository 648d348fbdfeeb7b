using System.Text.RegularExpressions;
using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>Corrections, steps that have waited too long, steps handed on, and the daily list.</summary>
[Binding]
public sealed class LookingAfterSteps(Journey journey, VisitSteps visit)
{
    [When(@"^检测员把献血前检测的""(.+)""更正为""(.+)""，原因""(.+)""$")]
    public async Task AmendAsync(string label, string value, string reason)
    {
        var form = await OpenAmendmentAsync("检测员", "献血前检测");
        await form.FillAsync(label, value);
        await ShowChangesAsync(reason);
    }

    [When(@"^登记员把登记的""(.+)""更正为别人的$")]
    public async Task AmendIdAsync(string label)
    {
        var form = await OpenAmendmentAsync("登记员", "献血登记表");
        var other = Donor.New("别人", woman: false, 37, journey.Product.Today.AddDays(-3)).IdNumber;
        await form.FillAsync(label, other);
        await ShowChangesAsync("填写错误");
    }

    [When(@"^登记员不改内容就更正登记$")]
    public async Task AmendNothingAsync()
    {
        await OpenAmendmentAsync("登记员", "献血登记表");
        await ShowChangesAsync("填写错误");
    }

    [When(@"^检测员和检测员乙签名并更正$")]
    public async Task SignAsync()
    {
        var form = new StepForm(await journey.OfAsync("检测员"));
        await visit.SignTestsAsync(form, "检测员乙", Product.Pin);
        await form.SubmitAsync();
    }

    [When(@"^检查医师打开征询复核与一般检查，以""(.+)""转交给多面手护士$")]
    public async Task AssignAsync(string reason)
    {
        await journey.KnowsPinAsync("多面手护士");
        var page = (await journey.OpenStepAsync("检查医师", "征询复核与一般检查"), journey.Page).Page;
        await page.ReloadAsync();
        await page.LeaveByAsync(page.GetByRole(AriaRole.Link, new() { Name = "转交" }));
        var option = await page.Locator("#_person option").Filter(new() { HasText = "hs01" }).GetAttributeAsync("value");
        await page.Locator("#_person").SelectOptionAsync(option!);
        await page.GetByLabel("转交的原因").FillAsync(reason);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "转交" }));
    }

    [Then(@"^更正内容是""(.+)""从""(.+)""到""(.+)""，判定""(.+)""$")]
    public async Task ThenChangesAsync(string label, string old, string now, string verdict)
    {
        await Expect(journey.Page.Locator("[data-difference] tbody tr")).ToHaveTextAsync([new Regex($"{label}\\s*{old}\\s*{now}")]);
        await Expect(journey.Page.Locator("[data-verdict-after]")).ToContainTextAsync(verdict);
    }

    [Then(@"^页面警告""(.+)""$")]
    public Task ThenWarnedAsync(string words) => Expect(journey.Page.Locator("[data-worse]")).ToContainTextAsync(words);

    [Then(@"^本次献血写明""(.+)""和""(.+)""$")]
    public async Task ThenWordsAsync(string first, string second)
    {
        await journey.OpenVisitAsync("登记员");
        await journey.Page.Locator("details").EvaluateAllAsync<object?>("all => all.forEach(one => one.open = true)");
        await Expect(journey.Page.GetByText(first)).ToBeVisibleAsync();
        await Expect(journey.Page.GetByText(second)).ToBeVisibleAsync();
    }

    [Then(@"^站点管理员的每日清单""(.+)""里有(?:她|他)$")]
    public async Task ThenListedAsync(string title)
    {
        var page = await journey.OpenAsync("站点管理员", "/daily");
        await Expect(page.Locator("[data-list]").Filter(new() { HasText = title }).Locator($"a[href$='{journey.VisitId}']")).ToHaveCountAsync(1);
    }

    [When(@"^一个多小时过去，还没有人办理$")]
    public Task PassAsync() => journey.Product.PassAsync(TimeSpan.FromMinutes(61));

    [Then(@"^检测员的工作列表上她标明""超时""，排在最前$")]
    public async Task ThenLateAsync()
    {
        var page = await journey.OpenAsync("检测员", "/worklist");
        var first = page.Locator("tbody tr").First;
        await Expect(first).ToContainTextAsync("超时");
        await Expect(first.Locator($"a[href*='{journey.VisitId}/steps/']")).ToHaveCountAsync(1);
    }

    [Then(@"^质量管理员可以打开她的献血前检测$")]
    public async Task ThenOpenToQualityAsync()
    {
        var page = await journey.OpenAsync("质量管理员", $"/visits/{journey.VisitId}/steps/tests");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("献血前检测");
    }

    [Then(@"^多面手护士的工作列表上他标明""(.+)""$")]
    public async Task ThenMineAsync(string words)
    {
        var page = await journey.OpenAsync("多面手护士", "/worklist");
        await Expect(page.Locator("tbody tr").Filter(new() { Has = page.Locator($"a[href*='{journey.VisitId}']") })).ToContainTextAsync(words);
    }

    [Then(@"^检查医师打不开征询复核与一般检查：""(.+)""$")]
    public async Task ThenBarredAsync(string words)
    {
        var page = await journey.OpenAsync("检查医师", $"/visits/{journey.VisitId}/steps/general-check");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync(words);
    }

    /// <summary>From the visit's page, as staff do.</summary>
    public async Task<StepForm> OpenAmendmentAsync(string person, string form)
    {
        var page = await journey.OpenVisitAsync(person);
        await page.Locator("details > summary").Filter(new() { HasText = form }).Last.ClickAsync();
        await page.LeaveByAsync(page.Locator($"a[data-amend='{form}']"));
        return new StepForm(page);
    }

    public async Task ShowChangesAsync(string reason)
    {
        await journey.Page.GetByLabel("原因", new() { Exact = true }).SelectOptionAsync(reason);
        await journey.Page.LeaveByAsync(journey.Page.Locator("button[name=_action][value=Done]"));
    }
}
