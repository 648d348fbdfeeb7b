using Engine.Forms;
using Engine.Rules;
using Platform.Publishing;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary>The rules and facts of a station on a day, with drafts in the place of what they would replace.</summary>
internal sealed record StationRules(InForce Set, PackSet Packs, FactCatalog Facts, DateOnly Day)
{
    /// <param name="day">Null: today at the station.</param>
    /// <param name="with">Files of drafts, taken as in force whatever their dates.</param>
    /// <exception cref="RulePackException">They contradict each other.</exception>
    public static async Task<StationRules> ReadAsync(IServiceProvider services, DateOnly? day, IReadOnlyList<string> with)
    {
        var (publisher, configuration, compiled) = (services.GetRequiredService<Publisher>(), services.GetRequiredService<Configuration>(), services.GetRequiredService<CompiledPacks>());
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var today = await configuration.AtAsync(now);
        var settings = StationSettings.Of(today);
        var on = day ?? settings.LocalDate(now);
        var then = on == settings.LocalDate(now) ? today : await configuration.AtAsync(DocumentDates.End(on, settings.TimeZone)?.AddTicks(-1) ?? now);
        List<PublishedDocument> drafts = [];
        foreach (var path in with) drafts.Add(await DraftAsync(services, publisher, path, DocumentDates.Begin(on, settings.TimeZone)));
        var set = new InForce([.. Together(then, today).Where(d => !drafts.Any(n => Same(d, n))), .. drafts], services.GetRequiredService<ParsedDocuments>());
        return new StationRules(set, compiled.Of(set), StationFacts.Of(set, services.GetServices<FactDefinition>()), on);
    }

    /// <summary>The rules of the day; forms and settings, which have no history before their station was set up, of that day where there are any.</summary>
    private static IEnumerable<PublishedDocument> Together(InForce then, InForce today) =>
        then.Documents.Concat(today.Documents.Where(d => d.Kind != DocumentKinds.RulePack && !then.Documents.Any(t => Same(t, d))));

    private static bool Same(PublishedDocument one, PublishedDocument other) => (one.Kind, one.Name, one.Layer) == (other.Kind, other.Name, other.Layer);

    private static async Task<PublishedDocument> DraftAsync(IServiceProvider services, Publisher publisher, string path, DateTimeOffset from)
    {
        var file = DraftFile.Read(services.GetServices<DocumentKind>(), path);
        var own = services.GetRequiredService<TenantContext>().Current.IsProvince ? DocumentLayer.Province : DocumentLayer.Station;
        var draft = (await publisher.DetachedAsync(file.As(file.File.Layer ?? own, "rules eval"))).PublishedFrom(from);
        draft.EffectiveTo = null;
        return draft;
    }
}
