using AcceptanceTests.Running;
using Harness;
using TechTalk.SpecFlow;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>A network that fails between a PDA and the server.</summary>
[Binding]
public sealed class NetworkSteps(Journey journey, CollectionSteps collection)
{
    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(1);

    /// <summary>The page tries to save its draft again after so long.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private CuttableNetwork Network => journey.Product.Network!;

    [Given(@"^单采护士的 PDA 经过一条会断的网络$")]
    public async Task GivenNetworkAsync()
    {
        journey.Product.Network = new CuttableNetwork(journey.Product.ServerAddress);
        await (await journey.OfAsync("单采护士")).SetViewportSizeAsync(390, 844);
    }

    [When(@"^单采护士填好采前核对后网络断了一分钟$")]
    public async Task CutAsync()
    {
        var form = await collection.FillCheckBeforeAsync();
        await journey.Page.Clock.InstallAsync();
        Network.Cut();
        await form.Submit.ClickAsync();
        await Expect(journey.Page.Locator("[data-draft-status]")).ToContainTextAsync("没有提交", new() { Timeout = 20_000 });
        await journey.Product.PassAsync(Outage);
        for (var passed = TimeSpan.Zero; passed < Outage; passed += Again) await journey.Page.Clock.RunForAsync((long)Again.TotalMilliseconds);
    }

    [Then(@"^断网时页面说明没有提交，内容仍在$")]
    public async Task ThenKeptAsync()
    {
        await Expect(journey.Page.Locator("[data-draft-status]")).ToContainTextAsync("网络中断");
        Assert.Equal("2607105151", await new StepForm(journey.Page).ValueAsync("耗材批号"));
    }

    [When(@"^网络恢复，单采护士再按一次提交$")]
    public async Task MendAsync()
    {
        Network.Mend();
        await new StepForm(journey.Page).SubmitAsync();
    }

    [When(@"^单采护士提交采前核对，回答在网络中丢失$")]
    public async Task SwallowAsync()
    {
        var form = await collection.FillCheckBeforeAsync();
        Network.SwallowNextAnswer();
        await form.Submit.ClickAsync();
        Assert.True(await Network.SeesAsync(() => Network.Swallowed == 1, Patience));
    }

    /// <summary>A browser whose connection broke without an answer sends the form once more by itself; where it does not, the person reloads.</summary>
    [When(@"^浏览器把同样的内容再送一次$")]
    public async Task AgainAsync()
    {
        if (!await Network.SeesAsync(() => Network.Forms >= 2, Again)) await journey.Page.ReloadAsync();
        await journey.Page.WaitForLoadStateAsync();
        Assert.True(Network.Forms >= 2, "The form was not sent again.");
    }

    [AfterScenario]
    public async Task MendForTheNextAsync()
    {
        if (journey.Product.Network is not { } network) return;
        journey.Product.Network = null;
        await network.DisposeAsync();
    }
}
