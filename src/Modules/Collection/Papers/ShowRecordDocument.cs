using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Pages;
using Platform.People;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>A record document as it was signed, byte for byte. It shows the donor in full, so it is opened by the right to that and for a reason, and who opens it is written down.</summary>
internal sealed class ShowRecordDocument(Store store, FieldCipher cipher, IFullView full, TimeProvider clock, IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/visits/{id:guid}/records/{name}-v{version:int}.pdf",
            (Guid id, string name, int version, HttpContext http, ShowRecordDocument use, CancellationToken cancel) =>
            use.HandleAsync(id, name, version, http, cancel))
            .RequirePermission(FullViews.Permission);

    public static string Path(Guid visit, string name, int version) => $"/visits/{visit}/records/{name}-v{version}.pdf";

    private async Task<IResult> HandleAsync(Guid id, string name, int version, HttpContext http, CancellationToken cancel)
    {
        if (await store.Set<RecordDocument>().AsNoTracking()
            .SingleOrDefaultAsync(d => d.SubjectId == id && d.Name == name && d.Version == version, cancel) is not { } document)
            return pages.Refuse(new Refusal(RefusalKind.NotFound, "本次献血没有这份记录单据", "请从本次献血页面打开"));
        var donor = await store.Set<Visit>().Where(v => v.Id == id).Select(v => v.DonorId).SingleAsync(cancel);
        if (!await full.IsOpenAsync("donor:" + donor, http.User, cancel))
            return pages.Show(new FullViewModel(document.Title, $"/donors/{donor}/reveal", Path(id, name, version), null));
        var pdf = cipher.Reveal(document.ProtectedPdf);   // Before it is noted that somebody has seen it.
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(http.User.Actor()
            .Did("查看" + document.Title, new Subject(Visit.Kind, id).ToString(), clock.GetUtcNow(), new AuditChange(New: $"第 {version} 版")));
        await transaction.CommitAsync(cancel);
        return Results.File(pdf, "application/pdf", fileDownloadName: null);
    }
}
