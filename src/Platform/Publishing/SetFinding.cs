namespace Platform.Publishing;

/// <summary>One thing wrong in documents that would be in force together.</summary>
/// <param name="Document">File name of the document it stands in.</param>
/// <param name="Path">JSON path of the place.</param>
/// <param name="Words">What is wrong, zh-CN.</param>
/// <param name="Remedy">What to do, zh-CN; empty when the words say it.</param>
public sealed record SetFinding(string Document, string Path, string Words, string Remedy = "")
{
    public override string ToString() => $"{Document} {Path}: {Words}{(Remedy.Length == 0 ? "" : "；" + Remedy)}";
}

/// <summary>Documents that must not come into force together. The message has one line for each finding.</summary>
public sealed class SetException(IReadOnlyList<SetFinding> findings) : Exception(string.Join(Environment.NewLine, findings))
{
    public IReadOnlyList<SetFinding> Findings { get; } = findings;

    public static void ThrowIfAny(IReadOnlyList<SetFinding> findings)
    {
        if (findings.Count > 0) throw new SetException(findings);
    }
}

/// <summary>Documents that would be in force together.</summary>
/// <param name="Changed">Those of them that are new; what runs long is run for these only.</param>
public sealed record CandidateSet(InForce Set, IReadOnlyList<PublishedDocument> Changed)
{
    /// <summary>The document's file name, as people know it.</summary>
    public required Func<PublishedDocument, string> FileOf { get; init; }
}

/// <summary>One kind of thing looked at in a whole set. Pure: the same set gives the same findings. Every document of the set has been read before.</summary>
public interface ISetRule
{
    IEnumerable<SetFinding> Check(CandidateSet candidate);
}

/// <summary>Everything that is looked at in documents that would be in force together: each is read, then they are held against each other.</summary>
public sealed class SetCheck(IEnumerable<DocumentKind> kinds, IEnumerable<ISetRule> rules)
{
    private readonly Dictionary<string, DocumentKind> _kinds = kinds.ToDictionary(k => k.Code, StringComparer.Ordinal);

    public IReadOnlyCollection<DocumentKind> Kinds => _kinds.Values;

    public string FileOf(PublishedDocument document) => document.Name + _kinds[document.Kind].Suffix;

    /// <summary>What cannot be read is told without what refers to it, which would be wrong too; a wrong name may be why it cannot.</summary>
    public IReadOnlyList<SetFinding> Findings(InForce set, IReadOnlyList<PublishedDocument> changed)
    {
        var unreadable = set.Documents.SelectMany(d => _kinds[d.Kind].Findings(d, set)).Distinct().ToList();
        var misnamed = set.Documents.SelectMany(d => _kinds[d.Kind].NameFindings(d)).ToList();
        if (unreadable.Count > 0) return [.. misnamed, .. unreadable];
        var candidate = new CandidateSet(set, changed) { FileOf = FileOf };
        return [.. misnamed, .. rules.SelectMany(r => r.Check(candidate)).Distinct()];
    }
}
