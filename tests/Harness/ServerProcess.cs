using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Harness;

/// <summary>The product as its users run it: a process of its own on an empty data folder, on SQLite or on a database of its own.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    public const string DemoPassword = "demo-pass-2026";

    /// <summary>The product: as published, where <c>TEST_WEB</c> names the folder, otherwise as it was built with the tests.</summary>
    private static readonly string Product = System.Environment.GetEnvironmentVariable("TEST_WEB") ?? AppContext.BaseDirectory;

    private readonly StringBuilder _output = new();
    private Process? _process;

    private ServerProcess(string appData, string tenantConfig, string? postgres)
    {
        AppData = appData;
        TenantConfig = tenantConfig;
        Postgres = postgres;
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
    }

    public string AppData { get; }
    public string TenantConfig { get; }

    /// <summary>Connection string of the server's own database; null on SQLite.</summary>
    public string? Postgres { get; }

    public Uri Address { get; }

    /// <summary>What its processes find in their environment besides.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    /// <summary>Memory the running process holds (resident set), in MiB.</summary>
    public double MemoryMiB
    {
        get
        {
            _process!.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Folder of the repository, found from the test's own folder.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Which database this run of the suite uses: <c>STORE=postgres</c> with <c>TEST_POSTGRES</c>, otherwise SQLite.</summary>
    public static bool OnPostgres => System.Environment.GetEnvironmentVariable("STORE") == "postgres";

    /// <param name="tenantConfig">Another configuration folder than the repository's; with it comes a first start.</param>
    public static async Task<ServerProcess> StartAsync(string? tenantConfig = null, bool? onPostgres = null)
    {
        var server = tenantConfig is null ? await FirstStarted.CopyAsync(onPostgres ?? OnPostgres) : await InstallAsync(tenantConfig, onPostgres);
        await server.StartAsync();
        return server;
    }

    /// <summary>As it lies there before its first start.</summary>
    /// <param name="like">On PostgreSQL: connection string of a database nobody is connected to, which is copied.</param>
    public static async Task<ServerProcess> InstallAsync(string? tenantConfig = null, bool? onPostgres = null, string? like = null)
    {
        var folder = Directory.CreateTempSubdirectory("blood-station-").FullName;
        var postgres = onPostgres ?? OnPostgres ? await CreateDatabaseAsync(like) : null;
        return new ServerProcess(folder, tenantConfig ?? Path.Combine(Repository, "tenant-config"), postgres);
    }

    /// <summary>Starts it, or starts it again on the data it left behind.</summary>
    public async Task StartAsync()
    {
        _process = Process.Start(Info("--Urls=" + Address))!;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, line) => Hear(line.Data, ready);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data, ready);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var exited = _process.WaitForExitAsync();
        if (await Task.WhenAny(ready.Task, exited, Task.Delay(TimeSpan.FromMinutes(10))) != ready.Task)
            throw new InvalidOperationException("The server did not start:\n" + Output);
    }

    /// <summary>SIGKILL: the process gets no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Runs a maintenance verb on this server's data.</summary>
    public async Task<(int Exit, string Output, string Error)> VerbAsync(string[] args, string? input = null)
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

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
        Directory.Delete(AppData, recursive: true);
        if (Postgres is null) return;
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync($"DROP DATABASE IF EXISTS \"{new NpgsqlConnectionStringBuilder(Postgres).Database}\" WITH (FORCE)");
    }

    private ProcessStartInfo Info(params string[] args)
    {
        var info = new ProcessStartInfo("dotnet", [Path.Combine(Product, "Web.dll"), .. args])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Product, StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8,
        };
        info.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        info.Environment["Demo"] = "true";
        info.Environment["AppData"] = AppData;
        info.Environment["TenantConfig"] = TenantConfig;
        info.Environment["Library"] = Repository;
        info.Environment["BLOODSTATION_DEMO_PASSWORD"] = DemoPassword;
        if (Postgres is not null) info.Environment["ConnectionStrings__Store"] = Postgres;
        foreach (var (name, value) in Environment) info.Environment[name] = value;
        return info;
    }

    private void Hear(string? line, TaskCompletionSource ready)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        if (line.Contains("服务已启动", StringComparison.Ordinal)) ready.TrySetResult();
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

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Product.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Product.sln is not above the test's folder.");
    }
}
