using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary>A document as a verb is given it: a file, and the cases beside it.</summary>
internal sealed record DraftFile(DocumentKind Kind, string Name, DocumentFile File, string? CasesJson)
{
    public string FileName => Name + Kind.Suffix;

    /// <exception cref="VerbException">No such file, or no kind of document ends like this.</exception>
    /// <exception cref="DocumentException">It is no JSON.</exception>
    public static DraftFile Read(IEnumerable<DocumentKind> kinds, string path)
    {
        var kind = kinds.FirstOrDefault(k => path.EndsWith(k.Suffix, StringComparison.Ordinal))
            ?? throw new VerbException($"认不出文档种类：{Path.GetFileName(path)}，文件名须以 {string.Join("、", kinds.Select(k => k.Suffix))} 结尾");
        if (!System.IO.File.Exists(path)) throw new VerbException($"文件不存在：{path}");
        var name = kind.NameOf(path);
        var cases = path[..^kind.Suffix.Length] + DocumentKind.CasesSuffix;
        return new DraftFile(kind, name, DocumentFile.Read(name + kind.Suffix, System.IO.File.ReadAllText(path)),
            kind.HasCases && System.IO.File.Exists(cases) ? System.IO.File.ReadAllText(cases) : null);
    }

    /// <summary>The layer it may be drafted in: the drafter's own. The province also keeps the national layer.</summary>
    /// <exception cref="DocumentException">The file says another.</exception>
    public DocumentLayer LayerFor(Tenant tenant) => OwnLayer.Of(tenant, FileName, File);

    public DocumentEdit EditFor(Tenant tenant) => OwnLayer.Edit(tenant, (Kind, Name), File, CasesJson);

    public NewDraft As(DocumentLayer layer, string author) => new(Kind.Code, Name, layer, File, CasesJson, author);
}
