using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>A donor alone before the terminal.</summary>
[Binding]
public sealed class KioskSteps(Journey journey)
{
    private const string Terminal = "自助终端";
    private static int _terminals;

    private IPage Page { get; set; } = null!;

    [Given(@"^站点管理员已在(杭州|绍兴)登记一台自助终端$")]
    public async Task GivenTerminalAsync(string station)
    {
        journey.GoTo(station);
        Page = await journey.TerminalAsync(Terminal, NextName());
    }

    [When(@"^站点管理员在(杭州|绍兴)登记一台自助终端$")]
    public async Task EnrolAsync(string station)
    {
        journey.GoTo(station);
        var list = await journey.OpenAsync("站点管理员", "/kiosks");
        await list.GetByLabel("名称").FillAsync(NextName());
        await list.GetByLabel("位置").FillAsync("一楼登记大厅");
        await list.LeaveByAsync(list.GetByRole(AriaRole.Button, new() { Name = "添加并生成登记码" }));
        var code = await list.Locator("[data-code]").InnerTextAsync();
        Page = await journey.StrangerAsync(Terminal, "/kiosk");
        await Page.GetByLabel("登记码").FillAsync(code);
        await Page.LeaveByAsync(Page.GetByRole(AriaRole.Button, new() { Name = "登记" }));
    }

    [When(@"^献血者在自助终端输入身份证号码和姓名$")]
    public async Task IdentifyAsync()
    {
        await Page.GetByLabel("身份证号码").FillAsync(journey.Donor.IdNumber);
        await Page.GetByLabel("姓名").FillAsync(journey.Donor.Name);
        await NextAsync();
    }

    [When(@"^献血者在自助终端填写登记资料$")]
    public Task RegisterAsync() => RegisterAsync("13711110000");

    [When(@"^献血者在自助终端填写登记资料，联系电话为""(.+)""$")]
    public async Task RegisterAsync(string phone)
    {
        var form = new StepForm(Page);
        await form.FillAsync("联系电话", phone);
        await form.FillAsync("现住址", "自助路 8 号");
        await NextAsync();
        await NextAsync();
        await form.FillAsync("献血者类别", "首次献血");
        await form.FillAsync("计划献血类型", "单采血小板");
        await form.FillAsync("以往献血有无不良反应", "否");
        await NextAsync();
    }

    [When(@"^献血者在自助终端逐屏作答$")]
    public async Task AnswerAsync()
    {
        while (await Page.Locator("canvas").CountAsync() == 0)
        {
            await new StepForm(Page).AnswerAsExpectedAsync();
            await NextAsync();
        }
    }

    [When(@"^献血者手写签名并提交$")]
    public async Task SignAsync()
    {
        await new StepForm(Page).DrawAsync();
        await Page.LeaveByAsync(Page.GetByRole(AriaRole.Button, new() { Name = "签名并提交" }));
    }

    [When(@"^献血者填了联系电话以后离开 (\d+) 秒$")]
    public async Task LeaveAsync(int seconds)
    {
        await Page.Clock.InstallAsync();
        await Page.ReloadAsync();
        await new StepForm(Page).FillAsync("联系电话", "13722220000");
        await journey.Product.PassAsync(TimeSpan.FromSeconds(seconds));
        // A scroll that filling has caused may be told after the clock was moved, and begins the minute anew.
        while (!Page.Url.EndsWith("/kiosk/start", StringComparison.Ordinal))
        {
            await Page.Clock.FastForwardAsync(seconds * 1000);
            await Task.WhenAny(Page.WaitForURLAsync("**/kiosk/start"), Task.Delay(2000));
        }
    }

    [When(@"^登记员查到这次献血$")]
    public async Task FindAsync()
    {
        var page = await journey.OpenAsync("登记员", "/registration");
        await page.GetByLabel("居民身份证号码").FillAsync(journey.Donor.IdNumber);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "查找" }));
        journey.RememberVisit();
    }

    [Then(@"^签名页列出本次的回答，没有姓名和身份证号码$")]
    public async Task ThenAnswersAsync()
    {
        await Expect(Page.GetByRole(AriaRole.Region, new() { Name = "您的回答" })).ToContainTextAsync("您今天感觉身体健康、适合献血吗？");
        var content = await Page.ContentAsync();
        Assert.DoesNotContain(journey.Donor.Name, content);
        Assert.DoesNotContain(journey.Donor.IdNumber, content);
    }

    [Then(@"^自助终端显示""(.+)""$")]
    public Task ThenHeadingAsync(string heading) => Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading);

    [Then(@"^自助终端回到""(.+)""，没有任何填写的内容$")]
    public async Task ThenBeginningAsync(string heading)
    {
        await ThenHeadingAsync(heading);
        foreach (var input in await Page.GetByRole(AriaRole.Textbox).AllAsync()) await Expect(input).ToHaveValueAsync("");
    }

    [Then(@"^按浏览器的返回键看不到刚才的内容$")]
    public async Task ThenNothingBehindAsync()
    {
        await Page.GoBackAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("身份核验");
        var content = await Page.ContentAsync();
        // Seven digits of each number typed here: of three, a random token of the page has its own.
        foreach (var typed in new[] { "1371111", "1372222" }) Assert.DoesNotContain(typed, content);
    }

    [Then(@"^页面上没有""(.+)""，没有""(.+)""，没有""(.+)""$")]
    public async Task ThenWithoutAsync(string first, string second, string third)
    {
        var content = await Page.ContentAsync();
        foreach (var word in new[] { first, second, third }) Assert.DoesNotContain(word, content);
    }

    [Then(@"^知情同意与征询由自助终端提交，献血者手写签名$")]
    public async Task ThenRecordedAsync()
    {
        var form = journey.Page.Locator("section:not(#proof) > details").Filter(new() { HasText = "献血者知情同意及健康征询表" });
        await form.Locator("summary").ClickAsync();
        await Expect(form.Locator("summary")).ToContainTextAsync("自助终端 大厅");
        await Expect(form.Locator("[data-signature=献血者]")).ToContainTextAsync("手写签名");
        await Expect(form.Locator("[data-signature=献血者]")).ToContainTextAsync("自助终端输入，证件待核对");
    }

    [Then(@"^绍兴的自助终端页面写明""(.+)""$")]
    public async Task ThenOffAsync(string words)
    {
        journey.GoTo("绍兴");
        var page = await journey.StrangerAsync(Terminal, "/kiosk");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(words);
    }

    [Then(@"^档案里的联系电话是""(.+)""$")]
    public async Task ThenPhoneAsync(string phone)
    {
        await journey.OpenVisitAsync("站点管理员");
        await journey.Page.LeaveByAsync(journey.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "献血者档案" }));
        await journey.Page.GetByLabel("查看完整信息的原因").FillAsync("核对电话");
        await journey.Page.LeaveByAsync(journey.Page.GetByRole(AriaRole.Button, new() { Name = "查看完整信息" }));
        await Expect(journey.Page.Locator("[data-revealed]")).ToContainTextAsync(phone);
    }

    private static string NextName() => $"大厅 {Interlocked.Increment(ref _terminals)} 号";

    private Task NextAsync() => Page.LeaveByAsync(Page.GetByRole(AriaRole.Button, new() { Name = "下一步" }));
}
