using System.Security.Claims;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Devices.Contracts;
using Modules.Donors.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>The page of a step: opened, refused with errors, to be confirmed, or in conflict with somebody faster.</summary>
internal sealed class StepPage(Store store, VisitFiles files, SaveDraft drafts, StepReadings readings, ShownVerdicts shown, LastValues last, IDonors donors, TimeProvider clock, IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/visits/{id:guid}/steps/{step}", (Guid id, string step, HttpContext http, StepPage use, CancellationToken cancel) => use.OpenAsync(id, step, http, cancel))
            .RequirePermission(CollectionPermissions.Work);

    public static Platform.Pages.Refusal NoVisit => new(RefusalKind.NotFound, "没有这次献血", "请从工作列表中选择");
    private const string Stopped = "已停下，本次献血没有结束。请核对献血者身份和样本标签，重新采样检测后再填写";

    public static Platform.Pages.Refusal NoStep => new(RefusalKind.NotFound, "本次献血的流程中没有这个步骤", "请从工作列表中选择");
    public static Platform.Pages.Refusal NoRight(string title) => new(RefusalKind.Forbidden, $"您没有“{title}”的权限", "请由有权限的人员操作，或联系站点管理员");

    /// <summary>The step as the pinned flow defines it, when a form belongs to it here.</summary>
    public static UserTaskStep? TaskOf(VisitFile file, string step) =>
        file.Configuration.Workflow.UserTasks.FirstOrDefault(t => t.StepCode == step && t.FormKey is { } form && file.Configuration.HasForm(form)) is { } task
            // A paper without a layout cannot be made; the step is done without it, and the archive misses it.
            ? task with { Documents = [.. task.Documents.Where(file.Configuration.HasLayout)] } : null;

    /// <summary>Why this form of the visit cannot be submitted any more; null when it can.</summary>
    public static string? LeftOver(VisitFile file, FormDefinition form, DateTimeOffset now) => NeedleGate.BeforeNeedle(form) ? file.LeftOver(now) : null;

    private async Task<IResult> OpenAsync(Guid id, string step, HttpContext http, CancellationToken cancel)
    {
        if (await files.ReadAsync(id, cancel) is not { } file) return pages.Refuse(NoVisit);
        if (TaskOf(file, step) is not { } defined) return pages.Refuse(NoStep);
        if (TaskAccess.Refuse(defined, file.OpenTask(step), http.User) is { } barred) return pages.Refuse(barred);
        if (file.OpenTask(step) is not { } task) return Results.LocalRedirect($"{http.Request.PathBase}/visits/{id}");
        var form = file.Configuration.Form(defined.FormKey!);
        var (draft, notice, heldBy) = await drafts.TakeAsync(file, task, http.User, cancel);
        var model = await ModelAsync(file, defined, form, draft, [], http.User, cancel, fill: true) with { Notice = LeftOver(file, form, clock.GetUtcNow()) ?? (http.Request.Query.ContainsKey("again") ? Stopped : notice), HeldBy = heldBy, Registered = http.Request.Query.ContainsKey("registered"), Why = task.Note, Late = task.EscalatedAt is not null, Reassign = TaskAccess.MayReassign(task, http.User) };
        return pages.Show(model);
    }

    /// <summary>A device has sent results since the person opened the page: nothing is signed unseen.</summary>
    public async Task<IResult> NewReadingsAsync(VisitFile file, UserTaskStep defined, FormDefinition form, StepPost post, HttpContext http, CancellationToken cancel)
    {
        var model = await ModelAsync(file, defined, form, post.Fields, [], http.User, cancel, fill: true);
        return pages.Show(model with { Notice = "仪器刚传来新的结果，请对照后再提交", Kept = post.Kept }, StatusCodes.Status409Conflict);
    }

    public async Task<IResult> RefusedAsync(
        VisitFile file, UserTaskStep defined, FormDefinition form, StepPost post, IReadOnlyList<FieldError> errors, StepConfirmation? confirmation, HttpContext http, CancellationToken cancel)
    {
        var model = await ModelAsync(file, defined, form, post.Fields, errors, http.User, cancel) with { Kept = post.Kept };
        if (confirmation is not null) model = model with { Confirmation = confirmation, Verdicts = confirmation.Verdicts };
        return pages.Show(model, StatusCodes.Status422UnprocessableEntity);
    }

    public async Task<IResult> ConfirmAsync(
        VisitFile file, UserTaskStep defined, FormDefinition form, StepPost post, StepConfirmation confirmation, HttpContext http, CancellationToken cancel)
    {
        var model = await ModelAsync(file, defined, form, post.Fields, [], http.User, cancel);
        return pages.Show(model with { Confirmation = confirmation, Verdicts = confirmation.Verdicts, Kept = post.Kept });
    }

    public async Task<IResult> ConflictAsync(VisitFile file, UserTaskStep defined, FormDefinition form, StepPost post, HttpContext http, CancellationToken cancel)
    {
        var theirs = file.Latest(defined.StepCode);
        var mine = FormReading.Read(form, post.Fields, files.Context(file, form, files.Facts(file, defined.StepCode), clock.GetUtcNow())).Submission;
        IReadOnlyList<FieldChange> differences = theirs is null || mine is null ? [] : FieldChange.Between(form, files.Restored(form, theirs), mine);
        var model = await ModelAsync(file, defined, form, post.Fields, [], http.User, cancel);
        return pages.Show(model with
        {
            Conflict = new StepConflict(theirs?.PersonName, theirs?.At ?? clock.GetUtcNow(), differences),
        }, StatusCodes.Status409Conflict);
    }

    private static IReadOnlyList<VisitLink> ImportLink(VisitFile file, FormDefinition form, ClaimsPrincipal user) =>
        form.Fields.Any(f => f.TestItem is not null) && NeedleGate.Guards(form) && user.Has(DeviceFiles.Permission) ? [new VisitLink(DeviceFiles.ImportPath(file.Visit.Id), "导入机器运行记录")] : [];

    /// <summary>Where a submitted step leads: the next step this person may do, else the visit's page.</summary>
    public static string Next(StepResult result, ClaimsPrincipal user)
    {
        var opened = result.Run.Effects.OfType<BookmarkOpened>().Select(o => result.Configuration.Workflow.UserTasks.FirstOrDefault(t => t.ActivityId == o.Bookmark.ActivityId))
            .FirstOrDefault(t => t?.Permission is { } permission && user.Has(permission) && t.FormKey is { } form && result.Configuration.HasForm(form));
        return opened is null ? $"/visits/{result.Visit.Id}" : $"/visits/{result.Visit.Id}/steps/{opened.StepCode}";
    }

    private async Task<StepModel> ModelAsync(
        VisitFile file, UserTaskStep defined, FormDefinition form, IReadOnlyDictionary<string, string>? values, IReadOnlyList<FieldError> errors, ClaimsPrincipal user, CancellationToken cancel, bool fill = false)
    {
        var known = files.Facts(file, defined.StepCode);
        var (preview, target) = Preview(file, defined.StepCode, form, known);
        values ??= file.Latest(defined.StepCode) is { } before ? Again(form, VisitViews.Texts(files.Restored(form, before))) : null;
        values ??= target is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [CollectionFacts.TargetUnits] = target };
        var context = files.Context(file, form, known, clock.GetUtcNow());
        var measured = await readings.OfAsync(file, form, context, cancel);
        if (fill) values = measured.Fill(values.Count > 0 ? values : form.Fields.Where(f => f.Default is not null).ToDictionary(f => f.Code, f => f.Default!, StringComparer.Ordinal));
        var verdicts = preview ?? shown.Of(file, FormReading.Read(form, values, context).Facts, defined.StepCode);
        var path = $"/visits/{file.Visit.Id}/steps/{defined.StepCode}";
        return new StepModel(
            defined.Title, path, path + "/draft", Guid.CreateVersion7(clock.GetUtcNow()), file.Instance.Revision, VisitViews.Banner(file),
            VisitViews.Rail(file, defined.StepCode, user), form, context, values,
            await PreviousAsync(file, form, cancel), errors, verdicts, null)
        {
            Notes = measured.Notes,
            Offers = await last.OfAsync(file, form, context.Today, cancel),
            Readings = measured.Token,
            Signers = [.. form.Signers.Where(s => s.Signs)],
            Documents = VisitViews.Documents(file, user),
            Links = [new VisitLink($"/visits/{file.Visit.Id}", "本次献血"), .. ImportLink(file, form, user), .. ReportReaction.Links(file, user)],
            Actions = defined.Actions,
        };
    }

    /// <summary>What was entered before stands there again, but for the look at the document: who signs anew is looked at anew.</summary>
    private static Dictionary<string, string> Again(FormDefinition form, IReadOnlyDictionary<string, string> before) =>
        before.Where(v => !form.Signers.Any(s => s.IdentityField == v.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>Where the step sets the target, the verdict at the highest target that passes; null at any other step.</summary>
    private (IReadOnlyList<VerdictView>? Verdicts, string? Target) Preview(VisitFile file, string step, FormDefinition form, FactBag known)
    {
        if (form.Field(CollectionFacts.TargetUnits) is not { Options: { } options } || !file.Configuration.Packs.Stages.Contains(step)) return (null, null);
        var run = new VisitRun(file.Configuration, donors, file.Donor.IdNumber, file.History, file.Visit.DonationType, file.Visit.Day, known);
        var targets = options.Select(o => decimal.Parse(o.Code)).OrderDescending()
            .Select(units => (Units: units, Verdict: run.Judge(step, file.Visit.DonationType, units))).ToList();
        var best = targets.FirstOrDefault(t => t.Verdict.Outcome is RuleOutcome.Pass or RuleOutcome.Prompt, targets[0]);
        var views = file.Configuration.Packs.DonationTypes.Where(t => t.Code == file.Visit.DonationType || file.Configuration.Offers(t.Code)).OrderBy(t => t.Code == file.Visit.DonationType ? 0 : 1)
            .Select(t => VerdictView.Of(file.Configuration, t.Code == file.Visit.DonationType ? best.Verdict : run.Judge(step, t.Code, best.Units)));
        return ([.. views], best.Verdict.Outcome is RuleOutcome.Pass or RuleOutcome.Prompt ? $"{best.Units:0}" : null);
    }

    private async Task<IReadOnlyDictionary<string, string>> PreviousAsync(VisitFile file, FormDefinition form, CancellationToken cancel)
    {
        var last = await store.Set<Submission>().AsNoTracking()
            .Where(s => s.DonorId == file.Visit.DonorId && s.Form == form.Code && s.VisitId != file.Visit.Id).OrderByDescending(s => s.At).FirstOrDefaultAsync(cancel);
        return last is null ? new Dictionary<string, string>() : files.Values(form, last).Where(v => form.Field(v.Code) is { Protected: false }).ToDictionary(v => v.Code, v => v.Value, StringComparer.Ordinal);
    }
}
