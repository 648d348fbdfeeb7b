using System.Text.RegularExpressions;
using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>A change as managers and approvers see it.</summary>
[Binding]
public sealed class ChangeSteps(Journey journey)
{
    private const string Manager = "站点管理员";
    private const string Approver = "质量负责人";
    private const string Station = "/config/station";
    private string _change = "";

    [Given(@"^质量负责人已设置 PIN$")]
    public Task GivenApproverAsync() => journey.KnowsPinAsync(Approver);

    [When(@"^站点管理员在站点资料把""(.*)""改成""(.*)""，理由""(.*)""$")]
    public async Task EditAsync(string field, string value, string reason)
    {
        var page = await journey.OpenAsync(Manager, Station);
        await page.GetByLabel(field, new() { Exact = true }).FillAsync(value);
        if (await page.Locator("#reason").CountAsync() > 0) await page.Locator("#reason").FillAsync(reason);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "保存到变更单" }));
    }

    [When(@"^站点管理员在送批以后把""(.*)""再改成""(.*)""$")]
    public async Task EditAgainAsync(string field, string value)
    {
        // Whoever approves has the page open as it was handed in.
        await journey.OpenAsync(Approver, _change);
        await EditAsync(field, value, "");
    }

    [Then(@"^页面在""(.*)""旁说""(.*)""$")]
    public async Task ThenWrongAsync(string field, string words)
    {
        await Expect(journey.Page.Locator(".error-summary")).ToContainTextAsync(field);
        await Expect(journey.Page.Locator(".field--error .field__error")).ToContainTextAsync(words);
        await Expect(journey.Page.Locator(".change-bar")).ToHaveCountAsync(0);
    }

    [Then(@"^旁边的暂缓提示单印着""(.*)""$")]
    public async Task ThenPreviewAsync(string words)
    {
        var picture = journey.Page.Locator("img[data-paper=deferral-slip]");
        await Expect(picture).ToBeVisibleAsync();
        Assert.True(await picture.EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)") > 300);
        var address = await journey.Page.Locator("details:has(img[data-paper=deferral-slip]) a").GetAttributeAsync("href");
        var answer = await journey.Page.Context.APIRequest.GetAsync(new Uri(new Uri(journey.Page.Url), address).ToString());
        Assert.Contains(words, await new PrintedPaper(await answer.BodyAsync()).TextAsync(), StringComparison.Ordinal);
    }

    [Then(@"^变更单条上写着""(.*)""$")]
    public async Task ThenBarAsync(string state)
    {
        var bar = journey.Page.Locator(".change-bar");
        await Expect(bar).ToContainTextAsync(state);
        _change = Regex.Match(await bar.Locator(".change-bar__title").GetAttributeAsync("href") ?? "", "/config/changes/.*").Value;
    }

    [When(@"^站点管理员送批$")]
    public async Task SubmitAsync()
    {
        var page = await journey.OpenAsync(Manager, _change);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "检查并送批" }));
    }

    [Then(@"^变更单为""(.*)""，改了""(.*)""，从""(.*)""到""(.*)""$")]
    public async Task ThenSubmittedAsync(string stage, string what, string before, string after)
    {
        await ThenStageAsync(stage);
        var row = journey.Page.Locator("[data-differences] tbody tr");
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row).ToContainTextAsync(what);
        await Expect(row.Locator("del")).ToHaveTextAsync(before);
        await Expect(row.Locator("ins")).ToHaveTextAsync(after);
    }

    [Then(@"^变更单为""([^""]*)""$")]
    public Task ThenStageAsync(string stage) => Expect(journey.Page.Locator("[data-stage]")).ToHaveTextAsync(stage);

    [Then(@"^站点管理员不能批准，因为""(.*)""$")]
    public async Task ThenNotByAuthorAsync(string why)
    {
        var page = await journey.OpenAsync(Manager, _change);
        await Expect(page.Locator("[data-no-approval]")).ToContainTextAsync(why);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "批准", Exact = true })).ToHaveCountAsync(0);
    }

    [Given(@"^站点管理员又得到岗位""(.*)""$")]
    public Task GivenRoleAsync(string role) => journey.Product.GiveRoleAsync("hangzhou", Journey.AccountOf(Manager), role);

    [Then(@"^单采护士打不开配置台$")]
    public async Task ThenNurseAsync()
    {
        var page = await journey.OpenAsync("单采护士", "/config");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("没有此操作的权限");
    }

    [Then(@"^质量负责人按先前看到的批准不了$")]
    public async Task ThenVoidAsync()
    {
        var page = await journey.OfAsync(Approver);
        await SignAsync(page);
        await Expect(page.Locator(".error-summary")).ToContainTextAsync("还没有送批");
        await Expect(page.Locator("[data-stage]")).ToHaveTextAsync("起草中");
    }

    [When(@"^质量负责人用 PIN 批准$")]
    public async Task ApproveAsync() => await SignAsync(await journey.OpenAsync(Approver, _change));

    [When(@"^站点管理员收回这份变更单，理由""(.*)""，质量负责人批准$")]
    public async Task TakeBackAsync(string reason)
    {
        var page = await journey.OpenAsync(Manager, _change);
        await page.Locator("#act-take-back").FillAsync(reason);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "新建收回的变更单" }));
        _change = Regex.Match(page.Url, "/config/changes/.*").Value;
        await SubmitAsync();
        await ApproveAsync();
        await ThenStageAsync("已生效");
    }

    [Then(@"^站点资料的""(.*)""又是""(.*)""$")]
    public async Task ThenAgainAsync(string field, string value)
    {
        var page = await journey.OpenAsync(Manager, Station);
        await Expect(page.GetByLabel(field, new() { Exact = true })).ToHaveValueAsync(value);
    }

    private static async Task SignAsync(IPage page)
    {
        await page.Locator("#pin").FillAsync(Product.Pin);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "批准", Exact = true }));
    }
}
