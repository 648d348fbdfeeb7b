using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Configuring.Contracts;
using Platform.Flows;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Configuring;

/// <param name="Key">Of the field on the page.</param>
/// <param name="IsTest">An optional test; otherwise a feature.</param>
/// <param name="On">In force now.</param>
/// <param name="Drafted">As the open change has it.</param>
/// <param name="UsedBy">What names it, zh-CN; empty when nothing does.</param>
public sealed record SwitchRow(string Key, string Code, string Title, bool IsTest, bool On, bool Drafted, IReadOnlyList<string> UsedBy);

/// <param name="Open">Visits in progress, which go on as they were registered.</param>
public sealed record FeaturesModel(IReadOnlyList<SwitchRow> Rows, int Open, ChangeBar? Bar, bool MayEdit, string? Error)
{
    public string Title { get; init; } = "";
    public string Reason { get; init; } = "";
}

/// <summary>功能开关: features and optional tests, each with what it is used by.</summary>
internal sealed class EditFeatures(SettingsEdits edits, FeatureUse use, ChangeDesk desk, ChangePeople people, Store store, IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(ConfigPaths.Features, async (HttpContext http, EditFeatures use, IPages pages, CancellationToken cancel) => pages.Show(await use.ModelAsync(http, cancel))).RequirePermission(ConfiguringPermissions.View);
        endpoints.MapPost(ConfigPaths.Features, (HttpContext http, EditFeatures use, CancellationToken cancel) => use.SaveAsync(http, cancel))
            .RequirePermission(ConfiguringPermissions.View).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<FeaturesModel> ModelAsync(HttpContext http, CancellationToken cancel)
    {
        var open = await store.Set<UserTaskRow>().Where(t => t.ClosedAt == null).Select(t => t.Subject).Distinct().CountAsync(cancel);
        return new FeaturesModel(await RowsAsync(http, cancel), open, await desk.BarAsync(http.User.Id(), cancel), http.User.Has(PublishingPermissions.Settings.Draft), null);
    }

    private async Task<IReadOnlyList<SwitchRow>> RowsAsync(HttpContext http, CancellationToken cancel)
    {
        var set = await edits.SetAsync(cancel);
        return use.Rows(set, StationSettings.Of(set), await edits.DraftedAsync(await desk.OpenAsync(http.User.Id(), cancel), cancel));
    }

    private async Task<IResult> SaveAsync(HttpContext http, CancellationToken cancel)
    {
        var post = await http.Request.ReadFormAsync(cancel);
        var rows = await RowsAsync(http, cancel);
        var on = rows.Where(r => post[r.Key] == "on").Select(r => r.Key).ToHashSet(StringComparer.Ordinal);
        string error;
        try
        {
            if (await edits.SaveAsync(SettingsPost.Of(post), json => StationForm.Switched(json, rows, on), await people.OfAsync(http.User.Id(), cancel), cancel) is not null)
                return Results.LocalRedirect(http.Request.PathBase + ConfigPaths.Features);
            error = "没有改动：开关与现在的相同";
        }
        catch (PublishingRefusedException e)
        {
            error = e.Message;
        }
        var model = await ModelAsync(http, cancel);
        return pages.Show(model with { Rows = [.. rows.Select(r => r with { Drafted = on.Contains(r.Key) })], Error = error, Title = post["title"].ToString(), Reason = post["reason"].ToString() }, StatusCodes.Status422UnprocessableEntity);
    }
}

/// <summary>What features and optional tests a set knows, and what names them.</summary>
internal sealed class FeatureUse(IEnumerable<Feature> features, ConfiguredWords words)
{
    public IReadOnlyList<SwitchRow> Rows(InForce set, StationSettings now, StationSettings drafted) =>
    [
        .. features.OrderBy(f => f.Code, StringComparer.Ordinal).Select(f => new SwitchRow("feature-" + f.Code, f.Code, f.Title, false, now.Features.Contains(f.Code), drafted.Features.Contains(f.Code), UsedBy(set, f.Code))),
        .. StationFacts.TestItemsOf(set).All.Where(i => i.Optional).Select(i => new SwitchRow("test-" + i.Code, i.Code, $"{i.Label}{(i.Unit is { Length: > 0 } unit ? $"（{unit}）" : "")}", true, now.OptionalTests.Contains(i.Code), drafted.OptionalTests.Contains(i.Code), UsedBy(set, i.Code))),
    ];

    private IReadOnlyList<string> UsedBy(InForce set, string code) =>
        [.. set.Documents.Where(d => d.Kind is DocumentKinds.Form or DocumentKinds.FormOverlay or DocumentKinds.RulePack or DocumentKinds.Workflow or DocumentKinds.DeviceProfile && d.Json.Contains($"\"{code}\"", StringComparison.Ordinal)).Select(words.Of).Distinct()];
}
