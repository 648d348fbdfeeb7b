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
        Network.Cut();
        await form.Submit.ClickAsync();
        await Expect(journey.Page.Locator("[data-draft-status]")).ToContainTextAsync("没有提交", new() { Timeout = 20_000 });
        await Task.Delay(Outage);
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
        for (var i = 0; i < 150 && Network.Swallowed == 0; i++) await Task.Delay(200);
        Assert.Equal(1, Network.Swallowed);
    }

    /// <summary>A browser whose connection broke without an answer sends the form once more by itself; where it does not, the person reloads.</summary>
    [When(@"^浏览器把同样的内容再送一次$")]
    public async Task AgainAsync()
    {
        for (var i = 0; i < 25 && Network.Forms < 2; i++) await Task.Delay(200);
        if (Network.Forms < 2) await journey.Page.ReloadAsync();
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
