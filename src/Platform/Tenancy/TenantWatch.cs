using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Tenancy;

/// <summary>Notices what another process has done to the list of tenants: one set up, enabled or disabled is served or closed here within seconds.</summary>
public sealed class TenantWatch(Tenants tenants, ILogger<TenantWatch> log) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // By the wall's clock: the list is asked as often however the station's clock is moved.
        using var timer = new PeriodicTimer(Round);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await tenants.ReloadAsync(stoppingToken);
            }
            catch (Exception e) when (e is System.Data.Common.DbException or InvalidOperationException or TimeoutException)
            {
                log.LogWarning(e, "The list of tenants cannot be read; the one known is used on");
            }
        }
    }
}
