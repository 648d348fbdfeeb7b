namespace Harness;

/// <summary>The repository's own configuration after its first start, made once in a run and copied for each server that wants nothing else: a first start is six seconds of work and has tests of its own. Copies share master key and root: of two that have to be strangers one is installed anew.</summary>
internal static class FirstStarted
{
    private static readonly Dictionary<bool, Lazy<Task<ServerProcess>>> Made = new[] { false, true }.ToDictionary(p => p, onPostgres => new Lazy<Task<ServerProcess>>(() => MakeAsync(onPostgres)));

    public static async Task<ServerProcess> CopyAsync(bool onPostgres)
    {
        var made = await Made[onPostgres].Value;
        var copy = await ServerProcess.InstallAsync(null, onPostgres, made.Postgres);
        foreach (var file in Directory.GetFiles(made.AppData, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
        {
            var target = Path.Combine(copy.AppData, Path.GetRelativePath(made.AppData, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    private static async Task<ServerProcess> MakeAsync(bool onPostgres)
    {
        var server = await ServerProcess.InstallAsync(null, onPostgres);
        await server.StartAsync();
        await server.KillAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Directory.Exists(server.AppData)) Directory.Delete(server.AppData, recursive: true);
        };
        return server;
    }
}
