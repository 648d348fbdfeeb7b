using Engine.Documents;
using Engine.Forms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>标签与提示单 as PDF, laid out by the station's layouts with the station's own name, department and phone.</summary>
internal sealed class PrintVisitDocument(Store store, VisitFiles files, Configuration configuration, DocumentRenderer renderer, TimeProvider clock, IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/visits/{id:guid}/documents/{name}.pdf", (Guid id, string name, HttpContext http, PrintVisitDocument use, CancellationToken cancel) => use.HandleAsync(id, name, http, cancel))
            .RequirePermission(CollectionPermissions.Work);

    private async Task<IResult> HandleAsync(Guid id, string name, HttpContext http, CancellationToken cancel)
    {
        if (await files.ReadAsync(id, cancel) is not { } file) return pages.Refuse(StepPage.NoVisit);
        if (name == PrintedDocuments.ExclusionNotice.Document && !http.User.Has(CollectionPermissions.ExclusionNotice)) return pages.Refuse(StepPage.NoRight(PrintedDocuments.ExclusionNotice.Title));
        if (Content(file, name) is not { } content) return pages.Refuse(new Refusal(RefusalKind.NotFound, "本次献血没有这份单据", "请从本次献血页面打开"));
        var set = await configuration.PinnedAsync(file.Visit.ConfigurationHash, cancel);
        var layout = LayoutDefinition.Parse(set.Require(DocumentKinds.Layout, name).Json, content.Fields);
        var rendered = renderer.Render(layout, content.Data);
        if (rendered is RefusedDocument refused)
            return pages.Refuse(new Refusal(RefusalKind.Invalid, "单据不能打印", string.Join("；", refused.Problems.Select(content.Fields.InWords))));
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(http.User.Actor().Did("打印" + content.Fields.Title, file.Subject.ToString(), clock.GetUtcNow()));
        await transaction.CommitAsync(cancel);
        return Results.File(((RenderedDocument)rendered).Pdf, "application/pdf");
    }

    /// <summary>The group is the one this visit's own tests were signed with: what an older file says is compared by the rules and never printed on blood.</summary>
    private static (DocumentFields Fields, DocumentData Data)? Content(VisitFile file, string name) => name switch
    {
        "donation-label" when file.Visit.DonationNumber is not null => (PrintedDocuments.DonationLabel, new DocumentData(new Dictionary<string, string>(Station(file))
        {
            ["donationNumber"] = file.Visit.DonationNumber, ["bloodGroup"] = file.Visit.Abo ?? "", ["rhd"] = file.Visit.Abo is null ? "" : BloodGroups.RhD(file.Visit.RhD),
            ["donationType"] = file.Configuration.DonationTypeTitle(file.Visit.DonationType),
        })),
        "sample-label" when file.Visit.SampleNumber is not null => (PrintedDocuments.SampleLabel, new DocumentData(new Dictionary<string, string>(Station(file))
        {
            ["sampleNumber"] = file.Visit.SampleNumber, ["donorName"] = Mask.Name(file.Donor.Name), ["sex"] = file.Donor.Sex == "F" ? "女" : "男", ["age"] = $"{file.Donor.AgeOn(file.Visit.Day)}",
        })),
        "donation-certificate" when file.Visit is { CollectedMl: not null, DonationNumber: not null } => (PrintedDocuments.DonationCertificate, new DocumentData(new Dictionary<string, string>(Station(file))
        {
            // His own paper: it goes into the donor's hand and names him in full.
            ["donorName"] = file.Donor.Name, ["donationNumber"] = file.Visit.DonationNumber, ["donationType"] = file.Configuration.DonationTypeTitle(file.Visit.DonationType),
            ["bloodGroup"] = BloodGroups.Words(file.Visit.Abo, file.Visit.RhD) ?? "",
            ["amount"] = file.Visit.CollectedUnits is > 0 and var units ? $"{units:0.##} 治疗量（{file.Visit.CollectedMl:0.##} mL）" : $"{file.Visit.CollectedMl:0.##} mL",
            ["footer"] = file.Configuration.Settings.Value("slipFooter"),
        })),
        "deferral-slip" when DeferralPapers.Of(file) is { Permanent: false } => (PrintedDocuments.DeferralSlip, DeferralPapers.Slip(file, Station(file))),
        "exclusion-notice" when DeferralPapers.Of(file) is { Permanent: true } => (PrintedDocuments.ExclusionNotice, DeferralPapers.Notice(file, Station(file))),
        _ => null,
    };

    private static Dictionary<string, string> Station(VisitFile file) => new(file.Configuration.Settings.Heading()) { ["visitDate"] = $"{file.Visit.Day:yyyy-MM-dd}" };
}
