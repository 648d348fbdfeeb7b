using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Modules.Records.Contracts;
using Platform;
using Platform.Audit;
using Platform.Jobs;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;

namespace IntegrationTests.Exercise;

/// <summary>A module as somebody would add one: 检定, the calibration of a separator, which has no visit.</summary>
public sealed class CalibrationModule : IModule
{
    public const string Work = "calibration.work";
    public const string Path = "/calibrations";
    public const string Kind = "calibration";

    public IReadOnlyList<Permission> Permissions { get; } = [new(Work, "登记检定")];

    public IReadOnlyList<Feature> Features { get; } = [new("calibration", "设备检定")];

    public IReadOnlyList<Setting> Settings { get; } = [new("calibrationLaboratory", "检定机构") { Default = "计量院", Shown = SettingPlaces.Label }];

    public IReadOnlyList<MenuEntry> Menu { get; } = [new("检定", Path) { Permission = Work, Feature = "calibration", Landing = 35 }];

    public IReadOnlyList<FactDefinition> Facts { get; } = [new("calibrationDays", "距上次检定的天数", "Days since calibration", FactKind.Number, "d", 0, 3650, Source: "calibration")];

    public IReadOnlyList<IActivity> Activities { get; } = [new RequireCalibration()];

    public IReadOnlyList<Printable> Printables { get; } =
        [Printable.Of(new DocumentFields("calibration-label", "检定标签", new Dictionary<string, string> { ["device"] = "设备", ["calibrationLaboratory"] = "检定机构" }, new Dictionary<string, IReadOnlyDictionary<string, string>>()))];

    public IReadOnlyList<RecurringWork> Recurring { get; } = [new(RemindCalibration.Kind, "提醒检定", "0 0 * * * ?")];

    public void AddServices(IServiceCollection services) => services.AddScoped<ShowCalibrations>().AddScoped<FillCalibration>().AddJob<RemindCalibration>(RemindCalibration.Kind);

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, (ShowCalibrations use, CancellationToken cancel) => use.ShowAsync([], cancel)).RequirePermission(Work);
        endpoints.MapPost(Path + "/{form}", (string form, HttpContext http, ShowCalibrations use, CancellationToken cancel) => use.RecordAsync(form, http, cancel))
            .RequirePermission(Work).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }
}

public sealed record CalibrationsModel(IReadOnlyList<string> Forms, IReadOnlyList<string> Records, IReadOnlyList<FieldError> Errors);

/// <summary>The module's page: its forms as the station has them in force, and what is on record.</summary>
internal sealed class ShowCalibrations(Store store, Configuration configuration, StationClock station, Acts acts, FillCalibration fill, IPages pages)
{
    public async Task<IResult> ShowAsync(IReadOnlyList<FieldError> errors, CancellationToken cancel)
    {
        var records = await store.Set<Submission>().Where(s => s.SubjectKind == CalibrationModule.Kind).OrderByDescending(s => s.Id).Select(s => s.ValuesJson).ToListAsync(cancel);
        var forms = StationFacts.FormsOf(await configuration.AtAsync(station.Now, cancel)).Where(f => f.Code.StartsWith(CalibrationModule.Kind, StringComparison.Ordinal));
        return pages.Show(new CalibrationsModel([.. forms.Select(f => f.Title)], records, errors), errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    public async Task<IResult> RecordAsync(string code, HttpContext http, CancellationToken cancel)
    {
        var form = StationFacts.FormsOf(await configuration.AtAsync(station.Now, cancel)).Single(f => f.Code == code);
        var post = await Post.ReadAsync(http.Request, cancel);
        return await acts.RunAsync(fill, new CalibrationAttempt(post.OperationId, http.User.Actor(), form, post), cancel) switch
        {
            Decision.Done done => Results.LocalRedirect(http.Request.PathBase + done.Next),
            Decision.Wrong wrong => await ShowAsync(wrong.Errors, cancel),
            _ => pages.Refuse(new Refusal(RefusalKind.Conflict, "没有保存", "请重新打开")),
        };
    }
}

internal sealed record CalibrationAttempt(Guid OperationId, Actor By, FormDefinition Form, Post Post) : Attempt(OperationId, By, Post.Content(CalibrationModule.Path, Form));

/// <summary>Fills in either form about a calibration, signed by account and PIN.</summary>
internal sealed class FillCalibration(Signatures signatures, WriteRecord records, StationClock station) : IAct<CalibrationAttempt, FilledRecord>
{
    public async Task<Decision> DecideAsync(CalibrationAttempt attempt, CancellationToken cancel)
    {
        var reading = FormReading.Read(attempt.Form, attempt.Post.Fields, new FormContext(new FactBag(), new HashSet<string>(), await station.TodayAsync(cancel)));
        if (reading.Submission is not { } submission) return new Decision.Wrong(reading.Errors);
        var proven = await signatures.ProveAsync(new PostedSignatures(attempt.By, attempt.Form.Signers, attempt.Post.Fields, attempt.Content), new SigningTerms(reading.Facts, submission.ContentHash, Electronic: false), cancel);
        if (proven.Errors.Count > 0) return new Decision.Wrong(proven.Errors) { Kept = proven.Kept };
        return new Decision.Ready<FilledRecord>(new FilledRecord(new Subject(CalibrationModule.Kind, attempt.OperationId), attempt.Form.Code, attempt.Form, submission, proven.Signers, attempt.By));
    }

    public async Task<Decision> WriteAsync(CalibrationAttempt attempt, FilledRecord result, Proof proof, CancellationToken cancel)
    {
        await records.AddAsync(result, proof, cancel);
        return new Decision.Done(CalibrationModule.Path);
    }
}

/// <summary>Comes every hour and counts what was recorded.</summary>
internal sealed class RemindCalibration(Store store) : IJobHandler
{
    public const string Kind = "calibration.remind";

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var records = await store.Set<Submission>().CountAsync(s => s.SubjectKind == CalibrationModule.Kind, cancel);
        await run.WriteAsync(store, [new JobWord("检定", $"已登记 {records} 次", false)], job => job.Done = job.Total = records, cancel);
    }
}

internal sealed class RequireCalibration() : CodeActivity(new ActivityDescriptor("Calibration.Require", "检定在有效期内", "检定", ["Done"], []))
{
    protected override ValueTask RunAsync(ActivityContext context) => ValueTask.CompletedTask;
}

[Layout(typeof(MainLayout))]
public sealed class CalibrationsPage : PageOf<CalibrationsModel>
{
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "main");
        builder.AddAttribute(1, "id", "main");
        builder.AddContent(2, string.Join('；', Model.Errors.Select(e => $"{e.Label}：{e.Message}").Concat(Model.Forms).Concat(Model.Records)));
        builder.OpenElement(3, "form");
        builder.AddAttribute(4, "method", "post");
        builder.OpenComponent<Microsoft.AspNetCore.Components.Forms.AntiforgeryToken>(5);
        builder.CloseComponent();
        builder.CloseElement();
        builder.CloseElement();
    }
}
