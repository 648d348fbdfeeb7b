using System.Security.Claims;
using Engine.Forms;
using Engine.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Modules.Signing.Contracts;
using Platform.Flows;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>工作列表: what is waiting at each step of the flows in force, and at steps of older flows that still have somebody.</summary>
internal sealed class ShowWorklist(Store store, Configuration configuration, CompiledPacks compiled, IDonors donors, StationClock station, IStaffCertificates certificates, Namesakes namesakes, IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/worklist", (string? step, int? page, HttpContext http, ShowWorklist use, CancellationToken cancel) => use.HandleAsync(step, page, null, http, cancel))
            .RequirePermission(CollectionPermissions.Work);

    /// <param name="notFound">What to say of a number that was looked for and found nothing.</param>
    public async Task<IResult> HandleAsync(string? step, int? page, string? notFound, HttpContext http, CancellationToken cancel)
    {
        var set = VisitConfiguration.Of(await configuration.AtAsync(station.Now, cancel), compiled);
        var counts = await store.Set<UserTaskRow>().Where(t => t.ClosedAt == null).GroupBy(t => new { t.Step, t.Title })
            .Select(g => new { g.Key.Step, g.Key.Title, Count = g.Count() }).ToListAsync(cancel);
        var inFlow = set.Steps.Where(t => t.Features.All(set.Settings.Features.Contains)).ToList();
        var steps = inFlow.Select(t => new WorklistStep(t.StepCode, t.Title, counts.Where(c => c.Step == t.StepCode).Sum(c => c.Count)))
            .Concat(counts.Where(c => inFlow.All(t => t.StepCode != c.Step)).Select(c => new WorklistStep(c.Step, c.Title, c.Count))).ToList();
        if (steps.All(s => s.Step != step)) step = null;
        var tasks = store.Set<UserTaskRow>().AsNoTracking().Where(t => t.ClosedAt == null && (step == null || t.Step == step))
            .OrderBy(t => t.EscalatedAt != null ? 0 : t.AssigneeId == http.User.Id() ? 1 : 2).ThenBy(t => t.OpenedAt).ThenBy(t => t.Id);
        var model = new WorklistModel(steps, step, await RowsAsync(await tasks.PageAsync(page, cancel), set, http, cancel), set.Settings.TimeZone)
        {
            CertificateNotice = await certificates.NoticeAsync(http.User.Id(), cancel),
            RunOut = [.. (await configuration.RunOutAsync(station.Now, cancel)).Select(d => d.Name)],
        };
        return notFound is null ? pages.Show(model) : pages.Show(model with { NotFound = notFound }, StatusCodes.Status404NotFound);
    }

    private async Task<Paged<WorklistRow>> RowsAsync(Paged<UserTaskRow> tasks, VisitConfiguration set, HttpContext http, CancellationToken cancel)
    {
        var ids = tasks.Items.Select(t => t.InstanceId).ToList();
        var visits = await store.Set<Visit>().AsNoTracking().Where(v => ids.Contains(v.InstanceId)).ToDictionaryAsync(v => v.InstanceId, cancel);
        var people = await donors.FindManyAsync(visits.Values.Select(v => v.DonorId).Distinct().ToList(), cancel);
        var (present, today) = (await namesakes.PresentAsync(cancel), set.Settings.LocalDate(station.Now));
        return tasks.With<WorklistRow>([.. tasks.Items.Select(task =>
        {
            var (visit, donor) = (visits[task.InstanceId], people[visits[task.InstanceId].DonorId]);
            return Row(task, visit, (donor, DonorMark.Of(visit, Mask.Name(donor.Name), present, today)), set, http);
        })]);
    }

    private static WorklistRow Row(UserTaskRow task, Visit visit, (DonorRecord Record, DonorMark Mark) donor, VisitConfiguration set, HttpContext http)
    {
        return new WorklistRow(visit.Id, task.Step, task.Title, Mask.Name(donor.Record.Name), donor.Record.Sex == "F" ? "女" : "男", donor.Record.AgeOn(visit.Day),
            set.DonationTypeTitle(visit.DonationType), task.OpenedAt, task.AssigneeName ?? task.HolderName, PathOf(task, visit, set, http.User))
        {
            Mark = donor.Mark, Escalated = task.EscalatedAt is not null, Mine = task.AssigneeId == http.User.Id(), Assigned = task.AssigneeId is not null, Note = task.Note,
            Reassign = task.Step != UserTaskRow.Exception && TaskAccess.MayReassign(task, http.User),
        };
    }

    /// <summary>Where this person works on it; null when he may not.</summary>
    private static string? PathOf(UserTaskRow task, Visit visit, VisitConfiguration set, ClaimsPrincipal user) =>
        !TaskAccess.MayOpen(task, user) ? null
        : task.Step == UserTaskRow.Exception ? $"/visits/{visit.Id}/exception"
        : set.HasForm(task.Form) ? $"/visits/{visit.Id}/steps/{task.Step}" : null;
}
