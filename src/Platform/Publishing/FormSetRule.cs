using Engine.Forms;
using Engine.Rules;
using Platform.People;
using Platform.Publishing;

namespace Platform.Publishing;

/// <summary>What forms name is there: facts of others, permissions of signers, the form that is reviewed.</summary>
public sealed class FormSetRule(IEnumerable<Permission> permissions, IEnumerable<FactDefinition> modules) : ISetRule
{
    private readonly HashSet<string> _permissions = permissions.Select(p => p.Code).ToHashSet(StringComparer.Ordinal);
    private readonly IReadOnlyList<FactDefinition> _modules = [.. modules];

    public IEnumerable<SetFinding> Check(CandidateSet candidate)
    {
        var forms = StationFacts.FormsOf(candidate.Set).ToDictionary(f => f.Code, StringComparer.Ordinal);
        var facts = _modules.Concat(forms.Values.SelectMany(f => f.Facts)).Select(f => f.Code).ToHashSet(StringComparer.Ordinal);
        return [.. Replaced(candidate.Set), .. forms.Values.SelectMany(form => Form(form, forms, facts))];
    }

    /// <summary>A whole form under the province's name would go round what the province locks in it.</summary>
    private static IEnumerable<SetFinding> Replaced(InForce set) =>
        from own in set.Documents
        where own is { Kind: DocumentKinds.Form, Layer: DocumentLayer.Station }
        from above in set.Documents
        where above.Kind == DocumentKinds.Form && above.Name == own.Name && above.Layer < own.Layer && StationFacts.FormOf(set, above).HasLocks
        select new SetFinding(File(own.Name), "$.code", "省级的同名表单有锁定的内容，血站不能整张替换", $"请删去这张表单，把本站的改动写成 {own.Name}{ComposedForms.OverlaySuffix}");

    private IEnumerable<SetFinding> Form(FormDefinition form, Dictionary<string, FormDefinition> forms, HashSet<string> facts)
    {
        foreach (var fact in form.OutsideFacts.Where(f => !facts.Contains(f)))
            yield return new SetFinding(File(form.Code), "$.sections", $"条件或核对项用到的 {fact} 没有任何表单、检测项目或模块提供", "更正拼写，或先加入提供它的字段");
        for (var i = 0; i < form.Signers.Count; i++)
            if (form.Signers[i].Permission is { } permission && !_permissions.Contains(permission))
                yield return new SetFinding(File(form.Code), $"$.signers[{i}].permission", $"没有权限 {permission}", "更正拼写；可用的权限见配方的 Roles");
        if (form.Review is { } review && !forms.ContainsKey(review.Form))
            yield return new SetFinding(File(form.Code), "$.sections.review.form", $"要复核的表单 {review.Form} 不存在", $"更正拼写，可用：{string.Join("、", forms.Keys.Order(StringComparer.Ordinal))}");
    }

    private static string File(string form) => form + ".form.json";
}
