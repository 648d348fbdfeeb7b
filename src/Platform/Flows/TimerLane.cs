using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Jobs;
using Platform.Tenancy;

namespace Platform.Flows;

/// <summary>Does what one timer stands for. May be called again for a timer that was done and must then change nothing.</summary>
public interface ITimerHandler
{
    Task FireAsync(Guid timerId, CancellationToken cancel);
}

/// <summary>Fires the timers of a tenant that are due.</summary>
public sealed class TimerLane(Tenants tenants, TimeProvider clock, ILogger<TimerLane> log) : Lane<TimerRow>(tenants, clock, log)
{
    protected override Task DoAsync(IServiceProvider services, TimerRow row, CancellationToken cancel) => services.GetRequiredService<ITimerHandler>().FireAsync(row.Id, cancel);
}
