using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Configuring.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Tenancy;

namespace Modules.Configuring;

/// <param name="State">必做, 已启用, 未启用, 在变更单中.</param>
/// <param name="UsedBy">What names it, zh-CN.</param>
public sealed record TestItemRow(TestItem Item, string Layer, string State, IReadOnlyList<string> UsedBy);

public sealed record TestItemsModel(Paged<TestItemRow> Rows, string Search, string Sort, IReadOnlyList<TestPlace> Places, TypedTestItem Typed, ChangeBar? Bar, bool MayEdit)
{
    public IReadOnlyList<FieldError> Errors { get; init; } = [];
    public string? Error { get; init; }
    public string Title { get; init; } = "";
    public string Reason { get; init; } = "";
}

/// <summary>检测项目: what is measured here, and a new one of the station's own: the item and its field on a form, in one change.</summary>
internal sealed class EditTestItems(TestItemsDesk items, ChangeDesk desk, ChangePeople people, TenantContext tenant, IPages pages)
{
    private static readonly string[] Sorts = ["code", "label", "state"];

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(ConfigPaths.TestItems, async (string? q, string? sort, HttpContext http, EditTestItems use, IPages pages, CancellationToken cancel) => pages.Show(await use.ModelAsync(q, sort, http, cancel))).RequirePermission(ConfiguringPermissions.View);
        endpoints.MapPost(ConfigPaths.TestItems, (HttpContext http, EditTestItems use, CancellationToken cancel) => use.AddAsync(http, cancel))
            .RequirePermission(ConfiguringPermissions.View).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<TestItemsModel> ModelAsync(string? q, string? sort, HttpContext http, CancellationToken cancel)
    {
        var (search, order, opened) = (ShowConfiguration.Text(q), Sorts.Contains(sort?.TrimStart('-')) ? sort! : Sorts[0], await desk.OpenAsync(http.User.Id(), cancel));
        var rows = (await items.RowsAsync(opened, cancel)).Where(r => search.Length == 0 || r.Item.Code.Contains(search, StringComparison.OrdinalIgnoreCase) || r.Item.Label.Contains(search, StringComparison.OrdinalIgnoreCase));
        rows = order.TrimStart('-') switch { "label" => rows.OrderBy(r => r.Item.Label, StringComparer.Ordinal), "state" => rows.OrderBy(r => r.State, StringComparer.Ordinal), _ => rows.OrderBy(r => r.Item.Code, StringComparer.Ordinal) };
        return new TestItemsModel(PagedQueries.Whole<TestItemRow>([.. order.StartsWith('-') ? rows.Reverse() : rows]), search, order, await items.PlacesAsync(opened, cancel), TypedTestItem.Empty,
            await desk.BarAsync(http.User.Id(), cancel), !tenant.Current.IsProvince && http.User.Has(PublishingPermissions.Forms.Draft));
    }

    private async Task<IResult> AddAsync(HttpContext http, CancellationToken cancel)
    {
        var post = await http.Request.ReadFormAsync(cancel);
        var (typed, person) = (TypedTestItem.Of(post), await people.OfAsync(http.User.Id(), cancel));
        try
        {
            if (tenant.Current.IsProvince) throw new PublishingRefusedException("省级的检测项目请改 test-items 文件，用 changes new 起草");
            var errors = await items.AddAsync(SettingsPost.Of(post), typed, person, cancel);
            if (errors.Count == 0) return Results.LocalRedirect(http.Request.PathBase + ConfigPaths.TestItems);
            return pages.Show(await ModelAsync(null, null, http, cancel) with { Typed = typed, Errors = errors, Title = post["title"].ToString(), Reason = post["reason"].ToString() }, StatusCodes.Status422UnprocessableEntity);
        }
        catch (PublishingRefusedException e)
        {
            return pages.Show(await ModelAsync(null, null, http, cancel) with { Typed = typed, Error = e.Message, Title = post["title"].ToString(), Reason = post["reason"].ToString() }, StatusCodes.Status422UnprocessableEntity);
        }
    }
}

/// <summary>The test items of a station as they are with a person's open change, and a new one put into it.</summary>
internal sealed class TestItemsDesk(Publisher publisher, CheckChange check, WriteChange write, ChangeBook book, ChangeDesk desk, ConfiguredWords words)
{
    private const string Own = "station";

    public async Task<IReadOnlyList<TestItemRow>> RowsAsync(OpenedChange? opened, CancellationToken cancel)
    {
        var (now, set) = (await publisher.InForceNowAsync(cancel), await SetAsync(opened, cancel));
        var (standing, settings) = (StationFacts.TestItemsOf(now), StationSettings.Of(set));
        return [.. StationFacts.TestItemsOf(set).All.Select(i => new TestItemRow(
            i, LayerOf(set, i.Code), standing.Find(i.Code) is null ? "在变更单中" : !i.Optional ? "必做" : settings.OptionalTests.Contains(i.Code) ? "已启用" : "未启用", UsedBy(set, i.Code)))];
    }

    /// <summary>Sections that ask test items already.</summary>
    public async Task<IReadOnlyList<TestPlace>> PlacesAsync(OpenedChange? opened, CancellationToken cancel)
    {
        var set = await SetAsync(opened, cancel);
        return [.. from form in StationFacts.FormsOf(set) from section in form.Sections where section.Fields.Any(f => f.TestItem is not null) select new TestPlace(form.Code, section.Code, $"{form.Title} · {section.Title}")];
    }

    /// <returns>What is wrong with it; nothing was written then.</returns>
    public async Task<IReadOnlyList<FieldError>> AddAsync(SettingsPost post, TypedTestItem typed, ChangeActor author, CancellationToken cancel)
    {
        var opened = await desk.OpenAsync(author.Id, cancel);
        if (opened?.Change.Id.ToString() is { } id && id != post.Change) throw new PublishingRefusedException($"没有保存：您现在打开的是变更单 {opened.Change.Number}，不是填写时的那一份。请核对后再保存。");
        var (set, places) = (await SetAsync(opened, cancel), await PlacesAsync(opened, cancel));
        var known = StationFacts.TestItemsOf(set).All.Select(i => i.Code).Concat(StationFacts.FormsOf(set).SelectMany(f => f.Facts).Select(f => f.Code)).ToHashSet(StringComparer.Ordinal);
        if (TestItemForm.Faults(typed, known, places) is { Count: > 0 } errors) return errors;
        var place = places.First(p => p.Key == typed.Place);
        IReadOnlyList<DocumentEdit> edits =
        [
            new(DocumentKinds.TestItems, Own, DocumentLayer.Station, TestItemForm.Items(await TextAsync(opened, set, DocumentKinds.TestItems, Own, cancel), typed)),
            new(DocumentKinds.FormOverlay, place.Form, DocumentLayer.Station, TestItemForm.Overlay(await TextAsync(opened, set, DocumentKinds.FormOverlay, place.Form, cancel), place, typed)),
        ];
        var what = $"增加检测项目 {typed.Label}";
        if (opened is not null) await write.SaveAsync(opened.Change.Id, post.Seen, edits, what, author, cancel);
        else await desk.TakeUpAsync(author.Id, (await write.NewAsync(new NewChange(post.Title.Trim().Length > 0 ? post.Title : what, post.Reason, ChangeEntries.Page, null), edits, author, cancel)).Id, cancel);
        return [];
    }

    private async Task<InForce> SetAsync(OpenedChange? opened, CancellationToken cancel) =>
        opened is null ? await publisher.InForceNowAsync(cancel) : await publisher.WithAsync(await check.PrepareAsync(opened, cancel), cancel);

    private async Task<string?> TextAsync(OpenedChange? opened, InForce set, string kind, string name, CancellationToken cancel) =>
        opened?.Body.Find(kind, name, DocumentLayer.Station)?.Text is { } sha ? await book.TextAsync(sha, cancel)
        : set.Documents.FirstOrDefault(d => d.Kind == kind && d.Name == name && d.Layer == DocumentLayer.Station)?.Json;

    private static string LayerOf(InForce set, string code) =>
        set.Documents.Where(d => d.Kind == DocumentKinds.TestItems && d.Json.Contains($"\"{code}\"", StringComparison.Ordinal)).Select(d => ConfiguredWords.Layer(d.Layer)).FirstOrDefault() ?? "—";

    private IReadOnlyList<string> UsedBy(InForce set, string code) =>
        [.. set.Documents.Where(d => d.Kind is DocumentKinds.Form or DocumentKinds.FormOverlay or DocumentKinds.RulePack or DocumentKinds.DeviceProfile && d.Json.Contains($"\"{code}\"", StringComparison.Ordinal)).Select(words.Of).Distinct()];
}
