using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using TechTalk.SpecFlow.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>Servers that die, and a province that does not answer.</summary>
[Binding]
public sealed class OutageSteps(Journey journey, VisitSteps visit, ISpecFlowOutputHelper output)
{
    [When(@"^服务器断电后重新启动$")]
    public async Task DieAndStartAsync()
    {
        await journey.Product.KillAsync();
        await journey.Product.StartAgainAsync();
    }

    [When(@"^检查医师提交征询与一般检查，(\d+) 毫秒后断电，重新启动后浏览器再送一次同样的内容$")]
    public async Task DieDuringCheckAsync(int milliseconds)
    {
        var form = await visit.OpenCheckAsync("检查医师");
        await VisitSteps.FillCheckAsync(form);
        await DieDuringAsync(form, milliseconds);
    }

    [When(@"^登记员在(杭州|绍兴)提交登记，(\d+) 毫秒后断电，重新启动后浏览器再送一次同样的内容$")]
    public async Task DieDuringRegistrationAsync(string station, int milliseconds)
    {
        await DieDuringAsync(await visit.FillRegistrationAsync(station), milliseconds);
        journey.RememberVisit();
    }

    [When(@"^检查医师在征询与一般检查中填了""(.+)""为""(.+)""，等草稿保存后关掉页面$")]
    public async Task LeaveHalfDoneAsync(string label, string value)
    {
        var form = await visit.OpenCheckAsync("检查医师");
        await form.FillAsync(label, value);
        await Expect(journey.Page.Locator("[data-draft-status]")).ToContainTextAsync("已保存");
        await journey.ClosePageAsync("检查医师");
    }

    [Given(@"^省级平台已停用$")]
    public Task ProvinceOffAsync() => journey.Product.SwitchAsync("Default", on: false);

    [When(@"^省级平台恢复$")]
    public Task ProvinceOnAsync() => journey.Product.SwitchAsync("Default", on: true);

    [When(@"^登记员在(杭州|绍兴)为(?:她|他)登记，页面提示""(.+)""$")]
    public async Task RegisterWarnedAsync(string station, string warning)
    {
        var form = await visit.FillRegistrationAsync(station);
        await Expect(journey.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(warning);
        await form.SubmitAsync();
        journey.RememberVisit();
    }

    [Then(@"^本次献血页面提示""(.+)""$")]
    public async Task ThenWarnedAsync(string warning)
    {
        await journey.OpenVisitAsync("登记员");
        await Expect(journey.Page.GetByRole(AriaRole.Region, new() { Name = "献血者" })).ToContainTextAsync(warning);
    }

    [Then(@"^页面说明未取得省内献血史，不能判定$")]
    public Task ThenHistoryWantedAsync() => Expect(journey.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "献血史" })).ToContainTextAsync("不能判定");

    /// <summary>Kills the server while it works on the browser's post, then lets the browser send the very same post again, as its reload does.</summary>
    private async Task DieDuringAsync(StepForm form, int milliseconds)
    {
        var page = journey.Page;
        await page.RunAndWaitForRequestAsync(() => form.Submit.ClickAsync(), request => request is { Method: "POST", IsNavigationRequest: true });
        await Task.Delay(milliseconds);
        await journey.Product.KillAsync();
        try
        {
            await page.WaitForLoadStateAsync(LoadState.Load, new() { Timeout = 10_000 });
        }
        catch (TimeoutException)
        {
            // A browser whose server died under it may go on waiting: the person reloads all the same.
        }
        var reached = page.Url;
        await journey.Product.StartAgainAsync();
        await page.ReloadAsync();
        output.WriteLine($"{milliseconds} ms: {reached} → {page.Url}");
    }
}
