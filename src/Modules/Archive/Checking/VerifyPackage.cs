using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Archive.Contracts;
using Modules.Signing.Contracts;
using Platform.Jobs;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

/// <param name="Name">Of the package judged; null before one is.</param>
/// <param name="Words">The verdict, line by line.</param>
public sealed record VerifyPackageModel(string? Name, PackageVerdict? Verdict, IReadOnlyList<string> Signatures, string? Error, IReadOnlyList<Job> Jobs, TimeZoneInfo TimeZone);

/// <summary>核查: the auditor hands in a package, names an item, or has the whole archive and all evidence checked in the background.</summary>
internal sealed class VerifyPackage(Store store, OpenPackage open, ISignatureCheck check, ITrustSource trusts, RunArchive run, StationClock station, IPages pages)
{
    private const int Largest = 256 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/archive/verify", (VerifyPackage use, CancellationToken cancel) => use.ShowAsync(null, null, null, cancel)).RequirePermission(ArchivePermissions.Verify);
        endpoints.MapPost("/archive/verify", (HttpContext http, VerifyPackage use, CancellationToken cancel) => use.JudgeAsync(http, cancel))
            .RequirePermission(ArchivePermissions.Verify).WithMetadata(new RequireAntiforgeryTokenAttribute(), new RequestSizeLimitAttribute(Largest))
            // What is handed in stays in memory: by itself the server would spool it in clear to the system's temporary folder.
            .WithFormOptions(memoryBufferThreshold: Largest, multipartBodyLengthLimit: Largest);
        endpoints.MapPost("/archive/verify/all", (HttpContext http, VerifyPackage use, CancellationToken cancel) => use.AllAsync(http, cancel))
            .RequirePermission(ArchivePermissions.Verify).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> ShowAsync(string? name, PackageVerdict? verdict, string? error, CancellationToken cancel)
    {
        var zone = (await station.SettingsAsync(cancel)).TimeZone;
        var jobs = await store.Set<Job>().AsNoTracking().Where(j => j.Kind == ArchiveWork.Checking).OrderByDescending(j => j.Id).Take(10).ToListAsync(cancel);
        return pages.Show(new VerifyPackageModel(name, verdict, verdict is null ? [] : [.. verdict.Signatures.Select(s => PropertyReport.InWords(s, zone))], error, jobs, zone),
            error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private async Task<IResult> JudgeAsync(HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var (file, number) = (form.Files["file"], form["number"].ToString().Trim());
        if (file is null or { Length: 0 } && number.Length == 0) return await ShowAsync(null, null, "请选择档案包文件，或填写档号", cancel);
        var roots = await trusts.RootsAsync(cancel);
        if (file is { Length: > 0 })
        {
            await using var content = file.OpenReadStream();
            return await ShowAsync(file.FileName, CheckPackage.Run(check, content, roots), null, cancel);
        }
        if (await store.Set<ArchiveItem>().Where(i => i.ArchiveNumber == number).Select(i => (Guid?)i.Id).SingleOrDefaultAsync(cancel) is not { } id || await open.FindAsync(id, null, cancel) is not var (item, version))
            return await ShowAsync(null, null, $"档号：没有 {number} 这件档案，请核对", cancel);
        try
        {
            var package = await open.ReadAsync(version, cancel);
            await open.NoteAsync(item, "核查档案", http.User, cancel, $"第 {version.Version} 版");
            return await ShowAsync(number, CheckPackage.Run(check, new MemoryStream(package), roots), null, cancel);
        }
        catch (ArchiveStoreException e)
        {
            return await ShowAsync(null, null, $"{number}：{e.Message}", cancel);
        }
    }

    private async Task<IResult> AllAsync(HttpContext http, CancellationToken cancel) =>
        Results.LocalRedirect(http.Request.PathBase + await run.StartAsync(ArchiveWork.Checking, "核查全部档案与证据", new { }, http, cancel));
}
