using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Configuring.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Configuring;

/// <param name="From">First instant in force; null: as soon as it is approved.</param>
/// <param name="Needs">Rights an approval asks for.</param>
public sealed record ChangeRow(Guid Id, string Number, string Title, ChangeStage Stage, string Authors, DateTimeOffset? From, DateTimeOffset CreatedAt, IReadOnlyList<string> Needs, IReadOnlyList<string> AuthorIds);

public sealed record ChangesModel(Paged<ChangeRow> Changes, string Search, string Sort, ChangeBar? Bar, bool MayDraft, string? Error, TimeZoneInfo TimeZone);

/// <summary>变更单: all of them, the newest first.</summary>
internal sealed class ListChanges(Store store, Publisher publisher, ChangeDesk desk, StationClock station)
{
        public static IReadOnlyList<string> Sorts { get; } = ["-number", "title", "state", "author"];

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(ConfigPaths.Changes, async (string? q, string? sort, int? page, HttpContext http, ListChanges use, IPages pages, CancellationToken cancel) => pages.Show(await use.ModelAsync(q, sort, page, http, cancel)))
            .RequirePermission(ConfiguringPermissions.View);

    public async Task<ChangesModel> ModelAsync(string? q, string? sort, int? page, HttpContext http, CancellationToken cancel)
    {
        var (search, order) = (ShowConfiguration.Text(q), Sorts.Any(s => s.TrimStart('-') == sort?.TrimStart('-')) ? sort! : Sorts[0]);
        var found = store.Set<Change>().AsNoTracking();
        if (search.Length > 0) found = found.Where(c => c.Title.Contains(search) || c.Number.Contains(search) || c.AuthorName.Contains(search));
        var shown = await Sorted(found, order).PageAsync(page, cancel);
        return new ChangesModel(shown.With(await RowsAsync(shown.Items, cancel)), search, order, await desk.BarAsync(http.User.Id(), cancel), MayDraft(http), null, (await station.SettingsAsync(cancel)).TimeZone);
    }

    /// <summary>Those that somebody still has to do with, or that are still to come.</summary>
    public async Task<IReadOnlyList<ChangeRow>> OpenAsync(CancellationToken cancel)
    {
        var now = station.Now;
        return await RowsAsync(await store.Set<Change>().AsNoTracking().Where(c => c.State != ChangeState.Withdrawn && (c.State != ChangeState.Approved || c.InForceFrom > now)).OrderByDescending(c => c.Number).ToListAsync(cancel), cancel);
    }

    public bool MayDraft(HttpContext http) => publisher.Kinds.Any(k => http.User.Has(k.Rights.Draft));

    private async Task<IReadOnlyList<ChangeRow>> RowsAsync(IReadOnlyList<Change> changes, CancellationToken cancel)
    {
        var ids = changes.Select(c => c.Id).ToList();
        var revisions = (await store.Set<ChangeRevision>().AsNoTracking().Where(r => ids.Contains(r.ChangeId)).OrderBy(r => r.Number).Select(r => new { r.ChangeId, r.PersonId, r.PersonName, r.BodyJson }).ToListAsync(cancel)).ToLookup(r => r.ChangeId);
        var back = await store.Set<Change>().AsNoTracking().Where(c => c.TakesBack != null && ids.Contains(c.TakesBack.Value) && c.State == ChangeState.Approved && c.InForceFrom <= station.Now).Select(c => c.TakesBack!.Value).ToListAsync(cancel);
        return [.. changes.Select(c =>
        {
            var body = ChangeBody.Read(revisions[c.Id].Last().BodyJson);
            return new ChangeRow(c.Id, c.Number, c.Title, ChangeStates.Stage(c.State, c.InForceFrom, back.Contains(c.Id), station.Now), string.Join("、", revisions[c.Id].Select(r => r.PersonName).Distinct()),
                c.InForceFrom ?? body.From, c.CreatedAt, ApprovalRule.Needs(body, publisher.Kind), [.. revisions[c.Id].Select(r => r.PersonId).Distinct()]);
        })];
    }

    private static IQueryable<Change> Sorted(IQueryable<Change> changes, string sort)
    {
        var (by, back) = (sort.TrimStart('-'), sort.StartsWith('-'));
        var sorted = by switch
        {
            "title" => back ? changes.OrderByDescending(c => c.Title) : changes.OrderBy(c => c.Title),
            "state" => back ? changes.OrderByDescending(c => c.State) : changes.OrderBy(c => c.State),
            "author" => back ? changes.OrderByDescending(c => c.AuthorName) : changes.OrderBy(c => c.AuthorName),
            _ => back ? changes.OrderByDescending(c => c.Number) : changes.OrderBy(c => c.Number),
        };
        return sorted.ThenByDescending(c => c.Number);
    }
}
