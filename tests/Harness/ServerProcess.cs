using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Harness;

/// <summary>The product as its users run it: a process of its own.</summary>
public sealed class ServerProcess : Installation
{
    private Process? _process;

    private ServerProcess(string appData, string tenantConfig, string? postgres) : base(appData, tenantConfig, postgres)
    {
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

    /// <param name="tenantConfig">Another configuration folder than the repository's; with it comes a first start.</param>
    public static Task<ServerProcess> RunningAsync(string? tenantConfig = null, bool? onPostgres = null) => RunningAsync(tenantConfig is null
        ? FirstStarted.AsItShips.CopyAsync(onPostgres ?? OnPostgres, (folder, like) => InstallAsync(folder, onPostgres, like)) : InstallAsync(tenantConfig, onPostgres));

    /// <summary>On a copy of what was started before.</summary>
    internal static Task<ServerProcess> RunningAsync(FirstStarted like) =>
        RunningAsync(like.CopyAsync(OnPostgres, (folder, database) => InstallAsync(folder, null, database)));

    /// <summary>As it lies there before its first start.</summary>
    /// <param name="like">On PostgreSQL: connection string of a database nobody is connected to, which is copied.</param>
    public static Task<ServerProcess> InstallAsync(string? tenantConfig = null, bool? onPostgres = null, string? like = null) =>
        InstallAsync((folder, configuration, postgres) => new ServerProcess(folder, configuration, postgres), tenantConfig, onPostgres, like);

    /// <summary>Starts it, or starts it again on the data it left behind.</summary>
    public override async Task StartAsync()
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

    public override async Task StopAsync() => await KillAsync();

    public override async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
        await base.DisposeAsync();
    }

    private void Hear(string? line, TaskCompletionSource ready)
    {
        if (line is null) return;
        Log.Write(line);
        if (line.Contains("服务已启动", StringComparison.Ordinal)) ready.TrySetResult();
    }
}
