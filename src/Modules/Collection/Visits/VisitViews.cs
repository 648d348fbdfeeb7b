using System.Security.Claims;
using System.Text.Json;
using Engine.Forms;
using Engine.Rules;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Platform.People;

namespace Modules.Collection;

/// <summary>Turns a visit into what its pages show.</summary>
internal static class VisitViews
{
    public static DonorBanner Banner(VisitFile file) => Banner(file.Donor, file.Visit.Day, file.Configuration.DonationTypeTitle(file.Visit.DonationType), file.History) with
    {
        VisitId = file.Visit.Id, SampleNumber = file.Visit.SampleNumber, DonationNumber = file.Visit.DonationNumber, Queue = new QueuePlace(file.Visit.Day, file.Visit.QueueNumber),
    };

    public static DonorBanner Banner(DonorRecord donor, DateOnly day, string donationType, DonorHistory history) => new(
        null, Mask.Name(donor.Name), donor.Sex == "F" ? "女" : "男", donor.AgeOn(day), donor.GroupInWords, null, null, donationType, Warnings(history, day));

    public static IReadOnlyList<RailStep> Rail(VisitFile file, string? current, ClaimsPrincipal user)
    {
        var done = file.Submissions.Select(s => s.Step).ToHashSet(StringComparer.Ordinal);
        // Of a step that is done again, everything submitted before it was opened and coming after it.
        DateTimeOffset? again = null;
        var steps = new List<RailStep> { new(VisitConfiguration.RegistrationForm, "登记", RailState.Done, false) };
        foreach (var task in file.Configuration.Workflow.UserTasks.Where(t => t.Features.All(file.Configuration.Settings.Features.Contains)))
        {
            var open = file.OpenTask(task.StepCode);
            var state = open is not null ? RailState.Current
                : done.Contains(task.StepCode) ? file.Latest(task.StepCode)!.At < again ? RailState.Again : RailState.Done
                : task.StepCode == current ? RailState.Current
                : file.Visit.State == VisitStates.Open ? RailState.Open : RailState.Skipped;
            if (open is not null && done.Contains(task.StepCode)) again = open.OpenedAt;
            steps.Add(new RailStep(task.StepCode, task.Title, state, open is not null && task.StepCode != current && TaskAccess.MayOpen(open, user)));
        }
        return steps;
    }

    /// <summary>What the flow asked to print, and the paper of a visit that ended without a donation; one that is confidential is not named to everybody.</summary>
    public static IReadOnlyList<PrintableDocument> Documents(VisitFile file, ClaimsPrincipal user)
    {
        var names = DeferralPapers.Of(file) is { } papers
            ? !papers.Permanent ? [PrintedDocuments.DeferralSlip.Document] : user.Has(CollectionPermissions.ExclusionNotice) ? [PrintedDocuments.ExclusionNotice.Document] : []
            : JsonSerializer.Deserialize<List<string>>(file.Visit.PrintsJson)!;
        return [.. names.Distinct().Select(n => new PrintableDocument(n, PrintedDocuments.All.Single(d => d.Document == n).Title))];
    }

    /// <summary>A submission as the inputs of its page.</summary>
    public static IReadOnlyDictionary<string, string> Texts(FormSubmission submission) =>
        submission.Values.Select(v => (v.Code, v.Value)).Concat(submission.Review is { } review ? ReviewEntry.Inputs(review) : [])
            .ToDictionary(v => v.Item1, v => v.Item2, StringComparer.Ordinal);

    private static IReadOnlyList<string> Warnings(DonorHistory history, DateOnly day)
    {
        var warnings = new List<string>();
        if (history.Gap is { } gap) warnings.Add(gap + "：献血间隔无法判定，评估前须查到");
        if (history.Deferrals.Any(d => d.Permanent)) warnings.Add("永久屏蔽");
        else if (history.Deferrals.Where(d => d.Until > day).Max(d => d.Until) is { } until) warnings.Add($"暂缓至 {until:yyyy-MM-dd}");
        if (history.Deferrals.Any(d => d.Undated)) warnings.Add("以往暂缓，日期待定：请重新征询");
        if (history.Donations.Any(d => d.Reaction == true)) warnings.Add("以往有献血反应");
        return warnings;
    }
}
