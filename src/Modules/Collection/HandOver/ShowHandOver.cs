using Engine.Documents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <param name="Signatures">As they are judged now; empty where it was signed in ink.</param>
public sealed record HandOverSheetModel(HandOver HandOver, IReadOnlyList<DonationToHandOver> Donations, IReadOnlyList<JudgedSignature> Signatures, TimeZoneInfo TimeZone);

/// <summary>交接单: its page, its signatures to be checked by other programs, and the list on paper, to be signed in ink where the station does not sign electronically.</summary>
internal sealed class ShowHandOver(Store store, FieldCipher cipher, ProveHandOver prove, Configuration configuration, DocumentRenderer renderer, StationClock station, IPages pages)
{
    private static readonly Refusal None = new(RefusalKind.NotFound, "没有这份交接单", "请从交接页面选择");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/hand-overs/{id:guid}", (Guid id, ShowHandOver use, CancellationToken cancel) => use.SheetAsync(id, cancel)).RequirePermission(CollectionPermissions.HandOver);
        endpoints.MapGet("/hand-overs/{id:guid}/sheet.pdf", (Guid id, HttpContext http, ShowHandOver use, CancellationToken cancel) => use.PrintAsync(id, http, cancel)).RequirePermission(CollectionPermissions.HandOver);
        endpoints.MapGet("/hand-overs/{id:guid}/{role}.json", (Guid id, string role, ShowHandOver use, CancellationToken cancel) => use.FileAsync(id, role, "json", "application/json", s => s.ProtectedRecord, cancel)).RequirePermission(CollectionPermissions.HandOver);
        endpoints.MapGet("/hand-overs/{id:guid}/{role}.p7s", (Guid id, string role, ShowHandOver use, CancellationToken cancel) => use.FileAsync(id, role, "p7s", "application/pkcs7-signature", s => s.ProtectedCms, cancel)).RequirePermission(CollectionPermissions.HandOver);
    }

    private async Task<IResult> SheetAsync(Guid id, CancellationToken cancel) =>
        await FindAsync(id, cancel) is var (row, donations) ? pages.Show(new HandOverSheetModel(row, donations, await prove.JudgeAsync(row, cancel), (await station.SettingsAsync(cancel)).TimeZone)) : pages.Refuse(None);

    private async Task<(HandOver, IReadOnlyList<DonationToHandOver>)?> FindAsync(Guid id, CancellationToken cancel)
    {
        if (await store.Set<HandOver>().AsNoTracking().SingleOrDefaultAsync(h => h.Id == id, cancel) is not { } row) return null;
        var lines = await store.Set<HandOverLine>().AsNoTracking().Where(l => l.HandOverId == id).OrderBy(l => l.DonationNumber).ToListAsync(cancel);
        return (row, [.. lines.Select(l => new DonationToHandOver(l.VisitId, l.DonationNumber, default, l.DonationType, l.VolumeMl, l.Units) { BloodGroup = l.BloodGroup })]);
    }

    /// <summary>What was signed, or the signature over it, byte for byte.</summary>
    private async Task<IResult> FileAsync(Guid id, string role, string kind, string type, Func<HandOverSignature, byte[]> part, CancellationToken cancel)
    {
        var number = await store.Set<HandOver>().Where(h => h.Id == id).Select(h => h.Number).SingleOrDefaultAsync(cancel);
        if (number is null || await store.Set<HandOverSignature>().AsNoTracking().SingleOrDefaultAsync(s => s.HandOverId == id && s.Role == role, cancel) is not { } signature)
            return pages.Refuse(new Refusal(RefusalKind.NotFound, "没有这个电子签名", "请从交接单页面下载"));
        return Results.File(cipher.Reveal(part(signature)), type, $"hand-over-{number}-{role}.{kind}");
    }

    private async Task<IResult> PrintAsync(Guid id, HttpContext http, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not var (row, donations)) return pages.Refuse(None);
        var fields = PrintedDocuments.HandOverSheet;
        if ((await configuration.AtAsync(station.Now, cancel)).Find(DocumentKinds.Layout, fields.Document) is not { } document)
            return pages.Refuse(new Refusal(RefusalKind.Invalid, "交接单不能打印", "还没有发布交接单的版式 hand-over-sheet.layout.json，请联系省级管理员"));
        var rendered = renderer.Render(LayoutDefinition.Parse(document.Json, fields), Data(row, donations, await prove.JudgeAsync(row, cancel), await station.SettingsAsync(cancel)));
        if (rendered is RefusedDocument refused) return pages.Refuse(new Refusal(RefusalKind.Invalid, "交接单不能打印", string.Join("；", refused.Problems.Select(fields.InWords))));
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(http.User.Actor().Did("打印" + fields.Title, HandOverLeaves.Subject(id), station.Now, new AuditChange(New: row.Number)));
        await transaction.CommitAsync(cancel);
        return Results.File(((RenderedDocument)rendered).Pdf, "application/pdf");
    }

    private static DocumentData Data(HandOver row, IReadOnlyList<DonationToHandOver> donations, IReadOnlyList<JudgedSignature> signatures, StationSettings settings)
    {
        string Local(DateTimeOffset at) => $"{TimeZoneInfo.ConvertTime(at, settings.TimeZone):yyyy-MM-dd HH:mm}";
        var values = new Dictionary<string, string>(settings.Heading())
        {
            ["number"] = row.Number, ["at"] = Local(row.At), ["givenBy"] = row.GivenBy, ["takenBy"] = row.TakenBy, ["remarks"] = row.Remarks ?? "",
            ["count"] = $"{donations.Count}", ["total"] = $"{donations.Sum(d => d.VolumeMl):0.##} mL", ["contentHash"] = row.ContentHash,
            ["inkNote"] = row.Electronic ? "" : "本单未使用电子签名：双方核对后手写签名，纸质原件存档。",
            ["signedNote"] = row.Electronic ? string.Join("；", signatures.Select(s => $"{s.Role} {s.Signer} 电子签名{(s.StampedAt is { } at ? $"，时间戳 {Local(at)}" : "")}{(s.Faults.Count == 0 ? "" : "，签名核验有问题")}")) + "。" : "",
        };
        var rows = donations.Select(d => (IReadOnlyDictionary<string, string>)new Dictionary<string, string>
        {
            ["donationNumber"] = d.DonationNumber, ["donationType"] = d.DonationType, ["bloodGroup"] = d.BloodGroup ?? "血型未测", ["volume"] = $"{d.VolumeMl:0.##} mL", ["units"] = d.Units is { } units ? $"{units:0.##}" : "—",
        });
        return new DocumentData(values, new Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>>> { ["donations"] = [.. rows] });
    }
}
