using System.Collections.Concurrent;
using System.Text.Json;
using Platform.Audit;

namespace Platform.Publishing;

/// <summary>The documents that hold together for one visit or one instant.</summary>
public sealed class InForce(IReadOnlyList<PublishedDocument> documents, ParsedDocuments parsed)
{
    private readonly Lazy<string> _hash = new(() => Audit.AuditTables.Sha256(Ids(documents)));
    private readonly Lazy<IReadOnlyList<PublishedDocument>> _composed = new(() => ComposedForms.Of(documents, parsed));

    /// <summary>As they were published.</summary>
    public IReadOnlyList<PublishedDocument> Documents { get; } = documents;

    /// <summary>Identifies this set of documents.</summary>
    public string Hash => _hash.Value;

    public string IdsJson => Ids(Documents);

    /// <summary>A form as the station asks it, its own changes taken in.</summary>
    public IEnumerable<PublishedDocument> All(string kind) => _composed.Value.Where(d => d.Kind == kind);

    /// <summary>The document of that name from the most specific layer.</summary>
    public PublishedDocument? Find(string kind, string name) =>
        _composed.Value.Where(d => d.Kind == kind && d.Name == name).MaxBy(d => d.Layer);

    /// <exception cref="DocumentException">It is not in force here.</exception>
    public PublishedDocument Require(string kind, string name) => Find(kind, name)
        ?? throw new DocumentException(name, "$", $"没有生效的文档（{kind}）：请在配方中加入并执行 recipe apply");

    /// <summary>Parsed once per content and shared by all tenants that use the same content.</summary>
    public T Parsed<T>(PublishedDocument document, Func<string, T> parse) where T : class => parsed.Get(document.Hash, () => parse(document.Json));

    /// <summary>As <see cref="Parsed{T}(PublishedDocument, Func{string, T})"/>, where the reading depends on more than the content.</summary>
    /// <param name="beside">What else it depends on.</param>
    public T Parsed<T>(PublishedDocument document, string beside, Func<string, T> parse) where T : class => parsed.Get(document.Hash + beside, () => parse(document.Json));

    /// <summary>Something computed from the whole set, once per set.</summary>
    public T Computed<T>(Func<T> compute) where T : class => parsed.Get(Hash, compute);

    /// <param name="beside">What else it depends on.</param>
    /// <inheritdoc cref="Computed{T}(Func{T})"/>
    public T Computed<T>(string beside, Func<T> compute) where T : class => parsed.Get(Hash + "|" + beside, compute);

    private static string Ids(IReadOnlyList<PublishedDocument> documents) =>
        JsonSerializer.Serialize(documents.Select(d => d.Id).Order());
}

/// <summary>Parsed documents by content hash; no request parses what another already has.</summary>
public sealed class ParsedDocuments
{
    private readonly ConcurrentDictionary<(Type, string), Lazy<object>> _parsed = new();

    public T Get<T>(string hash, Func<T> parse) where T : class =>
        (T)_parsed.GetOrAdd((typeof(T), hash), _ => new Lazy<object>(parse)).Value;
}
