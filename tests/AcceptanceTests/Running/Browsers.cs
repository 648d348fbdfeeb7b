using Harness;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using TechTalk.SpecFlow.Infrastructure;

namespace AcceptanceTests.Running;

/// <summary>One Chromium for the run; each feature has a server of its own.</summary>
[Binding]
public sealed class Browsers
{
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    /// <summary>The headless shell first: it draws no windows of its own.</summary>
    private static readonly string[] Installed = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

    private static IPlaywright? _playwright;

    public static IBrowser Browser { get; private set; } = null!;

    [BeforeTestRun]
    public static async Task OpenAsync()
    {
        Assertions.SetDefaultExpectTimeout(15_000);
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Installed.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("No Chromium: run ./tests/run, which installs one."), Args = Arguments });
    }

    [BeforeFeature]
    public static async Task ServeAsync(FeatureContext feature) => feature.Set(await Servers.ForAsync(feature.FeatureInfo.Tags));

    [AfterFeature]
    public static async Task StopAsync(FeatureContext feature)
    {
        if (feature.TryGetValue<Product>(out var product)) await product.DisposeAsync();
    }

    [AfterTestRun]
    public static async Task CloseAsync()
    {
        if (Browser is not null) await Browser.CloseAsync();
        _playwright?.Dispose();
    }

    /// <summary>Of a failed scenario every open page is kept as seen on a PC and on a phone, and what the server said meanwhile.</summary>
    [AfterScenario]
    public static async Task LeaveAsync(ScenarioContext scenario, Journey journey, ISpecFlowOutputHelper output)
    {
        if (scenario.TestError is not null)
        {
            output.WriteLine(journey.Product.Log.Recent(journey.Began) + DatabaseLog.Since(journey.Began));
            await KeepAsync(scenario.ScenarioInfo.Title, journey, output);
        }
        await journey.CloseAsync();
    }

    private static async Task KeepAsync(string title, Journey journey, ISpecFlowOutputHelper output)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Installation.Repository, "tests", "AcceptanceTests", "TestResults")).FullName;
        foreach (var (name, page) in journey.OpenPages)
        {
            output.WriteLine($"{name}: {page.Url}\n{await page.InnerTextAsync("body")}");
            foreach (var width in new[] { 1440, 390 })
            {
                await page.SetViewportSizeAsync(width, 1000);
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{title}-{name}-{width}.png"), FullPage = true });
            }
        }
    }
}
