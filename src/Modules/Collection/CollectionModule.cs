using Engine.Documents;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modules.Collection.Contracts;
using Modules.Records.Contracts;
using Modules.Signing.Contracts;
using Platform.Flows;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;
using Platform;

namespace Modules.Collection;

public static class CollectionPermissions
{
    public const string Work = "collection.work";
    public const string ViewVisit = "collection.view-visit";
    public const string Register = "collection.register";
    public const string Reaction = "collection.reaction";
    public const string HandOver = "collection.hand-over";
    public const string HandleExceptions = "collection.exceptions";
    public const string Reassign = "collection.reassign";
    public const string DailyList = "collection.daily-list";
    public const string ViewHandwriting = "collection.view-handwriting";
    public const string ExclusionNotice = "collection.exclusion-notice";
}

public sealed class CollectionModule : IModule
{
    public ITables Tables { get; } = new CollectionTables();

    public IReadOnlyList<Permission> Permissions { get; } =
    [
        new(CollectionPermissions.Work, "使用工作列表和步骤页面"),
        new(CollectionPermissions.ViewVisit, "查看本次献血"),
        new(CollectionPermissions.ViewHandwriting, "查看手写签名"),
        new(CollectionPermissions.ExclusionNotice, "打印不宜献血告知书（保密）"),
        new(CollectionPermissions.Register, "登记"),
        new(CollectionPermissions.HandleExceptions, "处理流程异常"),
        new(CollectionPermissions.Reassign, "转交任何步骤"),
        new(CollectionPermissions.DailyList, "查看每日清单"),
        new("collection.escalated", "办理超时的步骤"),
        new("collection.consent-inquiry", "知情同意与健康征询"),
        new("collection.general-check", "征询复核与一般检查"),
        new("collection.tests", "献血前检测"),
        new("collection.assess", "献血前评估"),
        new("collection.approve-special-matching", "批准特殊配型"),
        new("collection.bedside-check", "采前采后核对"),
        new("collection.collect", "采集记录"),
        new(CollectionPermissions.Reaction, "登记献血反应与随访"),
        new("collection.heat-seal", "热合核对"),
        new(CollectionPermissions.HandOver, "交接（交出或接收）"),
    ];

    public IReadOnlyList<Feature> Features { get; } =
    [
        new("collection.bedside", "床旁核对与采集记录"),
        new("collection.heat-seal-check", "热合核对"),
    ];

    public IReadOnlyList<Setting> Settings { get; } =
    [
        new("stationPhone", "联系电话", SettingKind.Phone) { Required = true, Shown = SettingPlaces.Slip | SettingPlaces.Form },
        new("department", "科室") { Required = true, Shown = SettingPlaces.Slip | SettingPlaces.Form },
        new("stationAddress", "地址") { Required = true, Shown = SettingPlaces.Slip },
        new("slipFooter", "提示单页脚") { Placeholder = "footer", Shown = SettingPlaces.Slip | SettingPlaces.Form },
        new(DonationNumberPattern.Setting, "献血编号的格式", SettingKind.Pattern)
        {
            Required = true, Fault = DonationNumberPattern.Fault, Placeholder = "donationNumber", Shown = SettingPlaces.Page | SettingPlaces.Label | SettingPlaces.Slip | SettingPlaces.Form | SettingPlaces.Archive,
        },
    ];

    public IReadOnlyList<MenuEntry> Menu { get; } =
    [
        new("工作列表", "/worklist") { Permission = CollectionPermissions.Work, Besides = ["/visits"], Landing = 10 },
        new("登记", RegisterVisit.Path) { Permission = CollectionPermissions.Register },
        new("交接", "/hand-overs") { Permission = CollectionPermissions.HandOver },
        new("随访", "/follow-ups") { Permission = CollectionPermissions.Reaction },
        new("每日清单", "/daily") { Permission = CollectionPermissions.DailyList, Landing = 40 },
    ];

    public IReadOnlyList<FactDefinition> Facts => CollectionFacts.All;

    public IReadOnlyList<IActivity> Activities => CollectionActivities.All;

    public IReadOnlyList<Printable> Printables { get; } =
    [
        .. PrintedDocuments.All.Select(Printable.Of),
        new(PrintedDocuments.RecordPrefix, "档案表单", (name, set) => PrintedDocuments.Record(name, StationFacts.FormsOf(set))) { IsFamily = true },
    ];

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton(_ => DocumentFonts.Load(Path.Combine(AppContext.BaseDirectory, "fonts"))).AddSingleton<DocumentRenderer>().AddSingleton<IPaperPreviews, PaperPreviews>();
        services.AddSingleton<ISetRule, CollectionSetRule>().AddSingleton<ISetRule, NeedleWays>().AddSingleton<IClaims, StationCodeClaims>();
        services.AddScoped<VisitFiles>().AddScoped<NeedleGate>().AddScoped<IRecordGuard, NeedleGuard>().AddScoped<DonationRecord>().AddScoped<StepDeferrals>().AddSingleton<StuckTasks>();
        services.AddScoped<StepTasks>().AddScoped<StepDonor>().AddScoped<StepEffects>().AddScoped<StepWriter>().AddScoped<StepReadings>().AddScoped<VisitRuns>().AddScoped<SetsInForce>();
        services.AddScoped<ContinueFlow>().AddScoped<ITimerHandler, FireTimer>().AddScoped<IOutboxHandler, ResumeOnReading>();
        services.AddScoped<HandleException>().AddScoped<ResolveFault>().AddScoped<ReassignTask>().AddScoped<AmendForm>().AddScoped<CorrectForm>().AddScoped<ShowDailyList>();
        services.AddScoped<ShownVerdicts>().AddScoped<LastValues>().AddScoped<DrawStep>().AddScoped<HoldStep>().AddScoped<StepPage>().AddScoped<SaveDraft>();
        services.AddScoped<SubmitStep>().AddScoped<CompleteStep>().AddScoped<WorkStep>().AddScoped<LeaveStep>().AddScoped<StopStep>().AddScoped<AnswerStep>();
        services.AddScoped<RegisterVisit>().AddScoped<BeginVisit>().AddScoped<DrawRegistration>().AddScoped<VisitStart>();
        services.AddScoped<Namesakes>().AddScoped<ShowWorklist>().AddScoped<FindVisit>().AddScoped<ShowVisit>().AddScoped<ShowRecordDocument>().AddScoped<ReadEvidence>().AddScoped<ProveVisit>().AddScoped<PrintVisitDocument>();
        services.AddScoped<SideForm>().AddScoped<FillSideForm>().AddScoped<DrawSideForm>().AddScoped<ReportReaction>().AddScoped<FollowUps>();
        services.AddScoped<WaitingDonations>().AddScoped<HandOverDonations>().AddScoped<GiveDonations>().AddScoped<WriteHandOver>().AddScoped<ShowHandOver>().AddScoped<ProveHandOver>().AddScoped<ISignedEvidence>(s => s.GetRequiredService<ProveHandOver>());
        services.AddScoped<IVisitEvidence>(s => s.GetRequiredService<ReadEvidence>()).AddScoped<IVisits>(s => s.GetRequiredService<ShowVisit>()).AddScoped<ISamples, SampleOwners>().AddScoped<ILeafContent, VerdictLeaves>().AddScoped<ILeafContent, HandOverLeaves>().AddScoped<ISelfService, SelfService>().AddScoped<SelfServiceForms>().AddScoped<RegisterSelf>().AddScoped<InquireSelf>().AddScoped<ISignedVisits, ProveStation>();
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        ShowWorklist.Map(endpoints);
        FindVisit.Map(endpoints);
        RegisterVisit.Map(endpoints);
        StepPage.Map(endpoints);
        SubmitStep.Map(endpoints);
        SaveDraft.Map(endpoints);
        HandleException.Map(endpoints);
        ReassignTask.Map(endpoints);
        AmendForm.Map(endpoints);
        ShowDailyList.Map(endpoints);
        ShowVisit.Map(endpoints);
        ShowHandwriting.Map(endpoints);
        ShowRecordDocument.Map(endpoints);
        PrintVisitDocument.Map(endpoints);
        ReportReaction.Map(endpoints);
        FollowUps.Map(endpoints);
        HandOverDonations.Map(endpoints);
        ShowHandOver.Map(endpoints);
    }
}
