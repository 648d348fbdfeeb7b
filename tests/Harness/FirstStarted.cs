using System.Collections.Concurrent;

namespace Harness;

/// <summary>The repository's own configuration after its first start, made once in a run and copied for each server that wants nothing else. Copies share master key and root: of two that have to be strangers one is installed anew.</summary>
internal static class FirstStarted
{
    private static readonly ConcurrentDictionary<bool, Lazy<Task<ProductHost>>> Made = new();

    public static async Task<T> CopyAsync<T>(bool onPostgres, Func<string?, Task<T>> install) where T : Installation
    {
        var made = await Made.GetOrAdd(onPostgres, p => new Lazy<Task<ProductHost>>(() => MakeAsync(p))).Value;
        var copy = await install(made.Postgres);
        foreach (var file in Directory.GetFiles(made.AppData, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
        {
            var target = Path.Combine(copy.AppData, Path.GetRelativePath(made.AppData, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    private static async Task<ProductHost> MakeAsync(bool onPostgres)
    {
        var host = await ProductHost.InstallAsync(null, onPostgres);
        await host.StartAsync();
        await host.StopAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Directory.Exists(host.AppData)) Directory.Delete(host.AppData, recursive: true);
        };
        return host;
    }
}
