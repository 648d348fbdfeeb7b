using System.Collections.Concurrent;
using Harness;

namespace AcceptanceTests.Running;

/// <summary>Gives each feature the server it needs, by its tag: none is shared, so that features run beside each other.</summary>
internal static class Servers
{
    /// <summary>A process that can be killed.</summary>
    public const string OwnProcess = "独立进程";

    /// <summary>As it ships, where nobody has signed in yet: each does so in the browser and chooses a PIN.</summary>
    public const string NewInstallation = "全新安装";

    /// <summary>Its stations' analysers are connected.</summary>
    public const string Analysers = "血细胞分析仪";

    /// <summary>Its first station signs by a certificate and timestamp authority of somebody else, which can go down.</summary>
    public const string OtherAuthority = "外部认证机构";

    private static readonly string[] Stations = ["hangzhou", "shaoxing"];
    private static readonly ConcurrentDictionary<(string, string), Dictionary<string, string>> Known = new();
    private static readonly FirstStarted Prepared = new(Configure, SignInAsync);

    public static async Task<Product> ForAsync(string[] tags)
    {
        if (tags.Contains(NewInstallation)) return await InstallAsync(null, signsInByPage: true);
        if (tags.Contains(Analysers)) return await InstallAsync(null);
        if (tags.Contains(OtherAuthority)) return await InstallAsync(await OutsideAuthority.StartAsync());
        Installation server = tags.Contains(OwnProcess) ? await ServerProcess.RunningAsync(Prepared) : await ProductHost.RunningAsync(Prepared);
        return new Product(server, new Staff(server, Known));
    }

    /// <summary>The demonstration as it ships, but for the analysers' ports: two servers may run at once.</summary>
    private static async Task<Product> InstallAsync(OutsideAuthority? authority, bool signsInByPage = false)
    {
        var (configuration, analysers) = (new TenantConfigCopy(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var tenant in Stations) configuration.EditRecipe(tenant, steps => TenantConfigCopy.Step(steps, "Station.Devices")["Devices"]![0]!["Port"] = analysers[tenant] = Installation.FreePort());
        if (authority is not null) configuration.Edit(settings => Use(authority, settings), Stations[0], "appsettings.json");
        var server = await ProductHost.RunningAsync(configuration.Folder);
        return new Product(server, new Staff(server)) { Configuration = configuration, AnalyserPorts = analysers, Authority = authority, SignsInByPage = signsInByPage };
    }

    private static void Use(OutsideAuthority authority, System.Text.Json.Nodes.JsonNode settings)
    {
        foreach (var (key, value) in authority.Settings()) settings["Signing:" + key] = System.Text.Json.Nodes.JsonValue.Create(value);
        // A stopped authority refuses at once; a busy one is to be waited for.
        settings["Signing:TimeoutSeconds"] = "20";
    }

    /// <summary>Without the analysers: copies of one installation cannot all listen on its ports.</summary>
    private static void Configure(TenantConfigCopy configuration)
    {
        foreach (var tenant in Stations)
        {
            configuration.AddOnePersonPerRole(tenant);
            configuration.StaySignedIn(tenant);
            configuration.EditRecipe(tenant, steps => TenantConfigCopy.Step(steps, "Station.Devices")["Devices"]!.AsArray().RemoveAt(0));
        }
    }

    private static Task SignInAsync(ProductHost host)
    {
        var staff = new Staff(host);
        return Task.WhenAll(Stations.Select(async tenant =>
        {
            foreach (var account in Journey.Accounts) Known[(tenant, account)] = new((await staff.AtAsync(tenant, account)).Cookies);
        }));
    }
}
