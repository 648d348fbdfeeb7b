using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform;
using Platform.Audit;
using Platform.Jobs;
using Platform.Storage;
using Platform.Tenancy;

namespace IntegrationTests.Exercise;

internal sealed record ProbeWork(string Name, int Pieces, bool Fails = false);

/// <summary>Lets a test stand inside the work: holds it at a piece, and hears when a piece of work is through.</summary>
internal sealed class Probe
{
    private readonly ConcurrentDictionary<string, Gate> _gates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _through = new(StringComparer.Ordinal);

    public Gate Hold(string tenant, string name, int piece) => _gates.GetOrAdd($"{tenant}:{name}:{piece}", _ => new Gate());

    public Task ThroughAsync(string tenant, string name) => Through(tenant, name).Task.WaitAsync(TimeSpan.FromSeconds(60));

    public Task PassAsync(string tenant, string name, int piece, CancellationToken cancel) => _gates.TryGetValue($"{tenant}:{name}:{piece}", out var gate) ? gate.EnterAsync(cancel) : Task.CompletedTask;

    public void Say(string tenant, string name) => Through(tenant, name).TrySetResult();

    private TaskCompletionSource Through(string tenant, string name) => _through.GetOrAdd($"{tenant}:{name}", _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    internal sealed class Gate
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task EnteredAsync() => _entered.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public void Open() => _opened.TrySetResult();

        public async Task EnterAsync(CancellationToken cancel)
        {
            _entered.TrySetResult();
            await _opened.Task.WaitAsync(cancel);
        }
    }
}

/// <summary>Long work and messages whose every effect is a row of the audit, so that doing one twice shows.</summary>
internal sealed class ProbeModule(Probe probe) : IModule
{
    public const string Work = "probe";
    public const string Message = "probe-message";

    public void AddServices(IServiceCollection services) => services.AddSingleton(probe).AddJob<ProbeJob>(Work).AddScoped<IOutboxHandler, ProbeHandler>();

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
    }

    private static AuditEntry Effect(string subject, TimeProvider clock) => new() { At = clock.GetUtcNow(), PersonId = "", PersonName = "", Action = "probe", Subject = "probe:" + subject };

    private sealed class ProbeJob(Store store, TenantContext tenant, Probe probe, TimeProvider clock) : IJobHandler
    {
        public async Task RunAsync(JobRun run, CancellationToken cancel)
        {
            var work = run.Job.Payload<ProbeWork>();
            for (var piece = int.Parse(run.Job.Cursor ?? "0", CultureInfo.InvariantCulture) + 1; piece <= work.Pieces; piece++)
            {
                await probe.PassAsync(tenant.Current.Name, work.Name, piece, cancel);
                if (work.Fails) throw new InvalidOperationException("这一件做不了");
                store.Add(Effect($"{work.Name}:{piece}", clock));
                await run.WriteAsync(store, [new JobWord($"第 {piece} 件", "做完", false)], job => (job.Total, job.Done, job.Cursor) = (work.Pieces, piece, piece.ToString(CultureInfo.InvariantCulture)), cancel);
            }
            probe.Say(tenant.Current.Name, work.Name);
        }
    }

    private sealed class ProbeHandler(TenantContext tenant, Probe probe, TimeProvider clock) : IOutboxHandler
    {
        public string Kind => Message;

        public async Task DeliverAsync(IServiceProvider services, string payloadJson, CancellationToken cancel)
        {
            var store = services.GetRequiredService<Store>();
            var name = System.Text.Json.JsonSerializer.Deserialize<ProbeWork>(payloadJson)!.Name;
            await probe.PassAsync(tenant.Current.Name, name, 0, cancel);
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            store.Add(Effect(name, clock));
            await transaction.CommitAsync(cancel);
            probe.Say(tenant.Current.Name, name);
        }
    }
}
