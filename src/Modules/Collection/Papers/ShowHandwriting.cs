using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Pages;
using Platform.People;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>手写签名: the picture of one signature, for those who may see it; each look is logged.</summary>
internal static class ShowHandwriting
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/visits/{id:guid}/handwriting/{submission:guid}/{role}", HandleAsync)
            .RequirePermission(CollectionPermissions.ViewHandwriting);

    public static string Path(Submission submission, string role) => $"/visits/{submission.SubjectId}/handwriting/{submission.Id}/{role}";

    private static async Task<IResult> HandleAsync(Guid id, Guid submission, string role, HttpContext http, Store store, FieldCipher cipher,
        TimeProvider clock, IPages pages, CancellationToken cancel)
    {
        var mine = store.Set<Submission>().Where(s => s.Id == submission && s.SubjectId == id).Select(s => s.Id);
        if (await store.Set<StoredHandwriting>().AsNoTracking()
            .SingleOrDefaultAsync(h => mine.Contains(h.SubmissionId) && h.Role == role, cancel) is not { } stored)
            return pages.Refuse(new Refusal(RefusalKind.NotFound, "没有这个手写签名", "请从本次献血页面打开"));
        var png = cipher.Reveal(stored.ProtectedPng);   // Before it is noted that somebody has seen it.
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(http.User.Actor().Did("查看手写签名", new Subject(Visit.Kind, id).ToString(), clock.GetUtcNow(), new AuditChange(Field: role)));
        await transaction.CommitAsync(cancel);
        return Results.Bytes(png, "image/png");
    }
}
