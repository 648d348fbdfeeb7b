using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Audit;

/// <param name="Search">In who, what, and to what.</param>
public sealed record AuditModel(Paged<AuditEntry> Entries, string Search, TimeZoneInfo TimeZone);

/// <summary>审计记录: who did what, the newest first.</summary>
public sealed class ShowAudit(Store store, StationClock station)
{
    public const string Path = "/config/audit";
    private const int LongestSearch = 64;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(Path, async (string? q, int? page, ShowAudit use, IPages pages, CancellationToken cancel) => pages.Show(await use.PageAsync(q, page, cancel))).RequirePermission(AuditModule.Read);

    private async Task<AuditModel> PageAsync(string? typed, int? page, CancellationToken cancel)
    {
        var text = (typed ?? "").Trim();
        var search = text.Length > LongestSearch ? text[..LongestSearch] : text;
        var entries = store.Set<AuditEntry>().AsNoTracking();
        if (search.Length > 0) entries = entries.Where(e => e.PersonName.Contains(search) || e.Action.Contains(search) || e.Subject.Contains(search));
        return new AuditModel(await entries.OrderByDescending(e => e.Id).PageAsync(page, cancel), search, (await station.SettingsAsync(cancel)).TimeZone);
    }
}

/// <summary>Reading what has been done here.</summary>
public sealed class AuditModule : IModule
{
    public const string Read = "audit.read";

    public IReadOnlyList<Permission> Permissions { get; } = [new(Read, "查看审计记录")];

    public IReadOnlyList<MenuEntry> Menu { get; } = [new("审计记录", ShowAudit.Path) { Permission = AuditModule.Read, Landing = 70 }];

    public void AddServices(IServiceCollection services) => services.AddScoped<ShowAudit>();

    public void MapEndpoints(IEndpointRouteBuilder endpoints) => ShowAudit.Map(endpoints);
}
