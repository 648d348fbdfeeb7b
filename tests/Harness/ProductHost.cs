using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform;
using Platform.Jobs;
using Web.Host;
using Web.Verbs;

namespace Harness;

/// <summary>The product in the test's own process: its whole pipeline on a real port, with a clock that can be moved. For what needs no process of its own.</summary>
public sealed class ProductHost : Installation
{
    private WebApplication? _app;
    private bool _beside;

    private ProductHost(string appData, string tenantConfig, string? postgres) : base(appData, tenantConfig, postgres)
    {
    }

    public MovableClock Clock { get; } = new();

    /// <summary>What it consists of; null: what the product ships with.</summary>
    public IReadOnlyList<IModule>? Modules { get; set; }

    public IServiceProvider Services => _app!.Services;

    /// <param name="tenantConfig">Another configuration folder than the repository's; null starts on a copy of one first start.</param>
    /// <param name="modules">What it consists of; null: what the product ships with.</param>
    public static async Task<ProductHost> RunningAsync(string? tenantConfig = null, bool? onPostgres = null, IReadOnlyList<IModule>? modules = null)
    {
        var host = await (tenantConfig is null
            ? FirstStarted.AsItShips.CopyAsync(onPostgres ?? OnPostgres, (folder, like) => InstallAsync(folder, onPostgres, like)) : InstallAsync(tenantConfig, onPostgres));
        host.Modules = modules;
        await host.StartAsync();
        return host;
    }

    /// <summary>On a copy of what was started before.</summary>
    internal static Task<ProductHost> RunningAsync(FirstStarted like) =>
        RunningAsync(like.CopyAsync(OnPostgres, (folder, database) => InstallAsync(folder, null, database)));

    /// <summary>As it lies there before its first start.</summary>
    /// <param name="like">On PostgreSQL: connection string of a database nobody is connected to, which is copied.</param>
    public static Task<ProductHost> InstallAsync(string? tenantConfig = null, bool? onPostgres = null, string? like = null) =>
        InstallAsync((folder, configuration, postgres) => new ProductHost(folder, configuration, postgres), tenantConfig, onPostgres, like);

    public override async Task StartAsync()
    {
        System.Environment.SetEnvironmentVariable("BLOODSTATION_DEMO_PASSWORD", DemoPassword);
        _app = Serving.Build([.. Arguments, "--Urls=" + Address], builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(Clock);
            builder.Logging.ClearProviders().AddProvider(Log);
        }, Modules);
        var said = new StringWriter();
        await Serving.StartAsync(_app, said);
        Log.Write(said.ToString());
    }

    /// <summary>In this process too: what a shell sees of a verb has tests of its own.</summary>
    public override Task<(int Exit, string Output, string Error)> VerbAsync(string[] args, string? input = null)
    {
        var settings = Arguments;
        return PerCallConsole.RunAsync(() => Verb.RunAsync(args, settings), input);
    }

    private string[] Arguments =>
        [.. Settings().Where(s => s.Key != "ASPNETCORE_ENVIRONMENT").Select(s => $"--{s.Key.Replace("__", ":", StringComparison.Ordinal)}={s.Value}"), "--environment=Development"];

    public override async Task StopAsync()
    {
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    /// <summary>Ends when nothing is left to do that is due by its clock: messages delivered, timers fired, jobs done.</summary>
    public Task DrainAsync() => Services.GetRequiredService<JobWorkers>().DrainAsync();

    /// <summary>Moves the clock and does what falls due by that.</summary>
    public Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        return DrainAsync();
    }

    /// <summary>Another host of the same installation, as a second machine of it would be; it has to end before this one.</summary>
    public async Task<ProductHost> BesideAsync()
    {
        var other = new ProductHost(AppData, TenantConfig, Postgres) { _beside = true, Modules = Modules };
        foreach (var (name, value) in Environment) other.Environment[name] = value;
        await other.StartAsync();
        return other;
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_beside) Log.Dispose();
        else await base.DisposeAsync();
    }
}
