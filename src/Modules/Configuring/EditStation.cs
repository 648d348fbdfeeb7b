using System.Globalization;
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

/// <param name="Value">As typed, or as the open change has it.</param>
/// <param name="Now">As it is in force.</param>
public sealed record StationValue(StationField Field, string Value, string Now, string? Error);

/// <param name="Values">By key.</param>
/// <param name="Error">What concerns the whole; null when nothing does.</param>
public sealed record StationModel(IReadOnlyDictionary<string, StationValue> Values, IReadOnlyList<PreviewedPaper> Papers, ChangeBar? Bar, bool MayEdit, string? Error)
{
    public IReadOnlyList<StationGroup> Groups { get; init; } = StationForm.Groups;
    public string Title { get; init; } = "";
    public string Reason { get; init; } = "";
    public IReadOnlyList<FieldError> Errors { get; init; } = [];
}

/// <summary>站点资料: what the station says of itself, each value with where it shows, and the papers as they would be.</summary>
internal sealed class EditStation(StationForm form, StationEdits edits, ShowPaper papers, ChangeDesk desk, ChangePeople people, IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(ConfigPaths.Station, async (HttpContext http, EditStation use, IPages pages, CancellationToken cancel) => pages.Show(await use.ModelAsync(http, cancel))).RequirePermission(ConfiguringPermissions.View);
        endpoints.MapPost(ConfigPaths.Station, (HttpContext http, EditStation use, CancellationToken cancel) => use.SaveAsync(http, cancel))
            .RequirePermission(ConfiguringPermissions.View).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<StationModel> ModelAsync(HttpContext http, CancellationToken cancel, IReadOnlyDictionary<string, string>? typed = null)
    {
        var opened = await desk.OpenAsync(http.User.Id(), cancel);
        var (now, drafted) = (await edits.NowAsync(cancel), await edits.DraftedAsync(opened, cancel));
        var values = StationForm.Fields.ToDictionary(f => f.Key, f => new StationValue(
            f, typed?.GetValueOrDefault(f.Key) ?? StationForm.ValueOf(drafted, f.Key), StationForm.ValueOf(now, f.Key), typed?.GetValueOrDefault(f.Key) is { } value ? form.Fault(f, value) : null), StringComparer.Ordinal);
        return new StationModel(values, papers.OfStation(opened), await desk.BarAsync(http.User.Id(), cancel), http.User.Has(PublishingPermissions.Settings.Draft), null)
        {
            Errors = [.. values.Values.Where(v => v.Error is not null).Select(v => new FieldError("f-" + v.Field.Key, v.Field.Label, v.Error!))],
        };
    }

    private async Task<IResult> SaveAsync(HttpContext http, CancellationToken cancel)
    {
        var post = await http.Request.ReadFormAsync(cancel);
        var typed = StationForm.Fields.Where(f => post.ContainsKey("f-" + f.Key)).ToDictionary(f => f.Key, f => post["f-" + f.Key].ToString().Trim(), StringComparer.Ordinal);
        if (typed.Any(t => form.Fault(StationForm.Fields.Single(f => f.Key == t.Key), t.Value) is not null)) return pages.Show(await ModelAsync(http, cancel, typed), StatusCodes.Status422UnprocessableEntity);
        try
        {
            var seen = int.TryParse(post["_revision"], NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : (int?)null;
            var person = await people.OfAsync(http.User.Id(), cancel);
            var saved = await edits.SaveAsync(new StationPost(typed, post["_change"].ToString(), seen, post["title"].ToString(), post["reason"].ToString()), person, cancel);
            return saved is not null ? Results.LocalRedirect(http.Request.PathBase + ConfigPaths.Station)
                : pages.Show(await ModelAsync(http, cancel, typed) with { Error = "没有改动：所填的与现在的相同" }, StatusCodes.Status422UnprocessableEntity);
        }
        catch (PublishingRefusedException e)
        {
            return pages.Show(await ModelAsync(http, cancel, typed) with { Error = e.Message, Title = post["title"].ToString(), Reason = post["reason"].ToString() }, StatusCodes.Status422UnprocessableEntity);
        }
    }
}

/// <param name="Change">Id of the change the page was shown with; empty when there was none.</param>
/// <param name="Seen">Its revision then.</param>
/// <param name="Title">Of a new change.</param>
internal sealed record StationPost(IReadOnlyDictionary<string, string> Values, string Change, int? Seen, string Title, string Reason);

/// <summary>Edits of the station's settings: into the person's open change, or into a new one.</summary>
internal sealed class StationEdits(Configuration configuration, ChangeBook book, ChangeDesk desk, WriteChange write, TenantContext tenant, TimeProvider clock)
{
    public async Task<StationSettings> NowAsync(CancellationToken cancel) => StationSettings.Of(await configuration.FrameAsync(clock.GetUtcNow(), cancel));

    /// <summary>As the open change has them; as they are where it has none.</summary>
    public async Task<StationSettings> DraftedAsync(OpenedChange? opened, CancellationToken cancel) => StationSettings.TryParse(await TextAsync(opened, cancel)) ?? await NowAsync(cancel);

    /// <returns>Null when nothing is different.</returns>
    public async Task<Change?> SaveAsync(StationPost post, ChangeActor author, CancellationToken cancel)
    {
        var opened = await desk.OpenAsync(author.Id, cancel);
        if (opened?.Change.Id.ToString() is { } id && id != post.Change) throw new PublishingRefusedException($"没有保存：您现在打开的是变更单 {opened.Change.Number}，不是填写时的那一份。请核对后再保存。");
        var before = await TextAsync(opened, cancel);
        var settings = StationSettings.Parse(before);
        var changed = post.Values.Where(v => StationForm.ValueOf(settings, v.Key) != v.Value).ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
        if (changed.Count == 0) return null;
        var what = "改" + string.Join("、", StationForm.Fields.Where(f => changed.ContainsKey(f.Key)).Select(f => f.Label));
        var edit = new DocumentEdit(DocumentKinds.Settings, StationSettings.Document, Layer, StationForm.With(before, changed));
        if (opened is not null) return await write.SaveAsync(opened.Change.Id, post.Seen, [edit], what, author, cancel);
        var change = await write.NewAsync(new NewChange(post.Title.Trim().Length > 0 ? post.Title : what, post.Reason, ChangeEntries.Page, null), [edit], author, cancel);
        await desk.TakeUpAsync(author.Id, change.Id, cancel);
        return change;
    }

    private DocumentLayer Layer => tenant.Current.IsProvince ? DocumentLayer.Province : DocumentLayer.Station;

    private async Task<string> TextAsync(OpenedChange? opened, CancellationToken cancel) =>
        opened?.Body.Find(DocumentKinds.Settings, StationSettings.Document, Layer)?.Text is { } sha ? await book.TextAsync(sha, cancel)
        : (await configuration.AtAsync(clock.GetUtcNow(), cancel)).Find(DocumentKinds.Settings, StationSettings.Document)?.Json ?? "{}";
}
