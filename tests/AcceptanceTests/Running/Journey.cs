using System.Text.RegularExpressions;
using Harness;
using Microsoft.Playwright;
using TechTalk.SpecFlow;

namespace AcceptanceTests.Running;

/// <summary>What one scenario is about: a donor, the visit, and the people working on it, each in a browser of his own.</summary>
public sealed partial class Journey(FeatureContext feature)
{
    private static readonly Dictionary<string, string> Tenants = new() { ["杭州"] = "hangzhou", ["绍兴"] = "shaoxing" };
    private static readonly Dictionary<string, string> AccountsByPerson = new()
    {
        ["登记员"] = "jd01", ["检查医师"] = "yj01", ["检测员"] = "jc01", ["检测员甲"] = "jc01", ["检测员乙"] = "jc02",
        ["单采护士"] = "cj01", ["核对护士"] = "hd01", ["热合员"] = "rh01", ["档案员"] = "da01", ["审计员"] = "sj01",
        ["评估医师"] = "pg01", ["批准医师"] = "pz01", ["站点管理员"] = "gl01", ["另一位管理员"] = "gl02", ["质量管理员"] = "as-quality-manager", ["多面手护士"] = "hs01", ["质量负责人"] = "zl01",
    };

    /// <summary>The accounts of everybody who takes part in a scenario.</summary>
    public static IEnumerable<string> Accounts => AccountsByPerson.Values.Distinct(StringComparer.Ordinal);

    private readonly Dictionary<string, IPage> _pages = new(StringComparer.Ordinal);
    private readonly List<IBrowserContext> _browsers = [];

    public Product Product { get; } = feature.Get<Product>();

    /// <summary>When the scenario began.</summary>
    public DateTime Began { get; } = DateTime.UtcNow;

    public Donor Donor { get; set; } = null!;
    public Guid VisitId { get; private set; }

    /// <summary>The page somebody worked on last.</summary>
    public IPage Page { get; private set; } = null!;

    public IEnumerable<(string Name, IPage Page)> OpenPages => _pages.Select(p => (p.Key.Replace('/', '-'), p.Value));

    private string Tenant { get; set; } = "hangzhou";

    private PreparedVisit Prepared => new(Product.Staff, Tenant, Donor);

    public DeviceSimulator Analyser => Product.Analyser(Tenant);

    public static string AccountOf(string person) => AccountsByPerson[person];

    public void GoTo(string station) => Tenant = Tenants[station];

    /// <summary>The person's browser, opened on a page of the station.</summary>
    public async Task<IPage> OpenAsync(string person, string path)
    {
        Page = await OfAsync(person);
        await Page.GotoAsync(Product.Address(Tenant, path));
        return Page;
    }

    public Task<IPage> OpenVisitAsync(string person) => OpenAsync(person, $"/visits/{VisitId}");

    /// <summary>Opens a step of the visit from the worklist, as staff do.</summary>
    public async Task<StepForm> OpenStepAsync(string person, string step)
    {
        var page = await OpenAsync(person, "/worklist");
        await page.LeaveByAsync(page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^" + step) }));
        await page.LeaveByAsync(page.Locator($"a.primary[href*='{VisitId}/steps/']"));
        return new StepForm(page);
    }

    /// <summary>The person's browser as it was left.</summary>
    public async Task<IPage> OfAsync(string person)
    {
        var key = Tenant + "/" + person;
        if (_pages.TryGetValue(key, out var open)) return Page = open;
        var browser = await Product.SignedInAsync(Browsers.Browser, Tenant, AccountOf(person));
        _browsers.Add(browser);
        return Page = _pages[key] = await browser.NewPageAsync();
    }

    /// <summary>A browser nobody has signed in with, upright as a terminal's.</summary>
    public async Task<IPage> StrangerAsync(string name, string path, IEnumerable<KeyValuePair<string, string>>? cookies = null)
    {
        var browser = await Browsers.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1080, Height = 1920 }, Locale = "zh-CN" });
        await browser.AddCookiesAsync(Product.CookiesOf(cookies ?? []));
        browser.SetDefaultTimeout(30_000);
        _browsers.Add(browser);
        Page = _pages[Tenant + "/" + name] = await browser.NewPageAsync();
        await Page.GotoAsync(Product.Address(Tenant, path));
        return Page;
    }

    /// <summary>Closes the person's page without a word to the server; the session stays.</summary>
    public async Task ClosePageAsync(string person)
    {
        var page = await OfAsync(person);
        _pages[Tenant + "/" + person] = await page.Context.NewPageAsync();
        await page.CloseAsync();
    }

    /// <summary>Makes sure a second person has chosen a PIN.</summary>
    public Task KnowsPinAsync(string person) => Product.SignsInByPage ? OfAsync(person) : Product.Staff.AtAsync(Tenant, AccountOf(person));

    /// <summary>Registers the donor without a browser.</summary>
    public async Task PrepareRegistrationAsync() => VisitId = await Prepared.RegisterAsync();

    /// <summary>Brings the visit up to the end of this step without a browser.</summary>
    public Task PrepareAsync(string step) => Prepared.BringAsync(VisitId, step);

    /// <summary>The step in progress, without a browser; null when the visit has come to its end.</summary>
    public Task<string?> NextStepAsync() => Prepared.NextAsync(VisitId);

    /// <summary>A terminal the station's administrator has enrolled, in a browser of its own.</summary>
    public async Task<IPage> TerminalAsync(string name, string label)
    {
        var enrolled = await Product.Staff.EnrolTerminalAsync(Tenant, label);
        return await StrangerAsync(name, "/kiosk/start", enrolled.Cookies);
    }

    /// <summary>Remembers the visit a registration has led to.</summary>
    public void RememberVisit()
    {
        if (VisitAddress().Match(Page.Url) is { Success: true } visit) VisitId = Guid.Parse(visit.Groups[1].ValueSpan);
    }

    public async Task<PrintedPaper> PrintAsync(string document)
    {
        var address = await Page.Locator($"a[data-document={document}]").GetAttributeAsync("href");
        var answer = await Page.Context.APIRequest.GetAsync(new Uri(new Uri(Page.Url), address).ToString());
        return answer.Ok && answer.Headers["content-type"] == "application/pdf" ? new PrintedPaper(await answer.BodyAsync())
            : throw new InvalidOperationException($"{address}: {answer.Status}");
    }

    public async Task CloseAsync()
    {
        foreach (var browser in _browsers) await browser.CloseAsync();
    }

    [GeneratedRegex("/visits/([0-9a-f-]{36})")]
    private static partial Regex VisitAddress();
}
