using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Archive.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Tenancy;

namespace Modules.Archive;

/// <summary>The archive for other programs of the station, by client credentials with the scope <see cref="ArchiveScope.Read"/>. Lists are masked like the page; a form is the form.</summary>
internal static class ArchiveApi
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/archive", ListAsync).RequirePermission(ArchiveScope.Read, PermissionEndpoints.Token).AddEndpointFilter(OwnStationAsync);
        endpoints.MapGet("/api/archive/{id:guid}/documents/{name}.pdf", FormAsync).RequirePermission(ArchiveScope.Read, PermissionEndpoints.Token).AddEndpointFilter(OwnStationAsync);
    }

    /// <summary>A token names its station; at another one it is worth nothing.</summary>
    private static async ValueTask<object?> OwnStationAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var tenant = (TenantContext)call.HttpContext.RequestServices.GetService(typeof(TenantContext))!;
        return call.HttpContext.User.HasClaim(PersonClaims.Tenant, tenant.Current.Name) ? await next(call) : Results.Unauthorized();
    }

    private static async Task<IResult> ListAsync(HttpContext http, int? page, FindItems find, CancellationToken cancel)
    {
        var found = await find.RunAsync(ArchiveFilter.Read(http.Request.Query), page, cancel);
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
            return RefusalResults.Problem(new Refusal(RefusalKind.Unavailable, e.Message, "请通知系统管理员从备份恢复"));
        }
    }
}
