using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Harness;

/// <summary>The product on a data folder of its own, on SQLite or on a database of its own.</summary>
public abstract class Installation : IAsyncDisposable
{
    public const string DemoPassword = "demo-pass-2026";

    /// <summary>The product: as published, where <c>TEST_WEB</c> names the folder, otherwise as it was built with the tests.</summary>
    private static readonly string Product = System.Environment.GetEnvironmentVariable("TEST_WEB") ?? AppContext.BaseDirectory;

    protected Installation(string appData, string tenantConfig, string? postgres)
    {
        AppData = appData;
        TenantConfig = tenantConfig;
        Postgres = postgres;
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        Log = ServerLog.Open(Address.ToString());
    }

    public string AppData { get; }
    public string TenantConfig { get; }

    /// <summary>Connection string of its own database; null on SQLite.</summary>
    public string? Postgres { get; }

    public Uri Address { get; }

    /// <summary>Settings besides, by the names they have in an environment; its verbs have them too.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public ServerLog Log { get; }

    public string Output => Log.Text;

    /// <summary>Folder of the repository, found from the test's own folder.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Which database this run of the suite uses: <c>STORE=postgres</c> with <c>TEST_POSTGRES</c>, otherwise SQLite.</summary>
    public static bool OnPostgres => System.Environment.GetEnvironmentVariable("STORE") == "postgres";

    /// <summary>Starts it, or starts it again on the data it left behind.</summary>
    public abstract Task StartAsync();

    public abstract Task StopAsync();

    /// <summary>Runs a maintenance verb on this installation's data.</summary>
    public virtual Task<(int Exit, string Output, string Error)> VerbAsync(string[] args, string? input = null) => ProcessAsync(args, input);

    /// <summary>Runs the executable on this installation's data, as a shell does, until it ends.</summary>
    public async Task<(int Exit, string Output, string Error)> ProcessAsync(string[] args, string? input = null)
    {
        var info = Info(args);
        info.RedirectStandardInput = true;
        using var process = Process.Start(info)!;
        if (input is not null) await process.StandardInput.WriteLineAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    public virtual async ValueTask DisposeAsync()
    {
        Log.Dispose();
        Directory.Delete(AppData, recursive: true);
        if (Postgres is null) return;
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync($"DROP DATABASE IF EXISTS \"{new NpgsqlConnectionStringBuilder(Postgres).Database}\" WITH (FORCE)");
    }

    protected ProcessStartInfo Info(params string[] args)
    {
        var info = new ProcessStartInfo("dotnet", [Path.Combine(Product, "Web.dll"), .. args])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Product, StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in Settings()) info.Environment[name] = value;
        return info;
    }

    /// <summary>A PIN costs little here; what it costs where nothing is set has a test of its own.</summary>
    protected Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development", ["Demo"] = "true", ["AppData"] = AppData, ["TenantConfig"] = TenantConfig, ["Library"] = Repository,
            ["BLOODSTATION_DEMO_PASSWORD"] = DemoPassword, ["Pins__MemoryKiB"] = "64", ["Pins__Passes"] = "1",
        };
        if (Postgres is not null) settings["ConnectionStrings__Store"] = Postgres;
        foreach (var (name, value) in Environment) settings[name] = value;
        return settings;
    }

    /// <summary>Makes an installation on a folder of its own, and on PostgreSQL on a database of its own.</summary>
    /// <param name="make">From data folder, configuration folder and connection string.</param>
    protected static async Task<T> InstallAsync<T>(Func<string, string, string?, T> make, string? tenantConfig, bool? onPostgres, string? like)
    {
        var folder = Directory.CreateTempSubdirectory("blood-station-").FullName;
        var postgres = onPostgres ?? OnPostgres ? await CreateDatabaseAsync(like) : null;
        return make(folder, tenantConfig ?? Path.Combine(Repository, "tenant-config"), postgres);
    }

    protected static async Task<T> RunningAsync<T>(Task<T> installed) where T : Installation
    {
        var installation = await installed;
        await installation.StartAsync();
        return installation;
    }

    private static async Task<string> CreateDatabaseAsync(string? like)
    {
        var name = "test_" + Guid.NewGuid().ToString("N");
        await ExecuteAsync($"CREATE DATABASE \"{name}\"" + (like is null ? "" : $" TEMPLATE \"{new NpgsqlConnectionStringBuilder(like).Database}\""));
        return new NpgsqlConnectionStringBuilder(TestPostgres) { Database = name }.ToString();
    }

    private static string TestPostgres => System.Environment.GetEnvironmentVariable("TEST_POSTGRES")
        ?? throw new InvalidOperationException("TEST_POSTGRES is not set: run ./tests/run, which starts a PostgreSQL of its own.");

    private static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(TestPostgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Below the range from which the system takes ports for outgoing connections: there one may be gone before it is bound.</summary>
    public static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Product.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Product.sln is not above the test's folder.");
    }
}
