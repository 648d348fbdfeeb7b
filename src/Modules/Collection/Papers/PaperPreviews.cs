using Engine.Documents;
using Engine.Rules;
using Modules.Collection.Contracts;
using Platform.Publishing;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>Papers for an invented donor.</summary>
internal sealed class PaperPreviews(DocumentRenderer renderer, TimeProvider clock) : IPaperPreviews
{
    private const float Dots = 1.5f;

    public IReadOnlyList<PreviewPaper> Papers { get; } =
    [
        .. new[] { PrintedDocuments.DeferralSlip, PrintedDocuments.DonationCertificate, PrintedDocuments.ExclusionNotice, PrintedDocuments.DonationLabel, PrintedDocuments.SampleLabel }.Select(f => new PreviewPaper(f.Document, f.Title)),
    ];

    public RenderResult? Pdf(InForce set, string paper) => Drawn(set, paper, renderer.Render);

    public RenderResult? Picture(InForce set, string paper) => Drawn(set, paper, (layout, data) => renderer.Picture(layout, data, Dots));

    private RenderResult? Drawn(InForce set, string paper, Func<LayoutDefinition, DocumentData, RenderResult> draw)
    {
        if (Papers.All(p => p.Name != paper) || PrintedDocuments.Find(paper, set) is not { } fields) return null;
        var settings = StationSettings.Of(set);
        return draw(LayoutDefinition.Parse(set.Require(DocumentKinds.Layout, paper).Json, fields), Data(paper, settings, settings.LocalDate(clock.GetUtcNow())));
    }

    private static DocumentData Data(string paper, StationSettings settings, DateOnly day)
    {
        var donor = new Dictionary<string, string>(settings.Heading())
        {
            ["visitDate"] = $"{day:yyyy-MM-dd}",
            ["donorName"] = paper == PrintedDocuments.SampleLabel.Document ? "林*" : "林小满女士", ["footer"] = settings.Value("slipFooter"), ["donationNumber"] = "9900026000001", ["sampleNumber"] = $"{day:yyyyMMdd}001",
            ["bloodGroup"] = "A 型", ["rhd"] = "RhD 阳性", ["donationType"] = "单采血小板", ["amount"] = "1 治疗量（250 mL）", ["sex"] = "女", ["age"] = "32",
        };
        if (paper != PrintedDocuments.DeferralSlip.Document) return new DocumentData(donor);
        var slip = new DeferralPapers(false, RuleOutcome.DeferUntil, day.AddDays(14), ["血红蛋白低于献血的要求"], true);
        (donor["queueNumber"], donor["verdictTitle"], donor["untilText"], donor["inPerson"]) = (new QueuePlace(day, 7).Shown, "本次暂不献血", slip.Return, "");
        return new DocumentData(donor, new Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>>>
        {
            ["reasons"] = [.. slip.Reasons.Select(text => new Dictionary<string, string> { ["text"] = text + "。" })],
        });
    }
}
