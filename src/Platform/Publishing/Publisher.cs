using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Publishing.Changes;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Publishing;

/// <summary>Why a publishing command was refused, for the person who gave it.</summary>
public sealed class PublishingRefusedException(string message) : Exception(message);

/// <summary>A document on its way in.</summary>
/// <param name="CasesJson">Text of its cases; null when there are none.</param>
/// <param name="Author">Account of the person, or <c>recipe:</c> and a recipe's name.</param>
public sealed record NewDraft(string Kind, string Name, DocumentLayer Layer, DocumentFile File, string? CasesJson, string Author)
{
    /// <summary>Of the row it will be; null: a new one.</summary>
    public Guid? Id { get; init; }

    /// <summary>The change that brings it.</summary>
    public Guid? ChangeId { get; init; }
}

/// <summary>What documents would be in force together, and the one place that writes them: for an approved change, or at the first set-up. What writes is part of the caller's transaction.</summary>
public sealed class Publisher(Store store, Configuration configuration, TenantContext tenant, TimeProvider clock, SetCheck check, SetClaims claims)
{
    public const string FirstSetUp = "首次装机";

    public IReadOnlyCollection<DocumentKind> Kinds => check.Kinds;

    public DocumentKind Kind(string code) => check.Kinds.SingleOrDefault(k => k.Code == code)
        ?? throw new PublishingRefusedException($"没有文档种类 {code}，可用：{string.Join("、", check.Kinds.Select(k => k.Code))}");

    public string FileOf(PublishedDocument document) => check.FileOf(document);

    /// <summary>A draft that nothing has stored yet, for plans.</summary>
    public async Task<PublishedDocument> DetachedAsync(NewDraft draft, CancellationToken cancel = default)
    {
        var versions = store.Set<PublishedDocument>().Where(d => d.Kind == draft.Kind && d.Name == draft.Name && d.Layer == draft.Layer);
        var zone = StationSettings.Of(await InForceNowAsync(cancel)).TimeZone;
        return new PublishedDocument
        {
            Id = draft.Id ?? Guid.CreateVersion7(), ChangeId = draft.ChangeId, Kind = Kind(draft.Kind).Code, Name = draft.Name, Layer = draft.Layer, Json = draft.File.Content,
            Hash = HashOf(draft.Name + Kind(draft.Kind).Suffix, draft.File.Content), CasesJson = draft.CasesJson,
            Version = (await versions.MaxAsync(d => (int?)d.Version, cancel) ?? 0) + 1,
            State = DocumentState.Draft, Author = draft.Author, CreatedAt = clock.GetUtcNow(),
            EffectiveFrom = draft.File.From is { } from ? DocumentDates.Begin(from, zone) : null, EffectiveTo = DocumentDates.End(draft.File.To, zone),
        };
    }

    /// <summary>首次装机: puts in force what a recipe planned and its plan has looked at. Only a tenant that has never run is set up so, once.</summary>
    public void SetUp(IReadOnlyList<PublishedDocument> planned)
    {
        foreach (var document in planned)
        {
            document.State = DocumentState.Approved;
            document.Approver = "operator";
            document.Reason = FirstSetUp;
        }
        store.AddRange(planned);
        Vouch(planned, tenant.Current.Name, ApprovalStatement.SetUp, FirstSetUp);
    }

    /// <summary>Says in sealed evidence that documents are what they are: at the first set-up, and where the province's arrive.</summary>
    /// <param name="right">Who vouches, one of the product's own words.</param>
    public void Vouch(IReadOnlyList<PublishedDocument> documents, string owner, string right, string who)
    {
        if (documents.Count == 0) return;
        var change = Guid.CreateVersion7();
        var statement = new ApprovalStatement(owner, change, SetHashOf(documents), null,
            [.. documents.Select(d => new StatedDocument(d.Id, d.Kind, d.Name, d.Layer, d.Hash, ApprovedDocuments.CasesOf(d), d.EffectiveFrom, d.EffectiveTo))], [], [], [right]);
        store.Add(new ChangeApproval { Id = Guid.CreateVersion7(), ChangeId = change, StatementJson = statement.ToJson(), Rights = right, PersonId = "operator", PersonName = who, At = clock.GetUtcNow() });
    }

    /// <summary>Writes what a change's last needed approval carries.</summary>
    public async Task PutInForceAsync(OpenedChange opened, ChangeOutcome outcome, string approver, CancellationToken cancel = default)
    {
        foreach (var document in outcome.Documents)
        {
            document.State = DocumentState.Approved;
            (document.Approver, document.Reason) = (approver, opened.Body.Reason);
        }
        store.AddRange(outcome.Documents);
        var ends = outcome.Ends.Select(d => d.Id).ToList();
        foreach (var row in await store.Set<PublishedDocument>().Where(d => ends.Contains(d.Id)).ToListAsync(cancel))
            (row.State, row.EffectiveTo, row.Reason) = (DocumentState.Retired, outcome.At, opened.Body.Reason);
        (opened.Change.State, opened.Change.InForceFrom) = (ChangeState.Approved, outcome.At);
        await RaiseRevisionAsync(cancel);
        if (tenant.Current.IsProvince) store.Enqueue(ProvinceDocumentsHandler.MessageKind, opened.Change.Number, clock.GetUtcNow());
    }

    /// <summary>The whole set as it would be with a change.</summary>
    public async Task<InForce> WithAsync(ChangeOutcome outcome, CancellationToken cancel = default) => new(
        InForceAt.Select(After(await configuration.ApprovedAsync(cancel), outcome.Documents, outcome.Ends, outcome.At), outcome.At, outcome.Documents), configuration.Parsed);

    /// <summary>Of the whole set that would be in force at an instant: kind, name, layer and content, never row ids.</summary>
    public static string SetHash(IReadOnlyList<PublishedDocument> stored, IReadOnlyList<PublishedDocument> added, IReadOnlyList<PublishedDocument> ends, DateTimeOffset at) =>
        SetHashOf(InForceAt.Select(After(stored, added, ends, at), at, added));

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
    public Task<IReadOnlyList<SetFinding>> FindingsAsync(IReadOnlyList<PublishedDocument> added, DateTimeOffset at, CancellationToken cancel = default) => FindingsAsync(added, [], at, cancel);

    /// <param name="ends">Versions that would end at the instant.</param>
    public async Task<IReadOnlyList<SetFinding>> FindingsAsync(IReadOnlyList<PublishedDocument> added, IReadOnlyList<PublishedDocument> ends, DateTimeOffset at, CancellationToken cancel = default)
    {
        var stored = await configuration.ApprovedAsync(cancel);
        return Between(stored, After(stored, added, ends, at), added, at);
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

    private static List<PublishedDocument> After(IReadOnlyList<PublishedDocument> stored, IReadOnlyList<PublishedDocument> added, IReadOnlyList<PublishedDocument> ends, DateTimeOffset at) =>
        [.. stored.Where(s => added.All(a => a.Id != s.Id)).Select(s => ends.Any(e => e.Id == s.Id) ? s.EndedAt(at) : s), .. added];

    private static string SetHashOf(IEnumerable<PublishedDocument> documents) => AuditTables.Sha256(string.Join('\n',
        documents.Select(d => $"{d.Kind}|{d.Name}|{d.Layer}|{d.Hash}|{ApprovedDocuments.CasesOf(d)}").Order(StringComparer.Ordinal)));

    private List<SetFinding> Between(IReadOnlyList<PublishedDocument> before, IReadOnlyList<PublishedDocument> after, IReadOnlyList<PublishedDocument> added, DateTimeOffset at)
    {
        var findings = new List<SetFinding>();
        var mine = added.Where(d => d.State != DocumentState.Approved).ToList();
        var files = mine.Select(FileOf).ToHashSet(StringComparer.Ordinal);
        foreach (var instant in InForceAt.Timeline(after, at, added))
        {
            var was = InForceAt.Select(before, instant) is { Count: > 0 } standing ? check.Findings(new InForce(standing, configuration.Parsed), []) : [];
            var now = check.Findings(new InForce(InForceAt.Select(after, instant, added), configuration.Parsed), mine);
            findings.AddRange(now.Where(f => !was.Contains(f) || files.Contains(f.Document)));
        }
        return [.. findings.Distinct()];
    }
}
