using AcceptanceTests.Running;
using Harness;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>Who may do what at the station, as its administrators see to it.</summary>
[Binding]
public sealed class PeopleSteps(Journey journey)
{
    private const string Administrator = "站点管理员";
    private const string Other = "另一位管理员";
    private const string People = "/config/people";
    private string _password = "";

    [Given(@"^另一位管理员已设置 PIN$")]
    public Task GivenOtherAsync() => journey.KnowsPinAsync(Other);

    [When(@"^站点管理员添加工号""(.*)""的""(.*)""，岗位""(.*)""，没有批准人$")]
    public async Task AddAsync(string account, string name, string role)
    {
        var page = await journey.OpenAsync(Administrator, People);
        await page.Locator("#account").FillAsync(account);
        await page.Locator("#name").FillAsync(name);
        await page.Locator("#idNumber").FillAsync(Visiting.NewIdNumber());
        await page.GetByRole(AriaRole.Checkbox, new() { Name = role, Exact = true }).CheckAsync();
        await SendAsync(page);
    }

    [When(@"^站点管理员请自己批准$")]
    public Task ApproveAloneAsync() => ApproveAsync(Administrator);

    [When(@"^另一位管理员在这一页批准$")]
    public Task ApproveAsOtherAsync() => ApproveAsync(Other);

    [Then(@"^页面要另一位管理员批准，没有添加""(.*)""$")]
    public async Task ThenNotAddedAsync(string account)
    {
        await Expect(journey.Page.Locator(".error-summary")).ToContainTextAsync("没有添加");
        await Expect(journey.Page.Locator(".signer .field__error")).ToBeVisibleAsync();
        await Expect(journey.Page.Locator($"tr[data-account='{account}']")).ToHaveCountAsync(0);
        await Expect(journey.Page.Locator("#account")).ToHaveValueAsync(account);
    }

    [Then(@"^页面给出""(.*)""的初始密码，只显示一次$")]
    public async Task ThenPasswordAsync(string account)
    {
        _password = await journey.Page.Locator("[data-password]").InnerTextAsync();
        await journey.OpenAsync(Administrator, $"{People}?q={account}");
        await Expect(journey.Page.Locator($"tr[data-account='{account}']")).ToHaveCountAsync(1);
        Assert.DoesNotContain(_password, await journey.Page.ContentAsync(), StringComparison.Ordinal);
    }

    [When(@"^""(.*)""用初始密码登录，换了密码并设置 PIN$")]
    public async Task SignInAsync(string account)
    {
        var page = await journey.StrangerAsync(account, "/sign-in");
        await page.GetByLabel("工号").FillAsync(account);
        await page.GetByLabel("密码").FillAsync(_password);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "登录" }));
        await page.GetByLabel("登录密码").FillAsync(_password);
        await page.GetByLabel("新 PIN").FillAsync(Product.Pin);
        await page.GetByLabel("再输一次 PIN").FillAsync(Product.Pin);
        await page.GetByLabel("新密码").FillAsync("qin-xiao-man-2026");
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "保存" }));
    }

    [Then(@"^""(.*)""看到工作列表$")]
    public async Task ThenWorklistAsync(string account)
    {
        var page = await journey.OpenAsync(account, "/worklist");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "工作列表" })).ToBeVisibleAsync();
    }

    [When(@"^站点管理员停用""(.*)""，没有写原因$")]
    public Task DisableWithoutReasonAsync(string account) => DisableAsync(account, "");

    [When(@"^站点管理员停用""(.*)""，原因""(.*)""$")]
    public async Task DisableAsync(string account, string reason)
    {
        var page = await journey.OpenAsync(Administrator, $"{People}?q={account}");
        await page.LeaveByAsync(page.Locator($"tr[data-account='{account}'] a"));
        await page.GetByText("停用账号", new() { Exact = true }).First.ClickAsync();
        await page.Locator("#reason-disable").FillAsync(reason);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "确认停用" }));
    }

    [Then(@"^页面要原因，""(.*)""仍在$")]
    public async Task ThenReasonAsync(string account)
    {
        await Expect(journey.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("原因");
        await ThenWorklistAsync(account);
    }

    [Then(@"^""(.*)""的下一次点击回到登录页$")]
    public async Task ThenOutAsync(string account)
    {
        var page = await journey.OpenAsync(account, "/worklist");
        await Expect(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "登录" })).ToBeVisibleAsync();
    }

    [Then(@"^经过里依次有""(.*)""$")]
    public async Task ThenHistoryAsync(string acts)
    {
        var page = await journey.OfAsync(Administrator);
        var shown = await page.Locator("td[data-label='操作']").AllInnerTextsAsync();
        Assert.Equal(acts.Split('、'), shown.Reverse().Where(acts.Split('、').Contains));
    }

    private async Task ApproveAsync(string person)
    {
        var page = journey.Page;
        await page.Locator("#second").FillAsync(Journey.AccountOf(person));
        await page.Locator("input[name='pin-second']").FillAsync(Product.Pin);
        await SendAsync(page);
    }

    private static Task SendAsync(IPage page) => page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "添加", Exact = true }));
}
