using Harness;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using TechTalk.SpecFlow.Infrastructure;

[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]

namespace AcceptanceTests.Running;

/// <summary>One Chromium for the run and one server for all features; a feature tagged <c>独立服务器</c> gets a server of its own.</summary>
[Binding]
public sealed class Browsers
{
    private const string OwnServer = "独立服务器";
    private const string ShortLimits = "时限很短";
    private const string OutsideAuthority = "外部认证机构";
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    /// <summary>The headless shell first: it draws no windows of its own.</summary>
    private static readonly string[] Installed = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

    private static IPlaywright? _playwright;
    private static Product? _shared;

    public static IBrowser Browser { get; private set; } = null!;

    [BeforeTestRun]
    public static async Task OpenAsync()
    {
        Assertions.SetDefaultExpectTimeout(15_000);
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Installed.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("No Chromium: run ./tests/run, which installs one."), Args = Arguments });
    }

    [BeforeFeature]
    public static async Task ServeAsync(FeatureContext feature) =>
        feature.Set(feature.FeatureInfo.Tags.Contains(ShortLimits) ? await Product.StartWithShortLimitsAsync()
            : feature.FeatureInfo.Tags.Contains(OutsideAuthority) ? await Product.StartWithOutsideAuthorityAsync()
            : feature.FeatureInfo.Tags.Contains(OwnServer) ? await Product.StartAsync() : _shared ??= await Product.StartAsync());

    [AfterFeature]
    public static async Task StopAsync(FeatureContext feature)
    {
        if (feature.TryGetValue<Product>(out var product) && product != _shared) await product.DisposeAsync();
    }

    [AfterTestRun]
    public static async Task CloseAsync()
    {
        if (Browser is not null) await Browser.CloseAsync();
        _playwright?.Dispose();
        if (_shared is not null) await _shared.DisposeAsync();
    }

    /// <summary>Of a failed scenario every open page is kept as seen on a PC and on a phone.</summary>
    [AfterScenario]
    public static async Task LeaveAsync(ScenarioContext scenario, Journey journey, ISpecFlowOutputHelper output)
    {
        if (scenario.TestError is not null)
        {
            var folder = Directory.CreateDirectory(Path.Combine(Installation.Repository, "tests", "AcceptanceTests", "TestResults")).FullName;
            foreach (var (name, page) in journey.OpenPages)
            {
                output.WriteLine($"{name}: {page.Url}\n{await page.InnerTextAsync("body")}");
                foreach (var width in new[] { 1440, 390 })
                {
                    await page.SetViewportSizeAsync(width, 1000);
                    await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{scenario.ScenarioInfo.Title}-{name}-{width}.png"), FullPage = true });
                }
            }
            output.WriteLine(journey.Product.Output[^Math.Min(journey.Product.Output.Length, 4000)..]);
        }
        await journey.CloseAsync();
    }
}
