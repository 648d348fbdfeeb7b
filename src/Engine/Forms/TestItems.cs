using Engine.Canonical;


namespace Engine.Forms;

/// <summary>A laboratory test as the station names it; field, fact, device mapping, rule and print place refer to its code.</summary>
/// <param name="Unit">Unit as printed, for example <c>10^9/L</c>.</param>
/// <param name="Min">Smallest plausible result, inclusive; an entry bound, never an eligibility limit.</param>
/// <param name="Max">Largest plausible result, inclusive.</param>
/// <param name="Decimals">Decimal places accepted at entry, 0–6.</param>
/// <param name="Optional">Asked only where the station has enabled it.</param>
/// <param name="Loinc">LOINC code, or null.</param>
public sealed record TestItem(
    string Code,
    string Label,
    string LabelEn,
    string Unit,
    decimal Min,
    decimal Max,
    int Decimals,
    bool Optional,
    string? Loinc);

/// <summary>The test items of a <c>*.test-items.json</c> document.</summary>
public sealed class TestItems
{
    private readonly Dictionary<string, TestItem> _byCode;

    private TestItems(IReadOnlyList<TestItem> all, string contentHash)
    {
        All = all;
        ContentHash = contentHash;
        _byCode = all.ToDictionary(i => i.Code, StringComparer.Ordinal);
    }

    /// <summary>No test items; for forms that refer to none.</summary>
    public static TestItems None { get; } = new([], CanonicalJson.DocumentHash("[]"));

    public IReadOnlyList<TestItem> All { get; }

    /// <summary>SHA-256 of the document's canonical JSON, lower-case hexadecimal.</summary>
    public string ContentHash { get; }

    /// <summary>These and others that stand beside them; a code means one item, whoever names it.</summary>
    /// <exception cref="DocumentFaultException">Both have the same code: names the place in the others.</exception>
    public TestItems And(TestItems others)
    {
        for (var i = 0; i < others.All.Count; i++)
            if (_byCode.ContainsKey(others.All[i].Code)) throw new DocumentFaultException($"$[{i}].code", $"检测项目“{others.All[i].Code}”上级已有，不能另定：请换一个代码，或删去");
        return All.Count == 0 ? others : new TestItems([.. All, .. others.All], CanonicalJson.DocumentHash($"[\"{ContentHash}\",\"{others.ContentHash}\"]"));
    }

    /// <summary>The item with this code, or null.</summary>
    public TestItem? Find(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>Reads a <c>*.test-items.json</c> document: an array of items.</summary>
    /// <exception cref="DocumentFaultException">Names the JSON path and the remedy.</exception>
    public static TestItems Parse(string json)
    {
        using var document = DocumentObject.Load(json, out var hash);
        var items = new List<TestItem>();
        foreach (var item in DocumentObject.RootArray(document))
        {
            var read = Read(item);
            if (items.Exists(i => i.Code == read.Code)) throw new DocumentFaultException(item.At("code"), $"检测项目“{read.Code}”重复，每个代码只能出现一次");
            items.Add(read);
        }
        return new TestItems(items, hash);
    }

    private static TestItem Read(DocumentObject json)
    {
        json.Only("code", "label", "labelEn", "unit", "min", "max", "decimals", "optional", "loinc");
        var item = new TestItem(
            json.Code("code"), json.Text("label"), json.Text("labelEn"), json.Text("unit"),
            json.Number("min"), json.Number("max"), json.WholeNumber("decimals", 0, 0, 6), json.Flag("optional"), json.OptionalText("loinc"));
        return item.Min < item.Max ? item : throw new DocumentFaultException(json.At("max"), "max 必须大于 min");
    }
}
