using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Archive.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Tenancy;

namespace Modules.Archive;

/// <summary>The archive for other programs of the station, by client credentials with the scope <see cref="ArchivePermissions.ReadByPrograms"/>. Lists are masked like the page; a form is the form, a package the package, and each taken out is written down.</summary>
/// <remarks>Name and document number are sent in clear in the body of a search: in an address they would stand in logs.</remarks>
internal static class ArchiveApi
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/archive", ListAsync).RequirePermission(ArchivePermissions.ReadByPrograms, PermissionEndpoints.Token).AddEndpointFilter(OwnStationAsync);
        endpoints.MapPost("/api/archive/search", SearchAsync).RequirePermission(ArchivePermissions.ReadByPrograms, PermissionEndpoints.Token).AddEndpointFilter(OwnStationAsync);
        endpoints.MapGet("/api/archive/{id:guid}/v{version:int}/package.zip", PackageAsync).RequirePermission(ArchivePermissions.ReadByPrograms, PermissionEndpoints.Token).AddEndpointFilter(OwnStationAsync);
        endpoints.MapGet("/api/archive/{id:guid}/documents/{name}.pdf", FormAsync).RequirePermission(ArchivePermissions.ReadByPrograms, PermissionEndpoints.Token).AddEndpointFilter(OwnStationAsync);
    }

    /// <summary>A token names its station; at another one it is worth nothing.</summary>
    internal static async ValueTask<object?> OwnStationAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var tenant = (TenantContext)call.HttpContext.RequestServices.GetService(typeof(TenantContext))!;
        return call.HttpContext.User.HasClaim(PersonClaims.Tenant, tenant.Current.Name) ? await next(call) : Results.Unauthorized();
    }

    private static async Task<IResult> ListAsync(HttpContext http, int? page, FindItems find, CancellationToken cancel) => Listed(await find.RunAsync(ArchiveFilter.Read(http.Request.Query), page, cancel));

    /// <param name="Name">As the donor was registered; case and spaces inside count.</param>
    /// <param name="DocumentNumber">In full.</param>
    /// <param name="From">First day of the visits, station time.</param>
    private sealed record Search(string? Name, string? DocumentNumber, int? Year, string? Department, string? DonationNumber, DateOnly? From, DateOnly? To, int? Page);

    /// <summary>Reads the body itself: whoever has no right is told so whatever he sends.</summary>
    private static async Task<IResult> SearchAsync(HttpContext http, FindItems find, CancellationToken cancel)
    {
        if (await ReadAsync(http.Request, cancel) is not { } search) return RefusalResults.Problem(new Refusal(RefusalKind.Invalid, "请求正文须为 JSON 对象", "请按接口说明填写，日期写作 yyyy-MM-dd"));
        var filter = new ArchiveFilter(search.Year, ArchiveFilter.Text(search.Department), ArchiveFilter.Text(search.DonationNumber), null, null, search.From, search.To);
        return Listed(await find.RunAsync(find.ByPerson(filter, search.Name, search.DocumentNumber), search.Page, cancel));
    }

    private static async Task<Search?> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        try
        {
            return request.HasJsonContentType() ? await request.ReadFromJsonAsync<Search>(cancel) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IResult Listed(Paged<ArchiveRow> found)
    {
        return Results.Json(new
        {
            page = found.Page, pages = found.Pages, total = found.Total,
            items = found.Items.Select(i => new
            {
                id = i.Id, item = i.Item, archiveNumber = i.ArchiveNumber, year = i.Year, name = i.MaskedName, retention = i.Retention, collectedAt = i.CollectedAt, day = $"{i.Day:yyyy-MM-dd}", documentType = i.DocumentType,
                documentNumber = i.MaskedDocumentNumber, donationNumber = i.DonationNumber, department = i.Department, documents = i.Documents, version = i.Version, signedElectronically = i.Signed,
            }),
        });
    }

    private static async Task<IResult> FormAsync(Guid id, string name, HttpContext http, OpenPackage open, CancellationToken cancel)
    {
        if (await open.FindAsync(id, null, cancel) is not var (item, version)) return RefusalResults.Problem(new Refusal(RefusalKind.NotFound, "没有这件档案"));
        try
        {
            if (OpenPackage.Form(await open.ReadAsync(version, cancel), name) is not { } form) return RefusalResults.Problem(new Refusal(RefusalKind.NotFound, "档案里没有这份表单"));
            await open.NoteAsync(item, "接口读取档案表单", http.User, cancel, form.Path);
            return Results.File(form.Bytes, "application/pdf");
        }
        catch (ArchiveStoreException e)
        {
            return Broken(e);
        }
    }

    private static async Task<IResult> PackageAsync(Guid id, int version, HttpContext http, OpenPackage open, CancellationToken cancel)
    {
        if (await open.FindAsync(id, version, cancel) is not var (item, found)) return RefusalResults.Problem(new Refusal(RefusalKind.NotFound, "没有这件档案的这一版"));
        try
        {
            var package = await open.ReadAsync(found, cancel);
            await open.NoteAsync(item, "接口下载档案包", http.User, cancel, $"第 {version} 版");
            return Results.File(package, "application/zip");
        }
        catch (ArchiveStoreException e)
        {
            return Broken(e);
        }
    }

    private static IResult Broken(ArchiveStoreException e) => RefusalResults.Problem(new Refusal(RefusalKind.Unavailable, e.Message, "请通知系统管理员从备份恢复"));
}
