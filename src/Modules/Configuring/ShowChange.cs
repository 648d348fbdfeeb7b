using Engine.Forms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Configuring.Contracts;
using Platform.Audit;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Configuring;

/// <summary>A difference and the page it can be changed on.</summary>
public sealed record ShownDifference(DifferenceLine Line, string? Link);

/// <param name="Link">Path of the field; null where there is no page for it yet.</param>
public sealed record ShownFinding(SetFinding Finding, string? Link);

/// <param name="Stale">The set it would be in force with has changed since.</param>
public sealed record ShownCheck(DateTimeOffset At, IReadOnlyList<ShownFinding> Findings, bool Stale);

/// <param name="Counts">It is for what would be in force now; otherwise a later edit or another change has voided it.</param>
public sealed record ShownApproval(string Name, DateTimeOffset At, string? Note, bool Signed, bool Counts);

/// <summary>What whoever looks may do.</summary>
/// <param name="NoApproval">Why this person cannot approve, zh-CN; null when he can.</param>
public sealed record ChangeRights(bool Edit, bool Author, bool Draft, string? NoApproval);

/// <param name="SetHash">Of the whole set that would be in force; what is approved is what was shown.</param>
/// <param name="Missing">Rights nobody has given yet, in words.</param>
/// <param name="Behind">Something else has come into force since it was begun.</param>
public sealed record ChangeModel(
    OpenedChange Opened, ChangeStage Stage, IReadOnlyList<ShownDifference> Differences, ShownCheck? Check, IReadOnlyList<ShownApproval> Approvals, IReadOnlyList<AuditEntry> History, ChangeRights Rights, string SetHash, IReadOnlyList<string> Missing)
{
    public bool Behind { get; init; }
    public Change? TakesBack { get; init; }
    public Change? TakenBackBy { get; init; }
    public IReadOnlyList<PreviewedPaper> Papers { get; init; } = [];
    public IReadOnlyList<ChangeConflict> Conflicts { get; init; } = [];
    public IReadOnlyList<FieldError> Errors { get; init; } = [];
    public IReadOnlyDictionary<string, string> Typed { get; init; } = new Dictionary<string, string>();
    public ChangeBar? Bar { get; init; }
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;
}

/// <summary>One change: what it makes different, what was found, who has done what, and what whoever looks can do.</summary>
internal sealed class ShowChange(Store store, ChangeParts parts, ChangePeople people, ChangeDesk desk, ShowPaper papers, StationClock station)
{
    private const int Shown = 60;

    public static Refusal NotHere { get; } = new(RefusalKind.NotFound, "没有这份变更单", "请从变更单列表中选择");

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(ConfigPaths.Changes + "/{id:guid}", async (Guid id, HttpContext http, ShowChange use, IPages pages, CancellationToken cancel) => await use.ModelAsync(id, http, cancel) is { } model ? pages.Show(model) : pages.Refuse(NotHere))
            .RequirePermission(ConfiguringPermissions.View);

    /// <summary>Null when there is no such change.</summary>
    public async Task<ChangeModel?> ModelAsync(Guid id, HttpContext http, CancellationToken cancel)
    {
        if (await parts.Book.FindAsync(id, cancel) is not { } opened) return null;
        var open = opened.Change.State is not (ChangeState.Approved or ChangeState.Withdrawn);
        var (outcome, viewer) = (open ? await parts.Check.PrepareAsync(opened, cancel) : null, await people.OfAsync(http.User.Id(), cancel));
        var statement = outcome is null ? null : parts.Approve.StatementOf(opened, outcome).ToJson();
        var approvals = await parts.Book.ApprovalsAsync(id, cancel);
        var counting = approvals.Where(a => statement is null || a.StatementJson == statement).ToList();
        var missing = ApprovalRule.Needs(opened.Body, parts.Publisher.Kind).Except(counting.SelectMany(a => a.Rights.Split(' '))).ToList();
        return new ChangeModel(
            opened, ChangeStates.Stage(opened.Change.State, opened.Change.InForceFrom, await parts.Book.IsTakenBackAsync(id, station.Now, cancel), station.Now),
            [.. (await parts.Difference.OfAsync(opened, cancel)).Select(l => new ShownDifference(l, StationForm.LinkTo(l.Document, l.Address)))], await CheckAsync(opened, outcome, cancel),
            [.. approvals.Select(a => new ShownApproval(a.PersonName, a.At, a.Note, a.Cms is not null, counting.Contains(a)))],
            await store.Set<AuditEntry>().AsNoTracking().Where(e => e.Subject == opened.Subject).OrderByDescending(e => e.Id).Take(Shown).ToListAsync(cancel),
            RightsOf(opened, viewer, missing, open), outcome?.SetHash ?? "", [.. missing.Select(RightWords.Of)])
        {
            Behind = open && await parts.Merge.IsBehindAsync(opened, cancel), Bar = await desk.BarAsync(http.User.Id(), cancel), TimeZone = (await station.SettingsAsync(cancel)).TimeZone,
            TakesBack = opened.Change.TakesBack is { } original ? await store.Set<Change>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == original, cancel) : null,
            TakenBackBy = await store.Set<Change>().AsNoTracking().Where(c => c.TakesBack == id && c.State == ChangeState.Approved).FirstOrDefaultAsync(cancel),
            Papers = outcome is null ? [] : papers.Touched(opened, outcome),
        };
    }

    private async Task<ShownCheck?> CheckAsync(OpenedChange opened, ChangeOutcome? outcome, CancellationToken cancel) => await parts.Book.LastCheckAsync(opened.Change, cancel) is { } check
        ? new ShownCheck(check.At, [.. CheckChange.FindingsOf(check).Select(f => new ShownFinding(f, StationForm.LinkTo(f.Document, f.Path)))], outcome is not null && outcome.SetHash != check.SetHash) : null;

    private ChangeRights RightsOf(OpenedChange opened, ChangeActor viewer, List<string> missing, bool open)
    {
        var draft = parts.Publisher.Kinds.Any(k => viewer.May(k.Rights.Draft));
        var edit = open && draft && opened.Body.Documents.All(d => viewer.May(parts.Publisher.Kind(d.Kind).Rights.Draft));
        return new ChangeRights(edit, opened.Authors.Any(a => a.Id == viewer.Id), draft, ApprovalRule.Refusal(opened.Authors, viewer, missing));
    }
}

/// <summary>What can be done with a change.</summary>
public sealed record ChangeParts(ChangeBook Book, CheckChange Check, ApproveChange Approve, ChangeDifference Difference, MergeChange Merge, Publisher Publisher);

/// <summary>Rights by kind of document, zh-CN.</summary>
internal static class RightWords
{
    public static string Of(string permission) => PublishingPermissions.All.FirstOrDefault(p => p.Code == permission)?.Title ?? permission;
}
