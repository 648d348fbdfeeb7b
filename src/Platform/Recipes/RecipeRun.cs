using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.Recipes;

/// <summary>One thing applying the recipe would change.</summary>
/// <param name="Text">What changes, for the person who reads the plan.</param>
/// <param name="Apply">Does it, inside the run's transaction.</param>
public sealed record PlannedChange(string Text, Func<Task> Apply);

/// <summary>What a step sees while it is planned.</summary>
public sealed class RecipePlan(Recipe recipe, Tenant tenant, InForce current, bool demo)
{
    public Recipe Recipe { get; } = recipe;
    public Tenant Tenant { get; } = tenant;
    public InForce Current { get; } = current;
    public RecipeScripts Scripts { get; } = new(recipe, tenant);

    /// <summary>Whether accounts and records meant for demonstrations may be made.</summary>
    public bool Demo { get; } = demo;

    /// <summary>Documents as they will be after the run; later steps are checked against them.</summary>
    public List<PublishedDocument> Documents { get; } = [.. current.Documents];

    public List<PlannedChange> Changes { get; } = [];
    public List<string> Unchanged { get; } = [];

    /// <summary>Lines for the operator that appear once, such as passwords made at first start.</summary>
    public List<string> Announcements { get; } = [];
}

/// <summary>A recipe step. Planning reads everything and changes nothing; what it plans is applied together or not at all.</summary>
public interface IRecipeStep
{
    string Name { get; }
    Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel);
}

/// <summary>Plans and applies a recipe in one tenant.</summary>
public sealed class RecipeRun(Store store, TenantContext tenant, Publisher publisher, SettingsStage settings, TimeProvider clock, IEnumerable<IRecipeStep> steps)
{
    /// <exception cref="DocumentException">Unknown step, unreadable file, document that does not fit the others.</exception>
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
        var together = new InForce(plan.Documents, new ParsedDocuments());
        foreach (var document in plan.Documents) publisher.Kind(document.Kind).Check(document, together);
        return plan;
    }

    /// <summary>Applies all changes in one transaction.</summary>
    public async Task ApplyAsync(RecipePlan plan, CancellationToken cancel = default)
    {
        if (plan.Changes.Count == 0) return;
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        foreach (var change in plan.Changes) await change.Apply();
        await publisher.RaiseRevisionAsync(cancel);
        if (plan.Tenant.IsProvince) store.Enqueue(ProvinceDocumentsHandler.MessageKind, plan.Recipe.Name, clock.GetUtcNow());
        store.Add(new AuditEntry
        {
            At = clock.GetUtcNow(), PersonId = "operator", PersonName = "系统操作员", Action = "执行配方", Subject = "recipe:" + plan.Recipe.Name,
            New = JsonSerializer.Serialize(plan.Changes.Select(c => c.Text.Split('\n')[0])),
        });
        await transaction.CommitAsync(cancel);
    }
}
