using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Pages;
using Platform;
using Platform.People;
using Platform.Recipes;
using Platform.Storage;

namespace Modules.Kiosk;

public sealed class KioskModule : IModule
{
    /// <summary>Enrolment codes and identities typed: per station and address, so that nobody tries them out.</summary>
    public const string Attempts = "kiosk-attempts";

    private const int MostAttempts = 60;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    public ITables Tables { get; } = new KioskTables();

    public IReadOnlyList<Permission> Permissions { get; } = [new(Contracts.Kiosk.Manage, "登记和停用自助终端")];

    public IReadOnlyList<Feature> Features { get; } = [new(Contracts.Kiosk.Feature, "自助终端")];

    public IReadOnlyList<MenuEntry> Menu { get; } = [new("自助终端", "/kiosks") { Permission = Contracts.Kiosk.Manage, Feature = Contracts.Kiosk.Feature, Landing = 60 }];

    /// <summary>A donor's screen: it keeps nothing of what was sent and sends to the desk.</summary>
    public IReadOnlyList<OwnSurface> Surfaces { get; } = [new(Contracts.Kiosk.Path, (pages, status) => pages.Show(new KioskDoneModel(true, null), status))];

    public void AddServices(IServiceCollection services)
    {
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, KioskIdentity>(KioskIdentity.Scheme, null);
        services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.AddPolicy(Attempts, http => RateLimitPartition.GetFixedWindowLimiter(
                LimitedRoute.Of(http), _ => new FixedWindowRateLimiterOptions { PermitLimit = MostAttempts, Window = Window }));
        });
        services.AddScoped<KioskTokens>().AddScoped<KioskSessions>().AddScoped<ManageTerminals>().AddScoped<EnrolTerminal>().AddScoped<ServeDonor>();
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        ManageTerminals.Map(endpoints);
        EnrolTerminal.Map(endpoints);
        ServeDonor.Map(endpoints);
    }
}
