namespace Platform.Publishing.Changes;

/// <summary>A list or map inside a document whose entries are known by a name of their own.</summary>
/// <param name="Path">Properties from the top, without names of entries: <c>sections.fields</c>. Empty where the document itself is the list.</param>
/// <param name="Id">Properties that name an entry, joined where it takes several; empty for a map, whose keys do.</param>
/// <param name="Title">What an entry is called, zh-CN.</param>
public sealed record ElementShape(string Path, IReadOnlyList<string> Id, string Title)
{
    /// <summary>Entries are texts, each its own name.</summary>
    public bool IsSet { get; init; }

    public bool IsMap => Id.Count == 0 && !IsSet;
}

/// <summary>What an element is in each kind of document: its code, rule id, stage, activity, key or name. What is not named here is one value, a condition tree above all.</summary>
public static class ElementShapes
{
    private static readonly IReadOnlyList<ElementShape> Form =
    [
        new("sections", ["code"], "部分"), new("sections.fields", ["code"], "字段"), new("sections.fields.options", ["code"], "选项"), new("signers", ["role"], "签名人"),
    ];

    private static readonly IReadOnlyList<ElementShape> RulePack =
    [
        new("donationTypes", ["code"], "献血类型"), new("stages", ["code"], "判定步骤"), new("parameters", ["name"], "参数"), new("ruleSets", ["stage"], "规则集"), new("ruleSets.rules", ["id"], "规则"),
    ];

    private static readonly IReadOnlyList<ElementShape> Workflow =
    [
        new("root.activities", ["id"], "步骤"), new("root.connections", ["source.activity", "source.port", "target.activity"], "连线"), new("variables", ["name"], "变量"),
    ];

    private static readonly IReadOnlyList<ElementShape> Settings =
    [
        new("Values", [], "设置"), new("Features", [], "功能开关") { IsSet = true }, new("OptionalTests", [], "可选检测项目") { IsSet = true },
    ];

    private static readonly IReadOnlyList<ElementShape> TestItems = [new("", ["code"], "检测项目")];
    private static readonly IReadOnlyList<ElementShape> Layout = [new("elements", ["id"], "版面元素")];
    private static readonly IReadOnlyList<ElementShape> Profile = [new("items", ["code"], "检测项目")];
    private static readonly IReadOnlyList<ElementShape> Cases = [new("cases", ["name"], "用例"), new("paths", ["name"], "走法")];

    public static IReadOnlyList<ElementShape> Of(string kind) => kind switch
    {
        DocumentKinds.Form => Form,
        DocumentKinds.RulePack => RulePack,
        DocumentKinds.Workflow => Workflow,
        DocumentKinds.Settings => Settings,
        DocumentKinds.TestItems => TestItems,
        DocumentKinds.Layout => Layout,
        DocumentKinds.DeviceProfile => Profile,
        CasesKind => Cases,
        _ => [],
    };

    /// <summary>Stands for the cases beside a pack or a flow.</summary>
    public const string CasesKind = "cases";
}
