using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Configuring.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Configuring;

/// <param name="What">Kind and title.</param>
/// <param name="Layer">国家, 省, 本站.</param>
/// <param name="Since">First instant in force.</param>
/// <param name="Change">The change that brought it; null for the first set-up and what came from the province.</param>
public sealed record DocumentRow(string Kind, string Name, string What, string Layer, int Version, DateTimeOffset? Since, DateTimeOffset? Until, (Guid Id, string Number)? Change);

/// <param name="Place">Where it is found, zh-CN.</param>
/// <param name="Link">Path on this site; null where there is no page for it yet.</param>
public sealed record FoundPlace(string What, string Place, string? Link);

/// <param name="Waiting">Changes this person can approve.</param>
/// <param name="Mine">Changes this person has begun and that are open.</param>
/// <param name="Faults">Where the store is not what was approved.</param>
/// <param name="RunOut">Rule packs that have ended with nothing in their place.</param>
public sealed record ConfigurationModel(
    Paged<DocumentRow> Documents, string Search, string Sort, IReadOnlyList<FoundPlace> Found, IReadOnlyList<ChangeRow> Scheduled, IReadOnlyList<ChangeRow> Waiting, IReadOnlyList<ChangeRow> Mine,
    IReadOnlyList<string> Faults, IReadOnlyList<string> RunOut, ChangeBar? Bar, TimeZoneInfo TimeZone);

/// <summary>配置台 总览: what is in force, what comes, and what waits for whoever looks.</summary>
internal sealed class ShowConfiguration(Store store, Configuration configuration, ListChanges changes, ChangeDesk desk, ConfiguredWords words, TimeProvider clock)
{
        public const int LongestSearch = 64;
    private const int PageSize = 20;
    public static IReadOnlyList<string> Sorts { get; } = ["kind", "name", "since"];

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(ConfigPaths.Overview, async (string? q, string? sort, int? page, HttpContext http, ShowConfiguration use, IPages pages, CancellationToken cancel) =>
            pages.Show(await use.ModelAsync((Text(q), Sorts.Contains(sort?.TrimStart('-')) ? sort! : Sorts[0], page), http, cancel))).RequirePermission(ConfiguringPermissions.View);

    /// <summary>As typed into a search, no longer than it may be.</summary>
    public static string Text(string? typed) => (typed ?? "").Trim() is var text && text.Length > LongestSearch ? text[..LongestSearch] : text;

    private async Task<ConfigurationModel> ModelAsync((string Search, string Sort, int? Page) asked, HttpContext http, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var set = await configuration.FrameAsync(now, cancel);
        var open = await changes.OpenAsync(cancel);
        var numbers = await store.Set<Change>().AsNoTracking().Where(c => c.InForceFrom != null).ToDictionaryAsync(c => c.Id, c => c.Number, cancel);
        var rows = set.Documents.Select(d => new DocumentRow(d.Kind, d.Name, words.Of(d), ConfiguredWords.Layer(d.Layer), d.Version, d.EffectiveFrom, d.EffectiveTo, d.ChangeId is { } id && numbers.TryGetValue(id, out var number) ? (id, number) : null));
        if (asked.Search.Length > 0) rows = rows.Where(r => r.What.Contains(asked.Search, StringComparison.OrdinalIgnoreCase) || r.Name.Contains(asked.Search, StringComparison.OrdinalIgnoreCase));
        return new ConfigurationModel(
            Page(Sorted(rows, asked.Sort), asked.Page), asked.Search, asked.Sort, asked.Search.Length == 0 ? [] : words.Find(set, asked.Search),
            [.. open.Where(c => c.Stage == ChangeStage.Scheduled)], [.. open.Where(c => c.Stage == ChangeStage.Submitted && c.Needs.Any(http.User.Has) && !c.AuthorIds.Contains(http.User.Id()))],
            [.. open.Where(c => c.Stage is not ChangeStage.Scheduled && c.AuthorIds.Contains(http.User.Id()))],
            [.. (await configuration.FaultsAsync(cancel)).Select(f => f.Words)], [.. (await configuration.RunOutAsync(now, cancel)).Select(d => words.Of(d))],
            await desk.BarAsync(http.User.Id(), cancel), StationSettings.Of(set).TimeZone);
    }

    private static List<DocumentRow> Sorted(IEnumerable<DocumentRow> rows, string sort)
    {
        var sorted = sort.TrimStart('-') switch
        {
            "name" => rows.OrderBy(r => r.Name, StringComparer.Ordinal),
            "since" => rows.OrderBy(r => r.Since),
            _ => rows.OrderBy(r => r.What, StringComparer.Ordinal),
        };
        return sort.StartsWith('-') ? [.. sorted.Reverse()] : [.. sorted];
    }

    private static Paged<DocumentRow> Page(List<DocumentRow> rows, int? page)
    {
        var number = Math.Clamp(page ?? 1, 1, Math.Max(1, (rows.Count + PageSize - 1) / PageSize));
        return new Paged<DocumentRow>([.. rows.Skip((number - 1) * PageSize).Take(PageSize)], number, PageSize, rows.Count);
    }
}

/// <summary>Documents in words, and where a word stands in them.</summary>
internal sealed class ConfiguredWords(IEnumerable<DocumentKind> kinds, IEnumerable<Setting> settings, IEnumerable<Feature> features)
{
    private const int MostPlaces = 50;

    public string Of(PublishedDocument document) => $"{KindOf(document.Kind)} {TitleOf(document) ?? document.Name}";

    public string KindOf(string kind) => kinds.FirstOrDefault(k => k.Code == kind)?.Title ?? kind;

    public static string Layer(DocumentLayer layer) => layer switch { DocumentLayer.National => "国家", DocumentLayer.Province => "省", _ => "本站" };

    /// <summary>Settings, switches, and elements of documents with the word in what they are called.</summary>
    public IReadOnlyList<FoundPlace> Find(InForce set, string word)
    {
        var station = StationSettings.Of(set);
        var own = settings.Where(s => s.Kind != SettingKind.TimeZone && (Has(s.Title, word) || Has(s.WrittenIn(station), word))).Select(s => new FoundPlace($"{s.Title}：{(s.WrittenIn(station) is { Length: > 0 } value ? value : "（未填写）")}", "站点资料", $"{ConfigPaths.Station}#f-{s.Code}"));
        var switches = features.Where(f => Has(f.Title, word)).Select(f => new FoundPlace($"{f.Title}：{(station.Features.Contains(f.Code) ? "已打开" : "已关闭")}", "功能开关", $"{ConfigPaths.Features}#feature-{f.Code}"));
        var elements = set.Documents.Where(d => d.Kind != DocumentKinds.Settings).SelectMany(d => ElementWords.In(d.Kind, d.Json).Where(e => Has(e, word)).Select(e => new FoundPlace(e, $"{Of(d)}（{Layer(d.Layer)}）", null)));
        return [.. own.Concat(switches).Concat(elements).Take(MostPlaces)];
    }

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static string? TitleOf(PublishedDocument document) => document.Kind == DocumentKinds.Settings ? null : ElementWords.Title(document.Json);
}
