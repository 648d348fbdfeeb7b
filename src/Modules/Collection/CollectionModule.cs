using Engine.Documents;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modules.Collection.Contracts;
using Modules.Signing.Contracts;
using Platform;
using Platform.Flows;
using Platform.People;
using Platform.Publishing;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;

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
    /// <summary>Activities a flow may use beside those of the platform.</summary>
    public static IReadOnlyList<IActivity> Activities => CollectionActivities.All;

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
        new("signing.electronic", "电子签名"),
    ];

    public IReadOnlyList<SettingKey> Settings { get; } =
    [
        new("stationPhone", "联系电话", Required: true), new("department", "科室", Required: true), new("stationAddress", "地址", Required: true), new("slipFooter", "提示单页脚"),
        new(DonationNumberPattern.Setting, "献血编号的格式", Required: true, DonationNumberPattern.Fault),
    ];

    public IReadOnlyList<FactDefinition> Facts => CollectionFacts.All;

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton(s => new WorkflowEngine(ActivityRegistry.WithPlatform(CollectionActivities.All), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(_ => DocumentFonts.Load(Path.Combine(AppContext.BaseDirectory, "fonts"))).AddSingleton<DocumentRenderer>().AddSingleton<IPaperPreviews, PaperPreviews>();
        services.AddSingleton<ISetRule, CollectionSetRule>().AddSingleton<ISetRule, NeedleWays>().AddSingleton<IClaims, StationCodeClaims>();
        services.AddSingleton<HeldPins>().AddScoped<SignaturesInHand>();
        services.AddScoped<VisitFiles>().AddScoped<StepSigners>().AddScoped<NeedleGate>().AddScoped<SubmissionWriter>().AddScoped<RecordDocuments>().AddScoped<SignRecord>().AddScoped<DonationRecord>().AddScoped<StepDeferrals>().AddSingleton<StuckTasks>().AddScoped<StepTasks>().AddScoped<StepWriter>().AddScoped<StepOperation>().AddScoped<StepReadings>();
        services.AddScoped<ContinueFlow>().AddScoped<ITimerHandler, FireTimer>().AddScoped<IOutboxHandler, ResumeOnReading>();
        services.AddScoped<HandleException>().AddScoped<ReassignTask>().AddScoped<AmendForm>().AddScoped<ShowDailyList>();
        services.AddScoped<ShownVerdicts>().AddScoped<LastValues>().AddScoped<StepPage>().AddScoped<SubmitStep>().AddScoped<SaveDraft>().AddScoped<RegisterVisit>().AddScoped<VisitStart>();
        services.AddScoped<Namesakes>().AddScoped<ShowWorklist>().AddScoped<FindVisit>().AddScoped<ShowVisit>().AddScoped<ShowRecordDocument>().AddScoped<ReadEvidence>().AddScoped<ProveVisit>().AddScoped<PrintVisitDocument>();
        services.AddScoped<SideForm>().AddScoped<ReportReaction>().AddScoped<FollowUps>();
        services.AddScoped<WaitingDonations>().AddScoped<HandOverDonations>().AddScoped<SignHandOver>().AddScoped<WriteHandOver>().AddScoped<ShowHandOver>().AddScoped<ProveHandOver>().AddScoped<ISignedEvidence>(s => s.GetRequiredService<ProveHandOver>());
        services.AddScoped<IVisitEvidence>(s => s.GetRequiredService<ReadEvidence>()).AddScoped<IVisits>(s => s.GetRequiredService<ShowVisit>()).AddScoped<ISamples, SampleOwners>().AddScoped<ILeafContent, EvidenceLeaves>().AddScoped<ILeafContent, HandOverLeaves>().AddScoped<ISelfService, SelfService>().AddScoped<ISignedVisits, ProveStation>();
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
