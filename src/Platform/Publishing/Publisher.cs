using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Publishing;

/// <summary>Why a publishing command was refused, for the person who gave it.</summary>
public sealed class PublishingRefusedException(string message) : Exception(message);

/// <summary>A document on its way in.</summary>
/// <param name="CasesJson">Text of its cases; null when there are none.</param>
/// <param name="Author">Account of the person, or <c>recipe:</c> and a recipe's name.</param>
public sealed record NewDraft(string Kind, string Name, DocumentLayer Layer, DocumentFile File, string? CasesJson, string Author);

/// <summary>The one way a document comes into force: draft → checked → approved by a second person → effective from an instant → retired. Every method is part of the caller's transaction.</summary>
public sealed class Publisher(Store store, Configuration configuration, ParsedDocuments parsed, TimeProvider clock, SetCheck check, SetClaims claims)
{
    public DocumentKind Kind(string code) => check.Kinds.SingleOrDefault(k => k.Code == code)
        ?? throw new PublishingRefusedException($"没有文档种类 {code}，可用：{string.Join("、", check.Kinds.Select(k => k.Code))}");

    public string FileOf(PublishedDocument document) => check.FileOf(document);

    /// <summary>Stores what a person has written.</summary>
    /// <exception cref="PublishingRefusedException">The person may not draft this kind.</exception>
    public async Task<PublishedDocument> DraftAsync(NewDraft draft, ProvenPerson author, CancellationToken cancel = default)
    {
        var kind = Kind(draft.Kind);
        Require(author, kind.Rights.Draft, $"起草{kind.Title}");
        var document = await DetachedAsync(draft with { Author = author.UserName }, cancel);
        store.Add(document);
        return document;
    }

    /// <summary>A draft that nothing has stored yet, for plans.</summary>
    public async Task<PublishedDocument> DetachedAsync(NewDraft draft, CancellationToken cancel = default)
    {
        var versions = store.Set<PublishedDocument>().Where(d => d.Kind == draft.Kind && d.Name == draft.Name && d.Layer == draft.Layer);
        var zone = StationSettings.Of(await InForceNowAsync(cancel)).TimeZone;
        return new PublishedDocument
        {
            Id = Guid.CreateVersion7(), Kind = Kind(draft.Kind).Code, Name = draft.Name, Layer = draft.Layer, Json = draft.File.Content,
            Hash = HashOf(draft.Name + Kind(draft.Kind).Suffix, draft.File.Content), CasesJson = draft.CasesJson,
            Version = (await versions.MaxAsync(d => (int?)d.Version, cancel) ?? 0) + 1,
            State = DocumentState.Draft, Author = draft.Author, CreatedAt = clock.GetUtcNow(),
            EffectiveFrom = draft.File.From is { } from ? DocumentDates.Begin(from, zone) : null, EffectiveTo = DocumentDates.End(draft.File.To, zone),
        };
    }

    /// <summary>Stores and approves what a recipe planned and its plan has looked at: the person who applies the recipe approves what its author wrote.</summary>
    public void PublishPlanned(PublishedDocument planned)
    {
        planned.State = DocumentState.Approved;
        planned.Approver = "operator";
        planned.Reason = "recipe apply";
        store.Add(planned);
    }

    /// <summary>What would be wrong if the draft came into force at an instant, and at every later one at which something changes.</summary>
    public async Task<IReadOnlyList<SetFinding>> FindingsAsync(PublishedDocument draft, DateTimeOffset at, CancellationToken cancel = default)
    {
        var zone = StationSettings.Of(await configuration.AtAsync(at, cancel)).TimeZone;
        var published = draft.PublishedFrom(at);
        return
        [
            .. DocumentDates.Findings(FileOf(draft), DocumentDates.FirstDay(draft, zone), DocumentDates.LastDay(draft, zone), DocumentDates.DayOf(at, zone)),
            .. await FindingsAsync([published], at, cancel),
            .. await claims.ConflictsAsync(claims.Of([published]), cancel),
        ];
    }

    /// <summary>What would be wrong with these documents in force, each from its own instant: what stands in them, and what was right without them.</summary>
    public async Task<IReadOnlyList<SetFinding>> FindingsAsync(IReadOnlyList<PublishedDocument> added, DateTimeOffset at, CancellationToken cancel = default)
    {
        var stored = await StoredAsync(cancel);
        return Between(stored, [.. stored.Where(s => added.All(a => a.Id != s.Id)), .. added], added, at);
    }

    /// <summary>Takes note that nothing is wrong.</summary>
    /// <exception cref="SetException">Names document, place and remedy; the draft stays a draft.</exception>
    public async Task CheckAsync(PublishedDocument draft, DateTimeOffset at, CancellationToken cancel = default)
    {
        Expect(draft, DocumentState.Draft);
        SetException.ThrowIfAny(await FindingsAsync(draft, at, cancel));
        draft.State = DocumentState.Checked;
    }

    /// <summary>Puts a checked draft in force from an instant. Looked at once more: what it is in force with may have changed since.</summary>
    /// <exception cref="PublishingRefusedException">The author, or somebody without the right.</exception>
    public async Task ApproveAsync(PublishedDocument document, ProvenPerson approver, DateTimeOffset from, string reason, CancellationToken cancel = default)
    {
        Expect(document, DocumentState.Checked);
        if (approver.UserName.Equals(document.Author, StringComparison.OrdinalIgnoreCase)) throw new PublishingRefusedException("起草人不能批准自己的文档：请由另一人批准。");
        Require(approver, Kind(document.Kind).Rights.Approve, $"批准{Kind(document.Kind).Title}");
        SetException.ThrowIfAny(await FindingsAsync(document, from, cancel));
        document.State = DocumentState.Approved;
        document.Approver = approver.UserName;
        document.EffectiveFrom = from;
        document.Reason = reason;
        await RaiseRevisionAsync(cancel);
    }

    /// <summary>Commits an approval together with what it uses of what is unique in the province.</summary>
    public Task CommitAsync(PublishedDocument approved, StoreTransaction transaction, CancellationToken cancel = default) =>
        claims.HoldAsync(claims.Of([approved]), () => transaction.CommitAsync(cancel), cancel);

    /// <summary>Ends an approved document at an instant, where what is left holds together without it.</summary>
    public async Task RetireAsync(PublishedDocument document, ProvenPerson by, DateTimeOffset at, string reason, CancellationToken cancel = default)
    {
        Expect(document, DocumentState.Approved);
        Require(by, Kind(document.Kind).Rights.Approve, $"停用{Kind(document.Kind).Title}");
        var stored = await StoredAsync(cancel);
        SetException.ThrowIfAny(Between(stored, [.. stored.Select(d => d.Id == document.Id ? d.EndedAt(at) : d)], [], at));
        document.State = DocumentState.Retired;
        document.EffectiveTo = at;
        document.Reason = $"{by.UserName}：{reason}";
        await RaiseRevisionAsync(cancel);
    }

    /// <summary>Part of every transaction that approved or retired something.</summary>
    public async Task RaiseRevisionAsync(CancellationToken cancel = default)
    {
        await store.Database.ExecuteSqlAsync(
            $"""INSERT INTO configuration_revision ("Id", "Revision") VALUES (1, 1) ON CONFLICT ("Id") DO UPDATE SET "Revision" = configuration_revision."Revision" + 1""", cancel);
    }

    public async Task<InForce> InForceNowAsync(CancellationToken cancel = default) => await configuration.AtAsync(clock.GetUtcNow(), cancel);

    /// <inheritdoc cref="HashOf(string, string)"/>
    public static string HashOf(string json) => HashOf("", json);

    /// <summary>SHA-256 of the canonical document: layout and comments do not count.</summary>
    /// <exception cref="DocumentException">What no reader could read; names the file.</exception>
    public static string HashOf(string file, string json)
    {
        try
        {
            return CanonicalJson.DocumentHash(JsonNode.Parse(json, documentOptions: Lenient)?.ToJsonString() ?? "null");
        }
        catch (JsonException e)
        {
            throw new DocumentException(file, "$", $"第 {e.LineNumber + 1} 行不是合法的 JSON，或同一个名称写了两次：请检查逗号、括号和引号");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException)
        {
            throw new DocumentException(file, "$", "含有位数过多的数字、不完整的字符或重复的名称，请改正：" + e.Message);
        }
    }

    public static JsonDocumentOptions Lenient { get; } = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };

    private async Task<List<PublishedDocument>> StoredAsync(CancellationToken cancel) =>
        await store.Set<PublishedDocument>().AsNoTracking().Where(d => d.State == DocumentState.Approved || d.State == DocumentState.Retired).ToListAsync(cancel);

    private List<SetFinding> Between(IReadOnlyList<PublishedDocument> before, IReadOnlyList<PublishedDocument> after, IReadOnlyList<PublishedDocument> added, DateTimeOffset at)
    {
        var findings = new List<SetFinding>();
        var mine = added.Where(d => d.State != DocumentState.Approved).ToList();
        var files = mine.Select(FileOf).ToHashSet(StringComparer.Ordinal);
        foreach (var instant in InForceAt.Timeline(after, at, added))
        {
            var was = InForceAt.Select(before, instant) is { Count: > 0 } standing ? check.Findings(new InForce(standing, parsed), []) : [];
            var now = check.Findings(new InForce(InForceAt.Select(after, instant, added), parsed), mine);
            findings.AddRange(now.Where(f => !was.Contains(f) || files.Contains(f.Document)));
        }
        return [.. findings.Distinct()];
    }

    private static void Require(ProvenPerson person, string permission, string what)
    {
        if (!person.Permissions.Contains(permission)) throw new PublishingRefusedException($"{person.UserName} 没有{what}的权限（{permission}）：请由有权限的人员操作。");
    }

    private static void Expect(PublishedDocument document, DocumentState state)
    {
        if (document.State != state)
            throw new PublishingRefusedException($"{document.Kind} {document.Name} 第 {document.Version} 版的状态是 {document.State}，此操作需要 {state}。");
    }
}
