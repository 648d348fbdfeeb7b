using Engine.Documents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Collection.Contracts;
using Modules.Configuring.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Tenancy;

namespace Modules.Configuring;

/// <param name="Picture">Path of the picture.</param>
/// <param name="Pdf">Path of the paper itself.</param>
public sealed record PreviewedPaper(string Name, string Title, string Picture, string Pdf);

/// <summary>A paper as it would be with a change, for an invented donor: what a nurse gets, by the same renderer.</summary>
internal sealed class ShowPaper(IPaperPreviews previews, ChangeBook book, CheckChange check, Publisher publisher, TenantContext tenant, IPages pages)
{
    private const string Path = "/config/papers";

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(Path + "/{paper}.{ending}", (string paper, string ending, Guid? change, ShowPaper use, CancellationToken cancel) => use.HandleAsync((paper, ending, change), cancel))
            .RequirePermission(ConfiguringPermissions.View);

    /// <summary>Papers that a change makes different; all where it touches what is on all of them.</summary>
    public IReadOnlyList<PreviewedPaper> Touched(OpenedChange opened, ChangeOutcome outcome)
    {
        if (tenant.Current.IsProvince) return [];
        var all = outcome.Documents.Any(d => d.Kind == DocumentKinds.Settings);
        return [.. previews.Papers.Where(p => all || outcome.Documents.Any(d => d.Kind == DocumentKinds.Layout && d.Name == p.Name)).Select(p => Of(p, opened))];
    }

    /// <summary>Papers as the page of the station shows them; the province prints none.</summary>
    public IReadOnlyList<PreviewedPaper> OfStation(OpenedChange? opened) => tenant.Current.IsProvince ? [] : [.. previews.Papers.Select(p => Of(p, opened))];

    /// <summary>The revision makes each state's picture an address of its own.</summary>
    private static PreviewedPaper Of(PreviewPaper paper, OpenedChange? opened)
    {
        var query = opened is null ? "" : $"?change={opened.Change.Id}&r={opened.Change.Revision}";
        return new PreviewedPaper(paper.Name, paper.Title, $"{Path}/{paper.Name}.png{query}", $"{Path}/{paper.Name}.pdf{query}");
    }

    private async Task<IResult> HandleAsync((string Paper, string Ending, Guid? Change) asked, CancellationToken cancel)
    {
        var set = await SetAsync(asked.Change, cancel);
        if (set is null || asked.Ending is not ("png" or "pdf")) return pages.Refuse(new Refusal(RefusalKind.NotFound, "没有这份预览", "请从站点资料或变更单页面打开"));
        try
        {
            return (asked.Ending == "pdf" ? previews.Pdf(set, asked.Paper) : previews.Picture(set, asked.Paper)) switch
            {
                RenderedDocument paper => Results.File(paper.Pdf, "application/pdf"),
                RenderedPictures pictures => Results.File(pictures.Pages[0], "image/png"),
                RefusedDocument refused => pages.Refuse(new Refusal(RefusalKind.Invalid, "这份单据排不出来", string.Join("；", refused.Problems.Select(p => p.Message)))),
                _ => pages.Refuse(new Refusal(RefusalKind.NotFound, "没有这份单据", "请从站点资料或变更单页面打开")),
            };
        }
        catch (Exception e) when (e is Engine.Canonical.DocumentFaultException or DocumentException)
        {
            return pages.Refuse(new Refusal(RefusalKind.Invalid, "这份单据排不出来", e.Message));
        }
    }

    private async Task<InForce?> SetAsync(Guid? change, CancellationToken cancel)
    {
        if (change is not { } id) return await publisher.InForceNowAsync(cancel);
        return await book.FindAsync(id, cancel) is { } opened ? await publisher.WithAsync(await check.PrepareAsync(opened, cancel), cancel) : null;
    }
}
