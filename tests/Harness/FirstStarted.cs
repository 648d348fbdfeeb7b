namespace Harness;

/// <summary>A data folder (or database) after its first start, made once in a run and copied for each server: a first start is seconds of work and has tests of its own. Copies share master key and root: of two that have to be strangers one is installed anew.</summary>
/// <param name="configure">What the configuration has beyond the repository's; null leaves it as it is.</param>
/// <param name="prepare">What is done there before it is copied, such as people choosing their PINs.</param>
internal sealed class FirstStarted(Action<TenantConfigCopy>? configure = null, Func<ProductHost, Task>? prepare = null)
{
    private readonly Lazy<Task<ProductHost>>[] _made = [.. new[] { false, true }.Select(onPostgres => new Lazy<Task<ProductHost>>(() => MakeAsync(configure, prepare, onPostgres)))];

    /// <summary>The repository's own configuration and nothing besides.</summary>
    public static FirstStarted AsItShips { get; } = new();

    public async Task<T> CopyAsync<T>(bool onPostgres, Func<string, string?, Task<T>> install) where T : Installation
    {
        var made = await _made[onPostgres ? 1 : 0].Value;
        var copy = await install(made.TenantConfig, made.Postgres);
        foreach (var file in Directory.GetFiles(made.AppData, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
        {
            var target = Path.Combine(copy.AppData, Path.GetRelativePath(made.AppData, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    private static async Task<ProductHost> MakeAsync(Action<TenantConfigCopy>? configure, Func<ProductHost, Task>? prepare, bool onPostgres)
    {
        var configuration = configure is null ? null : new TenantConfigCopy();
        if (configuration is not null) configure!(configuration);
        var host = await ProductHost.InstallAsync(configuration?.Folder, onPostgres);
        await host.StartAsync();
        if (prepare is not null) await prepare(host);
        await host.StopAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            configuration?.Dispose();
            host.DisposeAsync().AsTask().Wait();
        };
        return host;
    }
}
