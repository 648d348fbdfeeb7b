using Engine.Documents;
using Engine.Forms;
using Platform.Publishing;

namespace Modules.Collection;

/// <summary>The papers a visit prints, and what their layouts may show.</summary>
public static class PrintedDocuments
{
    private static readonly Dictionary<string, string> Station = new()
    {
        ["stationName"] = "血站名称", ["stationPhone"] = "联系电话", ["department"] = "科室", ["stationAddress"] = "地址",
        ["visitDate"] = "日期",
    };

    /// <summary>Stuck on bag, tubes and record once the number is allotted.</summary>
    public static DocumentFields DonationLabel { get; } = new("donation-label", "献血标签",
        new Dictionary<string, string>(Station)
        {
            ["donationNumber"] = "献血码", ["bloodGroup"] = "ABO 血型（本次检测）", ["rhd"] = "RhD 血型（本次检测）", ["donationType"] = "献血类型",
        },
        new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <summary>Stuck on the tubes for the tests before donation.</summary>
    public static DocumentFields SampleLabel { get; } = new("sample-label", "样本标签",
        new Dictionary<string, string>(Station) { ["sampleNumber"] = "样本号", ["donorName"] = "献血者姓名（已脱敏）", ["sex"] = "性别", ["age"] = "年龄" },
        new Dictionary<string, IReadOnlyDictionary<string, string>>());

    public static IReadOnlyList<DocumentFields> All => [DonationLabel, SampleLabel, DeferralSlip, ExclusionNotice, DonationCertificate, HandOverSheet];

    /// <summary>Begins the name of every layout of the record.</summary>
    public const string RecordPrefix = "record-";

    private static readonly Dictionary<string, string> OfRecord = new(Station)
    {
        ["donorName"] = "献血者姓名（全名）", ["documentNumber"] = "证件号码（完整）", ["donationNumber"] = "献血码", ["sampleNumber"] = "样本号",
        ["donationType"] = "献血类型", ["signedNote"] = "签名说明", ["footer"] = "页脚",
    };

    /// <summary>What the layout of this name may show, given the forms of its set; null when there is no such document.</summary>
    public static DocumentFields? Find(string document, InForce set) =>
        document.StartsWith(RecordPrefix, StringComparison.Ordinal) ? Record(document, StationFacts.FormsOf(set)) : All.FirstOrDefault(f => f.Document == document);

    /// <summary>A form of the record, to be archived: prints filled forms in full.</summary>
    /// <param name="forms">All it may print.</param>
    public static DocumentFields Record(string document, IEnumerable<FormDefinition> forms) =>
        new(document, "献血记录", OfRecord, new Dictionary<string, IReadOnlyDictionary<string, string>>())
        {
            Forms = forms.ToDictionary(f => f.Code, f => (IReadOnlyList<string>)[.. f.Sections.Select(s => s.Code)]),
        };

    /// <summary>Given to the donor after the donation, with the station's number to call.</summary>
    public static DocumentFields DonationCertificate { get; } = new("donation-certificate", "献血凭证",
        new Dictionary<string, string>(Station)
        {
            ["donorName"] = "献血者姓名", ["donationNumber"] = "献血码", ["bloodGroup"] = "血型（ABO 和 RhD，本次检测）", ["donationType"] = "献血类型", ["amount"] = "献血量", ["footer"] = "页脚",
        },
        new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <summary>Given to a donor whose visit ends without a donation.</summary>
    public static DocumentFields DeferralSlip { get; } = new("deferral-slip", "暂缓献血提示单",
        new Dictionary<string, string>(Station)
        {
            ["donorName"] = "献血者姓名和称呼", ["queueNumber"] = "排队号", ["verdictTitle"] = "结论", ["untilText"] = "何时可以再来", ["inPerson"] = "当面说明的提示（原因都已印出时为空）", ["footer"] = "页脚",
        },
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["reasons"] = new Dictionary<string, string> { ["text"] = "告诉献血者的原因" },
        });

    /// <summary>Given to a donor who may never give again, by those who may know it: no reason is printed.</summary>
    public static DocumentFields ExclusionNotice { get; } = new("exclusion-notice", "不宜献血告知书（保密）",
        new Dictionary<string, string>(Station) { ["donorName"] = "献血者姓名和称呼", ["footer"] = "页脚" },
        new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <summary>The list of donations handed over, with places to sign in ink where there is no electronic signature.</summary>
    public static DocumentFields HandOverSheet { get; } = new("hand-over-sheet", "交接单",
        new Dictionary<string, string>
        {
            ["stationName"] = "血站名称", ["stationPhone"] = "联系电话", ["department"] = "科室", ["stationAddress"] = "地址",
            ["number"] = "交接单号", ["at"] = "交接时间", ["givenBy"] = "交出人", ["takenBy"] = "接收人", ["remarks"] = "备注", ["count"] = "献血份数", ["total"] = "总容量（已扣填报的抗凝剂）",
            ["contentHash"] = "内容摘要", ["inkNote"] = "纸质签名说明（电子签名时为空）", ["signedNote"] = "电子签名说明（纸质签名时为空）",
        },
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["donations"] = new Dictionary<string, string> { ["donationNumber"] = "献血编号", ["donationType"] = "献血类型", ["bloodGroup"] = "血型（ABO 和 RhD）", ["volume"] = "容量（已扣填报的抗凝剂）", ["units"] = "治疗量" },
        });
}
