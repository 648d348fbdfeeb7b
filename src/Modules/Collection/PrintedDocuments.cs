using Platform.Documents;

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
            ["donationNumber"] = "献血码", ["bloodGroup"] = "ABO 血型（已知时）", ["donationType"] = "献血类型",
        },
        new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <summary>Stuck on the tubes for the tests before donation.</summary>
    public static DocumentFields SampleLabel { get; } = new("sample-label", "样本标签",
        new Dictionary<string, string>(Station) { ["sampleNumber"] = "样本号", ["donorName"] = "献血者姓名（已脱敏）", ["sex"] = "性别", ["age"] = "年龄" },
        new Dictionary<string, IReadOnlyDictionary<string, string>>());

    public static IReadOnlyList<DocumentFields> All => [DonationLabel, SampleLabel, DeferralSlip, DonationCertificate];

    /// <summary>Given to the donor after the donation, with the station's number to call.</summary>
    public static DocumentFields DonationCertificate { get; } = new("donation-certificate", "献血凭证",
        new Dictionary<string, string>(Station)
        {
            ["donorName"] = "献血者姓名", ["donationNumber"] = "献血码", ["donationType"] = "献血类型", ["amount"] = "献血量", ["footer"] = "页脚",
        },
        new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <summary>Given to a donor whose visit ends without a donation.</summary>
    public static DocumentFields DeferralSlip { get; } = new("deferral-slip", "暂缓献血提示单",
        new Dictionary<string, string>(Station)
        {
            ["donorName"] = "献血者姓名（已脱敏）", ["verdictTitle"] = "结论", ["untilText"] = "可再次献血的日期说明", ["footer"] = "页脚",
        },
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["reasons"] = new Dictionary<string, string> { ["text"] = "原因", ["clause"] = "依据条款" },
        });
}
