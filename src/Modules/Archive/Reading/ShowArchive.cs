using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

/// <param name="Departments">Code and title of those that have archived.</param>
public sealed record ArchiveListModel(Paged<ArchiveRow> Items, ArchiveFilter Filter, IReadOnlyList<(string Code, string Title)> Departments, TimeZoneInfo TimeZone);

/// <summary>档案列表. Name and document number are posted, never part of an address.</summary>
internal sealed class ShowArchive(Store store, FindItems find, StationClock station, IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/archive", (HttpContext http, int? page, ShowArchive use, CancellationToken cancel) => use.ShowAsync(http, page, cancel)).RequirePermission(ArchivePermissions.View);
        endpoints.MapPost("/archive/find", (HttpContext http, ShowArchive use, CancellationToken cancel) => use.FindAsync(http, cancel))
            .RequirePermission(ArchivePermissions.View).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> ShowAsync(HttpContext http, int? page, CancellationToken cancel)
    {
        var filter = ArchiveFilter.Read(http.Request.Query);
        var departments = await store.Set<ArchiveItem>().Select(i => new { i.Department, i.DepartmentTitle }).Distinct().ToListAsync(cancel);
        return pages.Show(new ArchiveListModel(await find.RunAsync(filter, page, cancel), filter, [.. departments.Select(d => (d.Department, d.DepartmentTitle)).DistinctBy(d => d.Department)], (await station.SettingsAsync(cancel)).TimeZone));
    }

    private async Task<IResult> FindAsync(HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var query = ArchiveFilter.Read(new QueryCollection(form.ToDictionary(f => f.Key, f => f.Value)));
        return Results.LocalRedirect($"{http.Request.PathBase}/archive?{find.ByPerson(query, form["name"], form["document"]).ToQuery()}");
    }
}
