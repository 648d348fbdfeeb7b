using System.Text;
using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Archive.Contracts;
using Modules.Donors.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

/// <summary>One file of a package as the page lists it.</summary>
/// <param name="Title">What it is, zh-CN; null where the package does not say.</param>
public sealed record ListedPackageFile(string Path, int Bytes, string? Title);

/// <param name="Name">Masked unless <paramref name="Revealed"/>.</param>
/// <param name="Report">The four-property report of the version shown; null when the package cannot be opened.</param>
/// <param name="Fault">Why it cannot.</param>
public sealed record ArchiveItemModel(
    ArchiveRow Row, Guid VisitId, string Name, string DocumentNumber, bool Revealed, string? RevealError, IReadOnlyList<ArchiveVersion> Versions, int Shown, IReadOnlyList<ListedPackageFile> Files, string? Report, string? Fault, TimeZoneInfo TimeZone)
{
    /// <summary>Why a package was not given.</summary>
    public string? DownloadError { get; init; }
}

/// <summary>One item: its versions, its forms, its report. Each look and each download is written down.</summary>
internal sealed class ShowItem(Store store, FindItems find, OpenPackage open, IFullView full, FieldCipher cipher, StationClock station, IPages pages)
{
    private static readonly Refusal NoRight = new(RefusalKind.Forbidden, "您没有查看完整个人信息的权限", "请由有权限的人员操作，或联系站点管理员");
    private static readonly Refusal NotHere = new(RefusalKind.NotFound, "没有这件档案", "请从档案列表中选择");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/archive/{id:guid}", (Guid id, int? version, HttpContext http, ShowItem use, CancellationToken cancel) => use.ShowAsync(id, version, http, cancel)).RequirePermission(ArchivePermissions.View);
        endpoints.MapPost("/archive/{id:guid}/reveal", (Guid id, HttpContext http, ShowItem use, CancellationToken cancel) => use.RevealAsync(id, http, cancel))
            .RequirePermission(ArchivePermissions.View).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapGet("/archive/{id:guid}/v{version:int}/documents/{name}.pdf", (Guid id, int version, string name, HttpContext http, ShowItem use, CancellationToken cancel) => use.FormAsync(id, version, name, http, cancel)).RequirePermission(ArchivePermissions.View);
        endpoints.MapPost("/archive/{id:guid}/v{version:int}/package.zip", (Guid id, int version, HttpContext http, ShowItem use, CancellationToken cancel) => use.PackageAsync(id, version, http, cancel))
            .RequirePermission(ArchivePermissions.View).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> ShowAsync(Guid id, int? version, HttpContext http, CancellationToken cancel)
    {
        if (await open.FindAsync(id, version, cancel) is not var (item, shown)) return pages.Refuse(NotHere);
        await open.NoteAsync(item, "查看档案", http.User, cancel, $"第 {shown.Version} 版");
        return pages.Show(await ModelAsync(item, shown, false, null, cancel));
    }

    private static string Subject(ArchiveItem item) => "archive:" + item.Id;

    /// <summary>Leads on to what was asked for, else shows the item in full.</summary>
    private async Task<IResult> RevealAsync(Guid id, HttpContext http, CancellationToken cancel)
    {
        if (await open.FindAsync(id, null, cancel) is not var (item, shown)) return pages.Refuse(NotHere);
        if (!http.User.Has(FullViews.Permission)) return pages.Refuse(NoRight);
        var form = await http.Request.ReadFormAsync(cancel);
        var error = await full.OpenAsync(Subject(item), form["reason"], http.User, cancel);
        if (FullViews.Onward(form["then"]) is { } then)
            return error is null ? Results.LocalRedirect(http.Request.PathBase + then) : pages.Show(Asking(item, then, error), StatusCodes.Status422UnprocessableEntity);
        return pages.Show(await ModelAsync(item, shown, error is null, error, cancel), error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private static FullViewModel Asking(ArchiveItem item, string then, string? error) => new($"档案 {item.ArchiveNumber}", $"/archive/{item.Id}/reveal", then, error);

    private async Task<ArchiveItemModel> ModelAsync(ArchiveItem item, ArchiveVersion shown, bool revealed, string? error, CancellationToken cancel)
    {
        var (row, zone) = (find.Row(item), (await station.SettingsAsync(cancel)).TimeZone);
        var versions = await store.Set<ArchiveVersion>().AsNoTracking().Where(v => v.ItemId == item.Id).OrderBy(v => v.Version).ToListAsync(cancel);
        var (name, number) = revealed ? (cipher.Reveal(item.ProtectedName), cipher.Reveal(item.ProtectedDocumentNumber)) : (row.MaskedName, row.MaskedDocumentNumber);
        try
        {
            var files = Package.Unzip(new MemoryStream(await open.ReadAsync(shown, cancel)));
            var titles = Titles(files);
            var report = files.FirstOrDefault(f => f.Path == Package.Report);
            return new ArchiveItemModel(row, item.VisitId, name, number, revealed, error, versions, shown.Version, [.. files.Select(f => new ListedPackageFile(f.Path, f.Bytes.Length, titles.GetValueOrDefault(f.Path)))], report is null ? null : Shown(Encoding.UTF8.GetString(report.Bytes), item, revealed), null, zone);
        }
        catch (ArchiveStoreException e)
        {
            return new ArchiveItemModel(row, item.VisitId, name, number, revealed, error, versions, shown.Version, [], null, e.Message, zone);
        }
    }

    /// <summary>The report names who has signed, the donor among them.</summary>
    private string Shown(string report, ArchiveItem item, bool revealed)
    {
        var (name, number) = (cipher.Reveal(item.ProtectedName), cipher.Reveal(item.ProtectedDocumentNumber));
        return revealed ? report : report.Replace(name, Mask.Name(name), StringComparison.Ordinal).Replace(number, Mask.Number(number), StringComparison.Ordinal);
    }

    /// <summary>What each file is, as the package's metadata names it; a package whose metadata cannot be read is shown by its file names.</summary>
    private static Dictionary<string, string> Titles(IReadOnlyList<PackageFile> files)
    {
        try
        {
            return files.FirstOrDefault(f => f.Path == Package.Metadata) is { } metadata ? PackageMetadata.Read(metadata.Bytes).Files.ToDictionary(f => f.Path, f => f.Kind) : [];
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private async Task<IResult> FormAsync(Guid id, int version, string name, HttpContext http, CancellationToken cancel)
    {
        if (await open.FindAsync(id, version, cancel) is not var (item, shown)) return pages.Refuse(NotHere);
        if (!http.User.Has(FullViews.Permission)) return pages.Refuse(NoRight);
        if (!await full.IsOpenAsync(Subject(item), http.User, cancel)) return pages.Show(Asking(item, $"/archive/{id}/v{version}/documents/{name}.pdf", null));
        try
        {
            if (OpenPackage.Form(await open.ReadAsync(shown, cancel), name) is not { } form) return pages.Refuse(new Refusal(RefusalKind.NotFound, "档案里没有这份表单", "请从档案页面选择"));
            await open.NoteAsync(item, "查看档案表单", http.User, cancel, form.Path);
            return Results.File(form.Bytes, "application/pdf");
        }
        catch (ArchiveStoreException e)
        {
            return pages.Refuse(Broken(e));
        }
    }

    /// <summary>A package names the donor in full, so it is given for a reason as the full view is.</summary>
    private async Task<IResult> PackageAsync(Guid id, int version, HttpContext http, CancellationToken cancel)
    {
        if (await open.FindAsync(id, version, cancel) is not var (item, shown)) return pages.Refuse(NotHere);
        if (!http.User.Has(FullViews.Permission)) return pages.Refuse(NoRight);
        var reason = (await http.Request.ReadFormAsync(cancel))["reason"].ToString().Trim();
        var error = await full.OpenAsync(Subject(item), reason, http.User, cancel);
        if (error is not null) return pages.Show(await ModelAsync(item, shown, false, null, cancel) with { DownloadError = error }, StatusCodes.Status422UnprocessableEntity);
        try
        {
            var package = await open.ReadAsync(shown, cancel);
            await open.NoteAsync(item, "下载档案包", http.User, cancel, $"第 {shown.Version} 版", reason);
            return Results.File(package, "application/zip", $"{item.ArchiveNumber}-v{shown.Version}.zip");
        }
        catch (ArchiveStoreException e)
        {
            return pages.Refuse(Broken(e));
        }
    }

    private static Refusal Broken(ArchiveStoreException e) => new(RefusalKind.Unavailable, e.Message, "请不要改动任何文件，立即通知系统管理员从备份恢复");
}
