using System.Text.Json;
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

    public IReadOnlyList<Permission> Permissions { get; } = [new(Work, "登记检定")];

    public IReadOnlyList<Feature> Features { get; } = [new("calibration", "设备检定")];

    public IReadOnlyList<Setting> Settings { get; } = [new("calibrationLaboratory", "检定机构") { Default = "计量院", Shown = SettingPlaces.Label }];

    public IReadOnlyList<MenuEntry> Menu { get; } = [new("检定", Path) { Permission = Work, Feature = "calibration", Landing = 35 }];

    public IReadOnlyList<FactDefinition> Facts { get; } = [new("calibrationDays", "距上次检定的天数", "Days since calibration", FactKind.Number, "d", 0, 3650, Source: "calibration")];

    public IReadOnlyList<IActivity> Activities { get; } = [new RequireCalibration()];

    public IReadOnlyList<Printable> Printables { get; } =
        [Printable.Of(new DocumentFields("calibration-label", "检定标签", new Dictionary<string, string> { ["device"] = "设备", ["calibrationLaboratory"] = "检定机构" }, new Dictionary<string, IReadOnlyDictionary<string, string>>()))];

    public IReadOnlyList<RecurringWork> Recurring { get; } = [new(RemindCalibration.Kind, "提醒检定", "0 0 * * * ?")];

    public void AddServices(IServiceCollection services) => services.AddScoped<RecordCalibration>().AddJob<RemindCalibration>(RemindCalibration.Kind);

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, (RecordCalibration use, CancellationToken cancel) => use.ShowAsync([], cancel)).RequirePermission(Work);
        endpoints.MapPost(Path + "/{form}", (string form, HttpContext http, RecordCalibration use, CancellationToken cancel) => use.RecordAsync(form, http, cancel))
            .RequirePermission(Work).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }
}

public sealed record CalibrationsModel(IReadOnlyList<string> Forms, IReadOnlyList<string> Records, IReadOnlyList<FieldError> Errors);

/// <summary>Records either of the module's forms as the station has it in force.</summary>
internal sealed class RecordCalibration(Store store, Configuration configuration, StationClock station, IPages pages)
{
    public async Task<IResult> ShowAsync(IReadOnlyList<FieldError> errors, CancellationToken cancel)
    {
        var records = await store.Set<AuditEntry>().Where(e => e.Subject.StartsWith("calibration:")).OrderByDescending(e => e.Id).Select(e => e.New!).ToListAsync(cancel);
        var forms = StationFacts.FormsOf(await configuration.AtAsync(station.Now, cancel)).Where(f => f.Code.StartsWith("calibration", StringComparison.Ordinal));
        return pages.Show(new CalibrationsModel([.. forms.Select(f => f.Title)], records, errors), errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    public async Task<IResult> RecordAsync(string code, HttpContext http, CancellationToken cancel)
    {
        var set = await configuration.AtAsync(station.Now, cancel);
        var form = StationFacts.FormsOf(set).Single(f => f.Code == code);
        var posted = (await http.Request.ReadFormAsync(cancel)).ToDictionary(f => f.Key, f => f.Value.ToString());
        var reading = FormReading.Read(form, posted, new FormContext(new FactBag(), new HashSet<string>(), await station.TodayAsync(cancel)));
        if (reading.Submission is not { } submission) return await ShowAsync(reading.Errors, cancel);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(new AuditEntry
        {
            At = station.Now, PersonId = http.User.Id(), PersonName = http.User.FullNameOf(), Action = form.Title, Subject = "calibration:" + code,
            New = JsonSerializer.Serialize(submission.Values.ToDictionary(v => v.Code, v => v.Value)),
        });
        await transaction.CommitAsync(cancel);
        return Results.LocalRedirect(http.Request.PathBase + CalibrationModule.Path);
    }
}

/// <summary>Comes every hour and counts what was recorded.</summary>
internal sealed class RemindCalibration(Store store) : IJobHandler
{
    public const string Kind = "calibration.remind";

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        var records = await store.Set<AuditEntry>().CountAsync(e => e.Subject.StartsWith("calibration:"), cancel);
        await run.WriteAsync(store, [new JobWord("检定", $"已登记 {records} 次", false)], job => job.Done = job.Total = records, cancel);
    }
}

internal sealed class RequireCalibration() : CodeActivity(new ActivityDescriptor("Calibration.Require", "检定在有效期内", "检定", ["Done"], []))
{
    protected override ValueTask RunAsync(ActivityContext context) => ValueTask.CompletedTask;
}

[Layout(typeof(Web.Pages.Shared.MainLayout))]
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
