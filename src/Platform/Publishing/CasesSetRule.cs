using System.Collections.Concurrent;
using Engine.Canonical;
using Engine.Rules;
using Engine.Workflows;
using Platform.Audit;

namespace Platform.Publishing;

/// <summary>The cases of a pack and the paths of a flow hold. Run for what is new and for packs whose cases ask what is new; the same content is run once in a process.</summary>
public sealed class CasesSetRule(CompiledPacks compiled, TimeProvider clock) : ISetRule
{
    private static readonly ConcurrentDictionary<string, IReadOnlyList<(string Path, string Words)>> Held = new(StringComparer.Ordinal);

    public IEnumerable<SetFinding> Check(CandidateSet candidate) =>
    [
        .. candidate.Set.All(DocumentKinds.RulePack).SelectMany(d => Pack(candidate, d)),
        .. candidate.Changed.Where(d => d.Kind == DocumentKinds.Workflow && candidate.Set.Documents.Contains(d)).SelectMany(Flow),
    ];

    private IEnumerable<SetFinding> Pack(CandidateSet candidate, PublishedDocument document)
    {
        var isNew = candidate.Changed.Contains(document);
        if (document.CasesJson is not { } cases) return isNew ? [Without(document)] : [];
        try
        {
            var asked = PackTests.PacksOf(cases);
            if (isNew && !asked.Contains(document.Name)) return [new SetFinding(CasesOf(document), "$.packs", $"用例没有用到 {document.Name} 自己", $"在 packs 中加入 {document.Name}")];
            if (!isNew && !candidate.Changed.Any(d => d.Kind == DocumentKinds.RulePack && asked.Contains(d.Name))) return [];
            var packs = PackDocuments.Of(candidate.Set).Where(p => asked.Contains(p.Id)).OrderBy(p => p.Layer).ToList();
            return Once(string.Join('|', packs.Select(p => p.Hash + p.Layer).Append(cases)), () => PackTests.Run(cases, [.. packs.Select(compiled.Get)])
                .SelectMany((r, i) => r.Failures.Select(f => ($"$.cases[{i}]", $"用例“{r.Name}”不符：{f}"))))
                .Select(f => new SetFinding(CasesOf(document), f.Path, f.Words, "请改规则或用例"));
        }
        catch (RulePackException e)
        {
            return e.Errors.Select(error => new SetFinding(CasesOf(document), error.Path, error.Remedy));
        }
    }

    private IEnumerable<SetFinding> Flow(PublishedDocument document)
    {
        if (document.CasesJson is not { } paths) return [Without(document)];
        try
        {
            var tests = WorkflowPathTests.Parse(paths);
            if (tests.Count == 0) return [Without(document)];
            return Once(document.Hash + paths, () => tests.RunAsync(WorkflowDefinition.Parse(document.Json), clock).GetAwaiter().GetResult().Select(f => ("$.paths", $"走法不符：{f}")))
                .Select(f => new SetFinding(CasesOf(document), f.Path, f.Words, "请改流程或走法"));
        }
        catch (DocumentFaultException e)
        {
            return [new SetFinding(CasesOf(document), e.Path, e.Remedy)];
        }
    }

    private static IReadOnlyList<(string Path, string Words)> Once(string key, Func<IEnumerable<(string, string)>> run) => Held.GetOrAdd(AuditTables.Sha256(key), _ => [.. run()]);

    private static SetFinding Without(PublishedDocument document) =>
        new(CasesOf(document), "$", "没有用例，不能批准", $"在文件旁边放 {CasesOf(document)}，写明应有的结果");

    private static string CasesOf(PublishedDocument document) => document.Name + DocumentKind.CasesSuffix;
}
