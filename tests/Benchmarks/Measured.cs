using Harness;
using Platform.People;

namespace Benchmarks;

/// <summary>A database the product is measured on.</summary>
internal sealed record Database(string Name, bool OnPostgres)
{
    public static Database Sqlite { get; } = new("SQLite", false);

    /// <summary>SQLite, and PostgreSQL where <c>TEST_POSTGRES</c> names one.</summary>
    public static IReadOnlyList<Database> Available { get; } =
        Environment.GetEnvironmentVariable("TEST_POSTGRES") is null ? [Sqlite] : [Sqlite, new Database("PostgreSQL", true)];
}

/// <summary>The product as it is measured: a PIN costs what it costs at the least in a production, and not what it costs in tests.</summary>
internal static class Measured
{
    /// <summary>On a copy of one first start, in this process.</summary>
    public static async Task<ProductHost> RunningAsync(Database on)
    {
        var first = FirstStarted.AsItShips;
        return await StartAsync(await first.CopyAsync(on.OnPostgres, (folder, like) => ProductHost.InstallAsync(folder, on.OnPostgres, like)));
    }

    /// <summary>On a configuration of its own, in this process, with its first start.</summary>
    public static async Task<ProductHost> RunningAsync(Database on, string tenantConfig) =>
        await StartAsync(await ProductHost.InstallAsync(tenantConfig, on.OnPostgres));

    /// <summary>On a configuration of its own, as a process whose start and memory can be measured.</summary>
    public static async Task<ServerProcess> ProcessAsync(Database on, string tenantConfig) =>
        await StartAsync(await ServerProcess.InstallAsync(tenantConfig, on.OnPostgres));

    private static async Task<T> StartAsync<T>(T server) where T : Installation
    {
        foreach (var (setting, value) in new[] { (PinCost.MemorySetting, PinCost.Floor.MemoryKiB), (PinCost.PassesSetting, PinCost.Floor.Passes) })
            server.Environment[setting.Replace(":", "__", StringComparison.Ordinal)] = FormattableString.Invariant($"{value}");
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
