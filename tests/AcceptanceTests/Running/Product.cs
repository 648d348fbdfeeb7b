using System.Collections.Concurrent;
using Harness;
using Microsoft.Playwright;

namespace AcceptanceTests.Running;

/// <summary>A running server, and the sessions of the people who have signed in to it.</summary>
public sealed class Product : IAsyncDisposable
{
    /// <summary>The PIN every demo person chooses at the first sign-in.</summary>
    public const string Pin = Harness.Staff.Pin;

    private readonly Installation _server;
    private readonly ConcurrentDictionary<(string Tenant, string Account), string> _sessions = new();

    internal Product(Installation server, Staff staff)
    {
        (_server, Staff) = (server, staff);
        Today = DateOnly.FromDateTime(Now);
    }

    /// <summary>The station's date and time by the server's clock.</summary>
    public DateTime Now => TimeZoneInfo.ConvertTime((_server as ProductHost)?.Clock.GetUtcNow() ?? DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).DateTime;

    /// <summary>The stations' date when the demo donors were made; their earlier donations are counted back from it.</summary>
    public DateOnly Today { get; }

    public ServerLog Log => _server.Log;

    /// <summary>The people of the stations as they post forms, without a browser.</summary>
    internal Staff Staff { get; }

    /// <summary>Whether everybody's first browser goes through the sign-in page; otherwise it brings a session along.</summary>
    internal bool SignsInByPage { get; init; }

    internal TenantConfigCopy? Configuration { get; init; }

    internal IReadOnlyDictionary<string, int> AnalyserPorts { get; init; } = new Dictionary<string, int>();

    /// <summary>The authority outside; null where the built-in one signs.</summary>
    public OutsideAuthority? Authority { get; init; }

    /// <summary>What stands between the browsers of a scenario and the server; null: nothing.</summary>
    public CuttableNetwork? Network { get; set; }

    /// <summary>Where the server itself answers.</summary>
    public Uri ServerAddress => _server.Address;

    /// <summary>The analyser of a station, as the network sees it.</summary>
    public DeviceSimulator Analyser(string tenant) => new(AnalyserPorts[tenant]);

    public string Address(string tenant, string path) => $"{Network?.Address ?? _server.Address}{tenant}{path}";

    /// <summary>A browser of its own in which the person is signed in.</summary>
    public async Task<IBrowserContext> SignedInAsync(IBrowser browser, string tenant, string account)
    {
        var state = _sessions.GetValueOrDefault((tenant, account));
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 1000 }, Locale = "zh-CN", StorageState = state });
        context.SetDefaultTimeout(30_000);
        if (state is not null) return context;
        if (SignsInByPage) await SignInAsync(context, tenant, account);
        else await context.AddCookiesAsync(CookiesOf((await Staff.AtAsync(tenant, account)).Cookies));
        _sessions[(tenant, account)] = await context.StorageStateAsync();
        return context;
    }

    /// <summary>Cookies as a browser keeps them.</summary>
    public IEnumerable<Cookie> CookiesOf(IEnumerable<KeyValuePair<string, string>> cookies) =>
        cookies.Select(c => new Cookie { Name = c.Key, Value = c.Value, Domain = _server.Address.Host, Path = "/" });

    /// <summary>The first time at a station: the sign-in page and the choice of a PIN.</summary>
    private async Task SignInAsync(IBrowserContext context, string tenant, string account)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(Address(tenant, "/sign-in"));
        await page.GetByLabel("工号").FillAsync(account);
        await page.GetByLabel("密码").FillAsync(Installation.DemoPassword);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "登录" }));
        await page.GetByLabel("登录密码").FillAsync(Installation.DemoPassword);
        await page.GetByLabel("新 PIN").FillAsync(Pin);
        await page.GetByLabel("再输一次 PIN").FillAsync(Pin);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "保存" }));
        await page.CloseAsync();
    }

    /// <summary>Lets time pass for the server, and does what falls due by that.</summary>
    public Task PassAsync(TimeSpan time) => ((ProductHost)_server).PassAsync(time);

    /// <summary>Ends when the server has nothing left to do.</summary>
    public Task DrainAsync() => ((ProductHost)_server).DrainAsync();

    /// <summary>A power cut: the process gets no chance to finish anything.</summary>
    public Task KillAsync() => ((ServerProcess)_server).KillAsync();

    public Task StartAgainAsync() => _server.StartAsync();

    /// <summary>Judges a package as a process of its own, where nothing of this product's data is; gives exit code and output.</summary>
    public async Task<(int Exit, string Said)> VerifyAsync(string package)
    {
        var root = Path.Combine(Path.GetDirectoryName(package)!, "root.cer");
        using (var http = new HttpClient()) await File.WriteAllBytesAsync(root, await http.GetByteArrayAsync(new Uri(_server.Address, "hangzhou/pki/root.cer")));
        var (exit, output, error) = await _server.ProcessAsync(["verify", package, "--root", root]);
        return (exit, output + error);
    }

    /// <summary>Switches a tenant off or on as an operator does: by the verb, followed by a restart.</summary>
    public async Task SwitchAsync(string tenant, bool on)
    {
        var (exit, output, error) = await _server.VerbAsync(["tenants", on ? "enable" : "disable", tenant]);
        if (exit != 0) throw new InvalidOperationException(output + error);
        await _server.StopAsync();
        await _server.StartAsync();
    }

    /// <summary>Gives a person another role, by two administrators who prove it by PIN.</summary>
    public async Task GiveRoleAsync(string tenant, string account, string role)
    {
        foreach (var administrator in new[] { "gl01", "gl02" }) await Staff.AtAsync(tenant, administrator);
        var (exit, output, error) = await _server.VerbAsync(["people", "role", tenant, account, "--add", role, "--by", "gl01", "--second", "gl02"], $"{Pin}\n{Pin}\n");
        if (exit != 0) throw new InvalidOperationException(output + error);
    }

    /// <summary>The tenant's database, as somebody with a plain client sees it.</summary>
    public System.Data.Common.DbConnection Database(string tenant) => _server.Postgres is null
        ? new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_server.AppData, tenant + ".db")};Default Timeout=30")
        : new Npgsql.NpgsqlConnection(_server.Postgres + ";Search Path=t_" + tenant);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (Authority is not null) await Authority.DisposeAsync();
        Configuration?.Dispose();
    }
}
