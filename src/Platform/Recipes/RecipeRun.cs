using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Recipes;

/// <summary>One thing applying the recipe would change.</summary>
/// <param name="Text">What changes, for the person who reads the plan.</param>
/// <param name="Apply">Does it, inside the run's transaction.</param>
public sealed record PlannedChange(string Text, Func<Task> Apply)
{
    /// <summary>It is one of the plan's drafts: in a tenant that runs it comes into force by a change alone.</summary>
    public bool IsDocument { get; init; }

    /// <summary>It gives rights: in a tenant that runs by two persons only.</summary>
    public bool GivesRights { get; init; }
}

/// <summary>What a step sees while it is planned.</summary>
public sealed class RecipePlan(Recipe recipe, Tenant tenant, InForce current, bool demo)
{
    private readonly List<(PublishedDocument Document, DocumentFile File)> _drafts = [];

    public Recipe Recipe { get; } = recipe;
    public Tenant Tenant { get; } = tenant;
    public InForce Current { get; } = current;
    public RecipeScripts Scripts { get; } = new(recipe, tenant);

    /// <summary>Whether accounts and records meant for demonstrations may be made.</summary>
    public bool Demo { get; } = demo;

    /// <summary>Whether the tenant has never run: its documents count from the dates of their files, even past ones.</summary>
    public bool IsSetUp => Tenant.State is TenantState.Uninitialized or TenantState.Initializing;

    /// <summary>In whose days the dates of files are meant.</summary>
    public TimeZoneInfo Zone { get; private set; } = StationSettings.Of(current).TimeZone;

    /// <summary>Documents of the province that come with the recipe.</summary>
    public List<PublishedDocument> FromProvince { get; } = [];

    /// <summary>What the outcome uses of what must be unique in the province.</summary>
    public List<ProvinceClaim> Claims { get; } = [];

    /// <summary>What keeps the plan from being applied.</summary>
    public List<SetFinding> Findings { get; } = [];

    public List<PlannedChange> Changes { get; } = [];
    public List<string> Unchanged { get; } = [];

    /// <summary>Lines for the operator that appear once, such as passwords made at first start.</summary>
    public List<string> Announcements { get; } = [];

    /// <summary>The recipe's documents as they go into a change.</summary>
    public IReadOnlyList<DocumentEdit> Edits => [.. _drafts.Select(d => new DocumentEdit(d.Document.Kind, d.Document.Name, d.Document.Layer, d.Document.Json, d.Document.CasesJson, d.File.From, d.File.To))];

    /// <summary>Documents the recipe brings; of one named twice the last.</summary>
    public IReadOnlyList<PublishedDocument> Drafts => [.. _drafts.Select(d => d.Document)];

    /// <summary>Documents as they will be, as far as the steps before have planned.</summary>
    public IReadOnlyList<PublishedDocument> Documents => [.. FromProvince.Where(d => d.State == DocumentState.Approved && Own.All(o => o.Id != d.Id)), .. Own];

    /// <summary>The same without what comes from the province with this recipe.</summary>
    internal IEnumerable<PublishedDocument> Own => Current.Documents.Where(d => !_drafts.Any(n => (n.Document.Kind, n.Document.Name, n.Document.Layer) == (d.Kind, d.Name, d.Layer))).Concat(Drafts);

    internal void Take(PublishedDocument draft, DocumentFile file)
    {
        if (_drafts.Any(d => (d.Document.Kind, d.Document.Name, d.Document.Layer) == (draft.Kind, draft.Name, draft.Layer)))
            Findings.Add(new SetFinding(draft.Name, "$", "配方两次发布同一份文档", "请删去一处"));
        else _drafts.Add((draft, file));
    }

    /// <summary>Gives every draft its one pair of dates.</summary>
    /// <param name="fileOf">File name of a document.</param>
    internal void Date(DateTimeOffset now, Func<PublishedDocument, string> fileOf)
    {
        if (_drafts.FirstOrDefault(d => d.Document.Kind == DocumentKinds.Settings).Document is { } settings) Zone = StationSettings.TryParse(settings.Json)?.TimeZone ?? Zone;
        var today = DocumentDates.DayOf(now, Zone);
        foreach (var (document, file) in _drafts)
        {
            document.EffectiveFrom = IsSetUp && file.From is { } from && from <= today ? DocumentDates.Begin(from, Zone) : now;
            document.EffectiveTo = DocumentDates.End(file.To, Zone);
            Findings.AddRange(DocumentDates.Findings(fileOf(document), file.From, file.To, today));
            if (file.IsDraftOnly) Findings.Add(new SetFinding(fileOf(document), "$.effectiveFrom", "没有生效日期，是草案，不能发布", "定下日期后填写，或从配方中删去"));
        }
    }
}

/// <summary>A recipe step. Planning reads everything and changes nothing; what it plans is applied together or not at all.</summary>
public interface IRecipeStep
{
    string Name { get; }
    Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel);
}

/// <summary>Plans and applies a recipe in one tenant.</summary>
public sealed class RecipeRun(Store store, TenantContext tenant, Publisher publisher, SettingsStage settings, SetClaims claims, TimeProvider clock, IEnumerable<IRecipeStep> steps)
{
    /// <summary>Works out what applying would change, and what stands in its way.</summary>
    /// <exception cref="DocumentException">Unknown step or unreadable file.</exception>
    public async Task<RecipePlan> PlanAsync(Recipe recipe, bool demo, CancellationToken cancel = default)
    {
        var plan = new RecipePlan(recipe, tenant.Current, await publisher.InForceNowAsync(cancel), demo);
        settings.Begin(plan);
        foreach (var element in recipe.Steps)
        {
            var step = steps.SingleOrDefault(s => s.Name.Equals(element.Name, StringComparison.OrdinalIgnoreCase))
                ?? throw new DocumentException(recipe.File, element.Path, $"没有步骤 {element.Name}，可用：{string.Join("、", steps.Select(s => s.Name).Order(StringComparer.Ordinal))}");
            await step.PlanAsync(plan, element, cancel);
        }
        await settings.EndAsync(plan, publisher, cancel);
        plan.Date(clock.GetUtcNow(), publisher.FileOf);
        plan.Findings.AddRange(await publisher.FindingsAsync([.. plan.FromProvince, .. plan.Drafts], clock.GetUtcNow(), cancel));
        plan.Claims.AddRange(claims.Of(plan.Own));
        plan.Findings.AddRange(await claims.ConflictsAsync(plan.Claims, cancel));
        return plan;
    }

    /// <summary>Applies all changes in one transaction; in a tenant that runs, those that are no documents.</summary>
    /// <exception cref="SetException">The plan has findings.</exception>
    public async Task ApplyAsync(RecipePlan plan, CancellationToken cancel = default)
    {
        SetException.ThrowIfAny(plan.Findings);
        IReadOnlyList<PlannedChange> changes = [.. plan.Changes.Where(c => plan.IsSetUp || !c.IsDocument)];
        if (changes.Count == 0) return;
        IReadOnlyList<ProvinceClaim> used = [.. plan.Claims.Where(c => plan.IsSetUp || c.IsTemporary)];
        await claims.HoldAsync(used, () => WriteAsync(plan, changes, cancel), cancel);
    }

    private async Task WriteAsync(RecipePlan plan, IReadOnlyList<PlannedChange> changes, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        foreach (var change in changes) await change.Apply();
        if (plan.IsSetUp) publisher.SetUp(plan.Drafts);
        await publisher.RaiseRevisionAsync(cancel);
        if (plan.Tenant.IsProvince) store.Enqueue(ProvinceDocumentsHandler.MessageKind, plan.Recipe.Name, clock.GetUtcNow());
        store.Add(new AuditEntry
        {
            At = clock.GetUtcNow(), PersonId = "operator", PersonName = "系统操作员", Action = "执行配方", Subject = "recipe:" + plan.Recipe.Name,
            New = JsonSerializer.Serialize(changes.Select(c => c.Text.Split('\n')[0])),
        });
        await transaction.CommitAsync(cancel);
    }
}
