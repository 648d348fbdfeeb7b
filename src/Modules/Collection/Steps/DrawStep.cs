using System.Security.Claims;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Modules.Devices.Contracts;
using Modules.Donors.Contracts;
using Platform.People;

namespace Modules.Collection;

/// <summary>A step as one person sees it.</summary>
internal sealed record StepView(VisitFile File, UserTaskStep Task, ClaimsPrincipal User)
{
    /// <summary>What stands in the inputs; null for what the step begins with.</summary>
    public IReadOnlyDictionary<string, string>? Values { get; init; }

    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>Whether gaps are filled by what devices have measured.</summary>
    public bool Fill { get; init; }

    public FormDefinition Form => File.Configuration.Form(Task.FormKey!);
}

/// <summary>Makes the page of a step.</summary>
internal sealed class DrawStep(VisitFiles files, StepReadings readings, ShownVerdicts shown, LastValues last, IDonors donors,
    TimeProvider clock)
{
    public async Task<StepModel> ModelAsync(StepView view, CancellationToken cancel)
    {
        var (file, form, step) = (view.File, view.Form, view.Task.StepCode);
        var known = files.Facts(file, step);
        var (preview, target) = Preview(view, known);
        var context = files.Context(file, form, known, clock.GetUtcNow());
        var measured = await readings.OfAsync(file, form, context, cancel);
        var values = view.Values ?? Begun(view, target);
        if (view.Fill) values = measured.Fill(values.Count > 0 ? values
            : form.Fields.Where(f => f.Default is not null).ToDictionary(f => f.Code, f => f.Default!, StringComparer.Ordinal));
        var path = StepAttempt.PathOf(file, view.Task);
        return new StepModel(
            view.Task.Title, path, path + "/draft", Guid.CreateVersion7(clock.GetUtcNow()), file.Instance.Revision, VisitViews.Banner(file),
            VisitViews.Rail(file, step, view.User), form, context, values,
            await last.PreviousAsync(file, form, cancel), view.Errors, preview
                ?? shown.Of(file, FormReading.Read(form, values, context).Facts, step), null)
        {
            Notes = measured.Notes, Offers = await last.OfAsync(file, form, context.Today, cancel), Readings = measured.Token,
            Signers = [.. form.Signers.Where(s => s.Signs)],
            Documents = VisitViews.Documents(file, view.User), Links = Links(view), Actions = view.Task.Actions,
        };
    }

    private static IReadOnlyList<VisitLink> Links(StepView view)
    {
        var imports = view.Form.Fields.Any(f => f.TestItem is not null) && NeedleGate.Guards(view.Form)
            && view.User.Has(DeviceFiles.Permission);
        IReadOnlyList<VisitLink> import = imports ? [new VisitLink(DeviceFiles.ImportPath(view.File.Visit.Id), "导入机器运行记录")] : [];
        return [new VisitLink($"/visits/{view.File.Visit.Id}", "本次献血"), .. import, .. ReportReaction.Links(view.File, view.User)];
    }

    /// <summary>What was entered before stands there again, but for the look at the document: who signs anew is looked at anew.</summary>
    private IReadOnlyDictionary<string, string> Begun(StepView view, string? target) =>
        view.File.Latest(view.Task.StepCode) is { } before
            ? VisitViews.Texts(files.Restored(view.Form, before)).Where(v => !view.Form.Signers.Any(s => s.IdentityField == v.Key))
                .ToDictionary(StringComparer.Ordinal)
            : target is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [CollectionFacts.TargetUnits] = target };

    /// <summary>Where the step sets the target, the verdict at the highest target that passes; null at any other step.</summary>
    private (IReadOnlyList<VerdictView>? Verdicts, string? Target) Preview(StepView view, FactBag known)
    {
        var (file, step, planned) = (view.File, view.Task.StepCode, view.File.Visit.DonationType);
        if (view.Form.Field(CollectionFacts.TargetUnits) is not { Options: { } options } || !file.Configuration.Packs.Stages.Contains(step))
            return (null, null);
        var run = new VisitRun(file.Configuration, donors, file.Judged, known);
        var targets = options.Select(o => decimal.Parse(o.Code)).OrderDescending()
            .Select(units => (Units: units, Verdict: run.Judge(step, planned, units))).ToList();
        var best = targets.FirstOrDefault(t => t.Verdict.Outcome is RuleOutcome.Pass or RuleOutcome.Prompt, targets[0]);
        var views = file.Configuration.Packs.DonationTypes.Where(t => t.Code == planned || file.Configuration.Offers(t.Code))
            .OrderBy(t => t.Code == planned ? 0 : 1)
            .Select(t => VerdictView.Of(file.Configuration, t.Code == planned ? best.Verdict : run.Judge(step, t.Code, best.Units)));
        return ([.. views], best.Verdict.Outcome is RuleOutcome.Pass or RuleOutcome.Prompt ? $"{best.Units:0}" : null);
    }
}
