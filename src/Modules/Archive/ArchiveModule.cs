using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modules.Signing.Contracts;
using Platform;
using Platform.Jobs;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Archive;

public static class ArchivePermissions
{
    public const string View = "archive.view";
    public const string Run = "archive.run";
    public const string Verify = "archive.verify";
    public const string ReadByPrograms = "archive.read";
}

public sealed class ArchiveModule : IModule
{
    public ITables Tables { get; } = new ArchiveTables();

    public IReadOnlyList<Permission> Permissions { get; } =
    [
        new(ArchivePermissions.View, "查看电子档案（每次查看都有记录）"),
        new(ArchivePermissions.Run, "归档"),
        new(ArchivePermissions.Verify, "核查档案包与全部证据"),
        new(ArchivePermissions.ReadByPrograms, "通过接口读取电子档案（其他系统）") { ForPrograms = true },
    ];

    public IReadOnlyList<Setting> Settings { get; } =
    [
        new(ArchiveNumbering.PatternSetting, "档号的格式", SettingKind.Pattern) { Shown = SettingPlaces.Archive },
        new("archiveRetention", "保管期限", SettingKind.Choice) { Options = ArchiveNumbering.Retentions, Shown = SettingPlaces.Archive },
        new("archiveDepartment", "归档部门代码") { Shown = SettingPlaces.Archive },
        ArchiveNumbering.DepartmentTitleSetting,
    ];

    public IReadOnlyList<MenuEntry> Menu { get; } = [new("电子档案", "/archive") { Permission = ArchivePermissions.View, Landing = 20 }];

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton<ISetRule, ArchiveSetRule>().AddSingleton<IClaims, FondsClaims>();
        services.AddScoped<OutstandingVisits>().AddScoped<ArchiveVisit>().AddScoped<PackVisit>().AddScoped<ILeafContent, ArchiveLeaves>().AddScoped<VerifyArchive>().AddScoped<ISignedEvidence, VerifyUnpacked>().AddJob<ArchivingJob>(ArchiveWork.Archiving).AddJob<CheckingJob>(ArchiveWork.Checking).AddScoped<SignHead>().AddScoped<CheckHeads>();
        services.AddScoped<FindItems>().AddScoped<OpenPackage>().AddScoped<ShowArchive>().AddScoped<ShowItem>().AddScoped<RunArchive>().AddScoped<VerifyPackage>();
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        ShowArchive.Map(endpoints);
        ShowItem.Map(endpoints);
        RunArchive.Map(endpoints);
        VerifyPackage.Map(endpoints);
        ArchiveApi.Map(endpoints);
    }
}
