using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using Harness;
using SkiaSharp;

namespace IntegrationTests.Support;

/// <summary>The forms of an invented visit, filled in as a careful person would: every question asked has an answer.</summary>
internal sealed class SampleRecord
{
    public const string DonationNumber = "9000626510234", SampleNumber = "S2603280017", Donor = "吴梓涵";

    private static readonly DateOnly Today = new(2026, 3, 28);
    private static readonly string[] Codes = ["registration", "consent-inquiry", "general-check", "tests", "assessment", "pre-collection-check", "collection-record", "post-collection-check", "heat-seal-check", "donation-reaction"];

    private static readonly Dictionary<string, string> Typed = new()
    {
        ["idNumber"] = "11010519491231002X", ["name"] = Donor, ["sex"] = "F", ["birthDate"] = "1949-12-31", ["phone"] = "13800005678", ["address"] = "江城市东湖区银杏路 18 号银杏花园 3 幢 2 单元 1201 室（地铁 2 号线银杏路站 B 口向东 300 米）",
        ["ethnicGroup"] = "汉族", ["occupation"] = "teacher", ["donorCategory"] = "regular", ["donationType"] = "apheresis-platelets",
        ["underTreatment"] = "yes", ["underTreatmentWhat"] = "口腔科洗牙后复查", ["hb"] = "138", ["hct"] = "0.412", ["plt"] = "246", ["wbc"] = "6.1", ["mpv"] = "9.8", ["abo"] = "A", ["alt"] = "21",
        ["height"] = "162.0", ["weight"] = "58.5", ["systolic"] = "118", ["diastolic"] = "76", ["pulse"] = "72", ["temperature"] = "36.5",
        ["runAlarms"] = "10:12 回输压力偏高报警，调整针位后恢复；\n10:31 献血者口唇发麻，减慢回输速度并口服钙片，约 5 分钟后消失，继续采集。",
        ["runCompleted"] = "yes", ["sealIntact"] = "yes", ["bedsideIdentity"] = "yes", ["redCellsReturned"] = "yes", ["donorFeelsWell"] = "yes", ["bagCount"] = "2", ["tubeCount"] = "4",
        ["reactionPhase"] = "during", ["reactionClass"] = "C", ["reactionSigns"] = "口唇发麻", ["reactionAction"] = "减慢回输速度，口服钙片", ["targetUnits"] = "2",
    };

    private readonly FactBag _known = new();
    private readonly Dictionary<string, FormSubmission> _submissions = [];

    public SampleRecord()
    {
        var items = TestItems.Parse(Config("test-items/zhejiang.test-items.json"));
        Forms = Codes.ToDictionary(c => c, c => FormDefinition.Parse(Config($"forms/{c}.form.json"), items));
        foreach (var (fact, value) in new[] { ("donationNumber", DonationNumber), ("sex", "F"), ("idNumber", Typed["idNumber"]) }) _known.Set(fact, value);
        Filled = Codes.ToDictionary(c => c, Fill);
    }

    public IReadOnlyDictionary<string, FormDefinition> Forms { get; }

    public IReadOnlyDictionary<string, FilledForm> Filled { get; }

    /// <summary>One of the province's own files.</summary>
    public static string Config(string path) => File.ReadAllText(Path.Combine(Installation.Repository, "tenant-config", "Default", path));

    /// <summary>All forms, or those named; values as the visit would give them.</summary>
    public DocumentData Data(params string[] forms) => new(new Dictionary<string, string>
    {
        ["stationName"] = "江城市中心血站", ["stationPhone"] = "0570-5550123", ["department"] = "单采血小板科", ["stationAddress"] = "江城市东湖区银杏路 18 号",
        ["visitDate"] = "2026-03-28", ["donorName"] = Donor, ["documentNumber"] = Typed["idNumber"], ["donationNumber"] = DonationNumber, ["sampleNumber"] = SampleNumber,
        ["donationType"] = "单采血小板", ["footer"] = "本记录由血站按规定年限保存。如有疑问请致电 0570-5550123。",
    })
    {
        Forms = Filled.Where(f => forms.Length == 0 || forms.Contains(f.Key)).ToDictionary(),
    };

    private FilledForm Fill(string code)
    {
        var form = Forms[code];
        var reviewed = form.Review is not { } review ? null : new ReviewedForm(Forms[review.Form], _submissions[review.Form], 1, _submissions[review.Form].ContentHash);
        var context = new FormContext(_known, new HashSet<string>(), Today, reviewed);
        var reading = FormReading.Read(form, Posted(form, reviewed), context);
        _submissions[code] = reading.Submission ?? throw new InvalidOperationException($"{code}: {string.Join("; ", reading.Errors)}");
        _known.Add(_submissions[code].Facts);
        return FormFilling.Fill(form, _submissions[code], context, [.. form.SignersFor(_known).Select(Signed)]);
    }

    private static Dictionary<string, string> Posted(FormDefinition form, ReviewedForm? reviewed)
    {
        var posted = form.Fields.Where(f => Typed.ContainsKey(f.Code) || f.Required || f.RequiredWhen is not null).ToDictionary(f => f.Code, f => Typed.GetValueOrDefault(f.Code) ?? Answer(f));
        if (reviewed is null) return posted;
        posted[ReviewEntry.Seen] = reviewed.ContentHash;
        foreach (var question in reviewed.Flagged.Select(f => f.Question.Code))
            (posted[ReviewEntry.Decision(question)], posted[ReviewEntry.OtherReason(question)]) = ("fit", "已核实检查单，洗牙已满期限，没有出血，情况不影响献血");
        return posted;
    }

    private static FilledSignature Signed(FormSigner signer, int order) => new(
        signer.Role, signer.Label, signer.Handwriting ? Donor : order % 2 == 0 ? "周晓岚" : "欧阳思远", signer.Handwriting ? "手写签名" : "数字证书签名",
        new DateTimeOffset(2026, 3, 28, 9, 30 + order, 5, TimeSpan.FromHours(8)), signer.Handwriting ? Handwriting() : null, false);

    private static string Answer(FormField f) => f.Matches is { } m ? (m == "idNumber" ? Typed["idNumber"] : DonationNumber) : f.Type switch
    {
        FieldType.YesNo => f.MustBe ?? f.Expected ?? f.Default ?? "no",
        FieldType.Choice => f.Options![0].Code,
        FieldType.Date => f.Code.Contains("xpires") ? "2027-10-31" : "2026-03-20",
        FieldType.DateTime => f.Code.Contains("Ended") ? "2026-03-28T11:05" : "2026-03-28T09:40",
        FieldType.Number => f.Code switch { "processedBloodMl" => "3850", "acdaUsedMl" => "412", "productVolumeMl" => "252", "plateletYield" => "5.6", "collectedUnits" => "2", _ => $"{f.Min:0.##}" },
        FieldType.Phone => "13800005678",
        _ => f.Code switch { "separatorCode" => "SEP-07", "kitModel" => "K-5D", _ => "L260115" },
    };

    /// <summary>Black strokes on nothing, as a pad sends them.</summary>
    private static byte[] Handwriting()
    {
        using var bitmap = new SKBitmap(600, 200);
        using var canvas = new SKCanvas(bitmap);
        using var pen = new SKPaint { Color = SKColors.Black, StrokeWidth = 7, IsStroke = true, IsAntialias = true, StrokeCap = SKStrokeCap.Round };
        using var path = SKPath.ParseSvgPathData("M60 120 C90 30 130 40 120 110 S160 160 190 60 M210 60 L300 60 M255 40 C260 100 220 150 205 160 M330 50 C320 150 360 170 400 70 S430 170 470 60 L540 130");
        canvas.Clear(SKColors.Transparent);
        canvas.DrawPath(path, pen);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
