using Engine.Canonical;
using Engine.Rules;

namespace Engine.Forms;

/// <summary>Checks that the conditions of one form name its fields correctly: kinds, options, units and order.</summary>
internal sealed class FormConditions
{
    private readonly Dictionary<string, FormField> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _codes = new(StringComparer.Ordinal);
    private readonly List<(Condition Tree, string Path)> _noted = [];
    private readonly List<(string Fact, string Path)> _expectedOutside = [];
    private readonly List<(FormField Field, string Path)> _limited = [];

    public bool HasIdNumber => _fields.Values.Any(f => f.Type == FieldType.IdNumber);

    /// <summary>Takes a fact code for the form; a code names one thing only.</summary>
    public void Claim(string code, string path)
    {
        if (!_codes.Add(code)) throw new DocumentFaultException(path, $"代码“{code}”在本表中重复，请换一个代码");
    }

    public void Add(FormField field) => _fields.Add(field.Code, field);

    /// <summary>A condition that may name any field of the form.</summary>
    public void Note(FieldCondition? condition, string path)
    {
        if (condition is not null) _noted.Add((condition.Tree, path));
    }

    /// <summary>A condition that may name only fields already added, because visibility is decided in one pass from the top.</summary>
    public void NoteVisibility(FieldCondition? condition, string path)
    {
        if (condition is null) return;
        _expectedOutside.AddRange(condition.Tree.Facts.Where(f => !_fields.ContainsKey(f)).Select(f => (f, path)));
        Note(condition, path);
    }

    public void NoteLimits(FormField field, string path)
    {
        if (field.Limits.Count > 0) _limited.Add((field, path));
    }

    /// <summary>To be called when every field has been added.</summary>
    public void Check()
    {
        foreach (var (fact, path) in _expectedOutside)
            if (_codes.Contains(fact)) throw new DocumentFaultException(path, $"显示条件引用的“{fact}”必须排在本字段之前，请调整字段顺序");
        foreach (var (tree, path) in _noted)
            foreach (var leaf in tree.Leaves)
                if (leaf.Term is FactTerm { Fact: var fact } && _fields.TryGetValue(fact, out var field)) CheckLeaf(leaf, field, path);
        foreach (var (field, path) in _limited)
            for (var i = 0; i < field.Limits.Count; i++) CheckLimit(field, field.Limits[i], $"{path}[{i}]");
    }

    /// <summary>Only what has an order, and the same kind and unit, can be compared; what the form does not ask for needs a name people know.</summary>
    private void CheckLimit(FormField field, FieldLimit limit, string path)
    {
        if (limit.Fact == field.Code) throw new DocumentFaultException(path + ".fact", "不能与自己比较");
        if (!_fields.TryGetValue(limit.Fact, out var other))
        {
            if (limit is { Label: null, Message: null }) throw new DocumentFaultException(path + ".label", $"“{limit.Fact}”不是本表的字段，请写明它的名称（label）");
            return;
        }
        if (other.Type != field.Type) throw new DocumentFaultException(path + ".fact", $"“{field.Label}”与“{other.Label}”类型不同，不能比较");
        if (other.Unit != field.Unit) throw new DocumentFaultException(path + ".fact", $"“{field.Label}”的单位是 {field.Unit ?? "（无）"}，“{other.Label}”的单位是 {other.Unit ?? "（无）"}，不能比较");
    }

    private static void CheckLeaf(Comparison leaf, FormField field, string path)
    {
        if (leaf.Unit is not null && leaf.Unit != field.Unit)
            throw new DocumentFaultException(path, $"“{field.Label}”的单位是 {field.Unit ?? "（无）"}，条件中写的是 {leaf.Unit}");
        var kind = field.ToFact("").Kind;
        if (leaf.Values.Select(v => Fault(v, kind, field)).FirstOrDefault(f => f is not null) is { } fault)
            throw new DocumentFaultException(path, fault);
    }

    private static string? Fault(object value, FactKind kind, FormField field) => (kind, value) switch
    {
        (FactKind.Number, decimal) or (FactKind.Date, DateOnly) or (FactKind.Text, string) or (FactKind.YesNo, "yes" or "no") => null,
        (FactKind.Choice, string code) when field.Options!.Any(o => o.Code == code) => null,
        (FactKind.YesNo, _) => $"“{field.Label}”是“是/否”，只能与 true 或 false 比较",
        (FactKind.Choice, _) => $"“{field.Label}”没有选项“{value}”，可用：{string.Join("、", field.Options!.Select(o => o.Code))}",
        (FactKind.Date, _) => $"“{field.Label}”是日期，只能与 \"yyyy-MM-dd\" 比较",
        (FactKind.Number, _) => $"“{field.Label}”是数字，只能与数字比较",
        _ => $"“{field.Label}”是文字，只能与文字比较",
    };
}
