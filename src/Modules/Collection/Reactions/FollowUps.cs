using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <param name="Overdue">The day it was due on is past.</param>
public sealed record FollowUpRow(Guid Id, Guid VisitId, string MaskedName, string Sex, int Age, DonorMark Mark, DateOnly DueOn,
    bool Overdue);

public sealed record FollowUpModel(Paged<FollowUpRow> Rows);

/// <summary>随访: donors somebody is to call, and what they said. A call may ask for another.</summary>
internal sealed class FollowUps(Store store, VisitFiles files, SideForm side, IDonors donors, StationClock station, IPages pages)
{
    public const string Form = "reaction-follow-up";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/follow-ups", (int? page, FollowUps use, CancellationToken cancel) => use.ListAsync(page, cancel))
            .RequirePermission(CollectionPermissions.Reaction);
        endpoints.MapGet("/follow-ups/{id:guid}", (Guid id, HttpContext http, FollowUps use) => use.OpenAsync(id, http))
            .RequirePermission(CollectionPermissions.Reaction);
        endpoints.MapPost("/follow-ups/{id:guid}", (Guid id, HttpContext http, FollowUps use) => use.SubmitAsync(id, http))
            .RequirePermission(CollectionPermissions.Reaction).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost("/follow-ups/{id:guid}" + SideForm.Draft, (Guid id, HttpContext http, FollowUps use) => use.KeepAsync(id, http))
            .RequirePermission(CollectionPermissions.Reaction).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    /// <summary>In the caller's transaction, when the form asks for one.</summary>
    public static void Open(Store store, Visit visit, FormSubmission submission, Submission because, DateTimeOffset now)
    {
        if (submission.Facts.Date(CollectionFacts.FollowUpOn) is { } due) Add(store, visit, because.Step, due, now);
    }

    /// <summary>In the caller's transaction: the call somebody still has to make follows a corrected form.</summary>
    public static async Task FollowAsync(Store store, StepResult corrected, CancellationToken cancel)
    {
        var (visit, step, due) = (corrected.Visit, corrected.Step, corrected.Record!.Submission.Facts.Date(CollectionFacts.FollowUpOn));
        var asked = await store.Set<FollowUp>().Where(f => f.VisitId == visit.Id && f.Because == step).ToListAsync(cancel);
        foreach (var open in asked.Where(f => f.ClosedAt is null))
            if (due is { } day) open.DueOn = day;
            else (open.ClosedAt, open.ClosedBy) = (corrected.At, corrected.By.Name);
        if (due is { } first && asked.Count == 0) Add(store, visit, step, first, corrected.At);
    }

    private static void Add(Store store, Visit visit, string because, DateOnly due, DateTimeOffset now) =>
        store.Add(new FollowUp { Id = Guid.CreateVersion7(now), VisitId = visit.Id, DonorId = visit.DonorId, Because = because, DueOn = due,
            OpenedAt = now });

    private async Task<IResult> ListAsync(int? page, CancellationToken cancel)
    {
        var open = await store.Set<FollowUp>().AsNoTracking().Where(f => f.ClosedAt == null).OrderBy(f => f.DueOn).ThenBy(f => f.Id)
            .PageAsync(page, cancel);
        var people = await donors.FindManyAsync(open.Items.Select(f => f.DonorId).Distinct().ToList(), cancel);
        var visits = open.Items.Select(f => f.VisitId).ToList();
        var of = await store.Set<Visit>().AsNoTracking().Where(v => visits.Contains(v.Id)).ToDictionaryAsync(v => v.Id, cancel);
        var today = await station.TodayAsync(cancel);
        var listed = of.Values.Select(v =>
            new PresentDonor(v.Id, v.DonorId, Mask.Name(people[v.DonorId].Name), new QueuePlace(v.Day, v.QueueNumber))).ToList();
        FollowUpRow Marked(FollowUp call)
        {
            var donor = people[call.DonorId];
            return Row(call, donor, DonorMark.Of(of[call.VisitId], Mask.Name(donor.Name), listed, today), today);
        }

        return pages.Show(new FollowUpModel(open.With<FollowUpRow>([.. open.Items.Select(Marked)])));
    }

    private static FollowUpRow Row(FollowUp followUp, DonorRecord donor, DonorMark mark, DateOnly today) => new(
        followUp.Id, followUp.VisitId, Mask.Name(donor.Name), donor.Sex == "F" ? "女" : "男", donor.AgeOn(today), mark, followUp.DueOn,
        followUp.DueOn < today);

    private async Task<IResult> OpenAsync(Guid id, HttpContext http) =>
        await FindAsync(id, http.RequestAborted) is { FollowUp.ClosedAt: null } found
        ? await side.ShowAsync(SideView.Of(Use(id), found.File, http), http.RequestAborted) : pages.Refuse(NotHere);

    private async Task<IResult> KeepAsync(Guid id, HttpContext http) =>
        await FindAsync(id, http.RequestAborted) is not var (followUp, file) ? RefusalResults.Problem(NotHere)
        : followUp.ClosedAt is null ? await side.KeepAsync(SideView.Of(Use(id), file, http), http.Request)
            : RefusalResults.Problem(NotHere with { Kind = RefusalKind.Conflict });

    private async Task<IResult> SubmitAsync(Guid id, HttpContext http)
    {
        if (await FindAsync(id, http.RequestAborted) is not var (followUp, file)) return pages.Refuse(NotHere);
        // Two people may have called the same donor: both calls are kept.
        return await side.SubmitAsync(
            new SideAttempt(SideView.Of(Use(id), file, http), await Post.ReadAsync(http.Request, http.RequestAborted),
            (submission, written) =>
        {
            (followUp.ClosedAt, followUp.ClosedBy) = (station.Now, http.User.FullNameOf());
            Open(store, file.Visit, submission, written, station.Now);
            return Task.CompletedTask;
        }), http.RequestAborted);
    }

    private async Task<(FollowUp FollowUp, VisitFile File)?> FindAsync(Guid id, CancellationToken cancel) =>
        await store.Set<FollowUp>().SingleOrDefaultAsync(f => f.Id == id, cancel) is { } followUp
            && await files.ReadAsync(followUp.VisitId, cancel) is { } file ? (followUp, file) : null;

    private static Refusal NotHere => new(RefusalKind.NotFound, "没有这项随访，或已完成", "请从随访列表中选择");

    private static SideFormUse Use(Guid id) => new(Form, "随访", "/follow-ups", $"/follow-ups/{id}");
}
