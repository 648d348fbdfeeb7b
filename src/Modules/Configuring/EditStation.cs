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
internal sealed class EditStation(StationForm form, SettingsEdits edits, ShowPaper papers, ChangeDesk desk, ChangePeople people, IPages pages)
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
            var person = await people.OfAsync(http.User.Id(), cancel);
            var saved = await edits.SaveAsync(SettingsPost.Of(post), json => StationForm.Changed(json, typed), person, cancel);
            return saved is not null ? Results.LocalRedirect(http.Request.PathBase + ConfigPaths.Station)
                : pages.Show(await ModelAsync(http, cancel, typed) with { Error = "没有改动：所填的与现在的相同" }, StatusCodes.Status422UnprocessableEntity);
        }
        catch (PublishingRefusedException e)
        {
            return pages.Show(await ModelAsync(http, cancel, typed) with { Error = e.Message, Title = post["title"].ToString(), Reason = post["reason"].ToString() }, StatusCodes.Status422UnprocessableEntity);
        }
    }
}
