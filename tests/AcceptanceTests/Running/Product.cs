using Harness;
using Microsoft.Playwright;

namespace AcceptanceTests.Running;

/// <summary>A running server, and the sessions of the people who have signed in to it.</summary>
public sealed class Product : IAsyncDisposable
{
    /// <summary>The PIN every demo person chooses at the first sign-in.</summary>
    public const string Pin = "135790";

    private static readonly string[] Stations = ["hangzhou", "shaoxing"];
    private readonly ServerProcess _server;
    private readonly Dictionary<string, string> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _analysers;
    private readonly TenantConfigCopy _configuration;

    private Product(ServerProcess server, TenantConfigCopy configuration, Dictionary<string, int> analysers) => (_server, _configuration, _analysers) = (server, configuration, analysers);

    /// <summary>The stations' date when the demo donors were made; their earlier donations are counted back from it.</summary>
    public DateOnly Today { get; } = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).DateTime);

    public string Output => _server.Output;

    /// <summary>The demonstration as it ships, but for the analysers' ports: two servers may run at once.</summary>
    public static Task<Product> StartAsync() => StartAsync(_ => { });

    /// <summary>A server where a blood count may wait a few seconds only, instead of an hour.</summary>
    public static Task<Product> StartWithShortLimitsAsync() => StartAsync(configuration =>
    {
        foreach (var tenant in Stations)
        {
            configuration.AddOnePersonPerRole(tenant);
            new FlowCopy().Set("tests", "dueAfter", FlowCopy.Literal("00:00:05")).WriteTo(configuration, tenant);
        }
    });

    /// <summary>A server whose first station signs by a certificate and timestamp authority of somebody else, which can go down.</summary>
    public static async Task<Product> StartWithOutsideAuthorityAsync()
    {
        var authority = await OutsideAuthority.StartAsync();
        var product = await StartAsync(configuration => configuration.Edit(settings =>
        {
            foreach (var (key, value) in authority.Settings()) settings["Signing:" + key] = System.Text.Json.Nodes.JsonValue.Create(value);
            // A stopped authority refuses at once; a busy one is to be waited for.
            settings["Signing:TimeoutSeconds"] = "20";
        }, Stations[0], "appsettings.json"));
        product.Authority = authority;
        return product;
    }

    private static async Task<Product> StartAsync(Action<TenantConfigCopy> change)
    {
        var (configuration, analysers) = (new TenantConfigCopy(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var tenant in Stations)
            configuration.EditRecipe(tenant, steps => steps.Single(s => s!["name"]!.GetValue<string>() == "Station.Devices")!["Devices"]![0]!["Port"] = analysers[tenant] = Installation.FreePort());
        change(configuration);
        return new Product(await ServerProcess.RunningAsync(configuration.Folder), configuration, analysers);
    }

    /// <summary>The analyser of a station, as the network sees it.</summary>
    public DeviceSimulator Analyser(string tenant) => new(_analysers[tenant]);

    /// <summary>Where the server itself answers.</summary>
    public Uri ServerAddress => _server.Address;

    public string Address(string tenant, string path) => $"{(Network?.Address ?? _server.Address)}{tenant}{path}";

    /// <summary>The authority outside; null where the built-in one signs.</summary>
    public OutsideAuthority? Authority { get; private set; }

    /// <summary>What stands between the browsers of a scenario and the server; null: nothing.</summary>
    public CuttableNetwork? Network { get; set; }

    /// <summary>A browser of its own in which the person is signed in; the first time with the sign-in page and the choice of a PIN.</summary>
    public async Task<IBrowserContext> SignedInAsync(IBrowser browser, string tenant, string account)
    {
        var known = _sessions.GetValueOrDefault(tenant + "/" + account);
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 1000 }, Locale = "zh-CN", StorageState = known });
        context.SetDefaultTimeout(30_000);
        if (known is not null) return context;
        var page = await context.NewPageAsync();
        await page.GotoAsync(Address(tenant, "/sign-in"));
        await page.GetByLabel("工号").FillAsync(account);
        await page.GetByLabel("密码").FillAsync(Installation.DemoPassword);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "登录" }));
        await page.GetByLabel("登录密码").FillAsync(Installation.DemoPassword);
        await page.GetByLabel("新 PIN").FillAsync(Pin);
        await page.GetByLabel("再输一次 PIN").FillAsync(Pin);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "保存" }));
        _sessions[tenant + "/" + account] = await context.StorageStateAsync();
        await page.CloseAsync();
        return context;
    }

    public Task KillAsync() => _server.KillAsync();

    public Task StartAgainAsync() => _server.StartAsync();

    /// <summary>Judges a package where nothing of this product's data is; gives exit code and output.</summary>
    public async Task<(int Exit, string Said)> VerifyAsync(string package)
    {
        var root = Path.Combine(Path.GetDirectoryName(package)!, "root.cer");
        using (var http = new HttpClient()) await File.WriteAllBytesAsync(root, await http.GetByteArrayAsync(new Uri(_server.Address, "hangzhou/pki/root.cer")));
        var (exit, output, error) = await _server.VerbAsync(["verify", package, "--root", root]);
        return (exit, output + error);
    }

    /// <summary>Copies the newest archived item to every day of a year in turn, each copy another person's.</summary>
    public async Task CopyArchiveItemsAsync(string tenant, int items, int year)
    {
        var sqlite = _server.Postgres is null;
        await using System.Data.Common.DbConnection connection = sqlite
            ? new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_server.AppData, tenant + ".db")};Default Timeout=30")
            : new Npgsql.NpgsqlConnection(_server.Postgres + ";Search Path=t_" + tenant);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        var (id, day) = sqlite
            ? ("upper(substr(h,1,8)||'-'||substr(h,9,4)||'-4'||substr(h,14,3)||'-8'||substr(h,18,3)||'-'||substr(h,21,12))", $"date('{year}-01-01', '+'||((n-1)%365)||' days')")
            : ("gen_random_uuid()", $"to_char(DATE '{year}-01-01' + ((n-1)%365)::int, 'YYYY-MM-DD')");
        var numbers = sqlite
            ? $"WITH RECURSIVE numbers(n, h) AS (SELECT 1, hex(randomblob(16)) UNION ALL SELECT n+1, hex(randomblob(16)) FROM numbers WHERE n < {items})"
            : $"WITH numbers AS (SELECT generate_series(1, {items}) AS n)";
        command.CommandText = $"""
            {numbers}, newest AS (SELECT * FROM archive_items ORDER BY "ArchivedAt" DESC LIMIT 1)
            INSERT INTO archive_items ("Id", "VisitId", "ArchiveNumber", "Year", "Retention", "Department", "DepartmentTitle", "Item", "Day", "CollectedAt", "ProtectedName", "NameDigest",
                "DocumentType", "ProtectedDocumentNumber", "DocumentNumberDigest", "DonationNumber", "Signed", "Version", "Documents", "ArchivedAt")
            SELECT {id}, {id}, 'COPY-{year}-' || n, {year}, "Retention", "Department", "DepartmentTitle", n, {day}, "CollectedAt", "ProtectedName", 'copy' || n,
                "DocumentType", "ProtectedDocumentNumber", 'copy' || n, 'copy' || n, "Signed", "Version", "Documents", "ArchivedAt" FROM numbers, newest
            """;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Switches a tenant off or on as an operator does: by the verb, followed by a restart.</summary>
    public async Task SwitchAsync(string tenant, bool on)
    {
        var (exit, output, error) = await _server.VerbAsync(["tenants", on ? "enable" : "disable", tenant]);
        if (exit != 0) throw new InvalidOperationException(output + error);
        await _server.KillAsync();
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (Authority is not null) await Authority.DisposeAsync();
        _configuration.Dispose();
    }
}
