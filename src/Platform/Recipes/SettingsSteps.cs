using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;
using Platform.Publishing;
using Platform.Tenancy;

namespace Platform.Recipes;

/// <summary>The station's settings while a recipe is planned: the steps <c>feature</c> and <c>settings</c> write into it, and one document comes out.</summary>
public sealed class SettingsStage
{
    private JsonObject _settings = [];

    public void Begin(RecipePlan plan)
    {
        var current = plan.Current.Find(DocumentKinds.Settings, StationSettings.Document);
        _settings = current is null ? [] : JsonNode.Parse(current.Json)!.AsObject();
    }

    public JsonObject Values => Section("Values");

    public void Set(string key, JsonNode? value) => _settings[key] = value;

    public JsonArray List(string key) => (_settings[key] ??= new JsonArray()).AsArray();

    private JsonObject Section(string key) => (_settings[key] ??= new JsonObject()).AsObject();

    public async Task EndAsync(RecipePlan plan, Publisher publisher, CancellationToken cancel) =>
        await DocumentChange.PlanAsync(plan, publisher, new DocumentSource(publisher.Kind(DocumentKinds.Settings), StationSettings.Document,
            plan.Tenant.IsProvince ? DocumentLayer.Province : DocumentLayer.Station, _settings.ToJsonString(ReadableJson.Options), null), cancel);

}

/// <summary>Features a module offers, so that a recipe cannot switch on something that is not there.</summary>
public sealed record Feature(string Code, string Title);

/// <summary><c>{ "name": "feature", "enable": […], "disable": […] }</c></summary>
public sealed class FeatureStep(SettingsStage settings, IEnumerable<Feature> known) : IRecipeStep
{
    public string Name => "feature";

    public Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        var features = settings.List("Features");
        foreach (var code in Codes(plan, step, "disable"))
            if (features.FirstOrDefault(f => f!.GetValue<string>() == code) is { } on) features.Remove(on);
        foreach (var code in Codes(plan, step, "enable"))
            if (features.All(f => f!.GetValue<string>() != code)) features.Add(code);
        return Task.CompletedTask;
    }

    private IEnumerable<string> Codes(RecipePlan plan, RecipeStepElement step, string property)
    {
        if (!step.Has(property)) yield break;
        foreach (var code in step.Texts(property))
            yield return known.Any(f => f.Code == code) ? code
                : throw new DocumentException(plan.Recipe.File, $"{step.Path}.{property}", $"没有功能 {code}，{KnownNames.Remedy(code, known.Select(f => f.Code))}");
    }
}

/// <summary><c>settings</c>: SiteName and TimeZoneId, the lists OptionalTests and Flows, and under <c>Station</c> every value the station prints.</summary>
public sealed class SettingsStep(SettingsStage settings) : IRecipeStep
{
    public string Name => "settings";

    public Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        foreach (var property in step.Json.EnumerateObject().Where(p => p.Name != "name"))
            Apply(plan, step, property.Name, $"{step.Path}.{property.Name}");
        return Task.CompletedTask;
    }

    private void Apply(RecipePlan plan, RecipeStepElement step, string property, string path)
    {
        switch (property)
        {
            case "SiteName" or "TimeZoneId":
                settings.Set(property, plan.Scripts.Resolve(step.Text(property), path));
                break;
            case "OptionalTests":
                settings.Set(property, new JsonArray([.. step.Texts(property).Select(code => (JsonNode)code)]));
                break;
            case "Flows":
                settings.Set(property, new JsonArray([.. step.Parts(property).Select(part => JsonNode.Parse(part.Json.GetRawText()))]));
                break;
            case "Station":
                foreach (var (name, text) in step.TextsOf(property)) settings.Values[name] = plan.Scripts.Resolve(text, $"{path}.{name}");
                break;
            default:
                throw new DocumentException(plan.Recipe.File, path, $"settings 没有 {property}，{KnownNames.Remedy(property, ["SiteName", "TimeZoneId", "OptionalTests", "Flows", "Station"])}");
        }
    }
}
