using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Platform.Publishing;

/// <summary>Why a publishing command was refused, for the person who gave it.</summary>
public sealed class PublishingRefusedException(string message) : Exception(message);

/// <summary>The one way a document comes into force: draft → checked → approved by a second person → effective from an instant → retired. Every method is part of the caller's transaction.</summary>
public sealed class Publisher(Store store, Configuration configuration, ParsedDocuments parsed, TimeProvider clock, IEnumerable<DocumentKind> kinds)
{
    public DocumentKind Kind(string code) => kinds.SingleOrDefault(k => k.Code == code)
        ?? throw new PublishingRefusedException($"没有文档种类 {code}，可用：{string.Join("、", kinds.Select(k => k.Code))}");

    public async Task<PublishedDocument> DraftAsync(string kind, string name, DocumentLayer layer, string json, string author, CancellationToken cancel = default)
    {
        var document = await DetachedDraftAsync(kind, name, layer, json, author, cancel);
        store.Add(document);
        return document;
    }

    /// <summary>A draft that nothing has stored yet, for plans.</summary>
    public async Task<PublishedDocument> DetachedDraftAsync(string kind, string name, DocumentLayer layer, string json, string author, CancellationToken cancel = default)
    {
        var versions = store.Set<PublishedDocument>().Where(d => d.Kind == kind && d.Name == name && d.Layer == layer);
        return new PublishedDocument
        {
            Id = Guid.CreateVersion7(), Kind = Kind(kind).Code, Name = name, Layer = layer, Json = json, Hash = HashOf(json),
            Version = (await versions.MaxAsync(d => (int?)d.Version, cancel) ?? 0) + 1,
            State = DocumentState.Draft, Author = author, CreatedAt = clock.GetUtcNow(),
        };
    }

    /// <summary>Stores, checks and approves what a recipe planned: the person who applies the recipe approves what its author wrote.</summary>
    public Task PublishPlannedAsync(PublishedDocument planned, IEnumerable<PublishedDocument> together)
    {
        store.Add(planned);
        Check(planned, together);
        Approve(planned, "operator", clock.GetUtcNow(), "recipe apply");
        return Task.CompletedTask;
    }

    /// <summary>Reads the draft among the documents it would be in force with.</summary>
    /// <exception cref="DocumentException">Names the place and the remedy; the draft stays a draft.</exception>
    public void Check(PublishedDocument draft, IEnumerable<PublishedDocument> others)
    {
        Expect(draft, DocumentState.Draft);
        var together = others.Where(d => (d.Kind, d.Name, d.Layer) != (draft.Kind, draft.Name, draft.Layer)).Append(draft).ToList();
        Kind(draft.Kind).Check(draft, new InForce(together, parsed));
        draft.State = DocumentState.Checked;
    }

    public static void Approve(PublishedDocument document, string approver, DateTimeOffset effectiveFrom, string reason)
    {
        Expect(document, DocumentState.Checked);
        if (approver == document.Author) throw new PublishingRefusedException("起草人不能批准自己的文档：请由另一人批准。");
        document.State = DocumentState.Approved;
        document.Approver = approver;
        document.EffectiveFrom = effectiveFrom;
        document.Reason = reason;
    }

    public static void Retire(PublishedDocument document, DateTimeOffset at, string reason)
    {
        Expect(document, DocumentState.Approved);
        document.State = DocumentState.Retired;
        document.EffectiveTo = at;
        document.Reason = reason;
    }

    /// <summary>Part of every transaction that approved or retired something.</summary>
    public async Task RaiseRevisionAsync(CancellationToken cancel = default)
    {
        await store.Database.ExecuteSqlAsync(
            $"""INSERT INTO configuration_revision ("Id", "Revision") VALUES (1, 1) ON CONFLICT ("Id") DO UPDATE SET "Revision" = configuration_revision."Revision" + 1""", cancel);
    }

    public async Task<InForce> InForceNowAsync(CancellationToken cancel = default) => await configuration.AtAsync(clock.GetUtcNow(), cancel);

    /// <summary>SHA-256 of the canonical document: layout and comments do not count.</summary>
    public static string HashOf(string json) => CanonicalJson.DocumentHash(JsonNode.Parse(json, documentOptions: Lenient)!.ToJsonString());

    public static JsonDocumentOptions Lenient { get; } = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static void Expect(PublishedDocument document, DocumentState state)
    {
        if (document.State != state)
            throw new PublishingRefusedException($"{document.Kind} {document.Name} 第 {document.Version} 版的状态是 {document.State}，此操作需要 {state}。");
    }
}
