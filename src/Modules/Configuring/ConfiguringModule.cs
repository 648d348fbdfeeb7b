using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modules.Configuring.Contracts;
using Modules.Signing.Contracts;
using Platform;
using Platform.Pages;
using Platform.People;
using Platform.Publishing.Changes;
using Platform.Storage;

namespace Modules.Configuring;

/// <summary>配置台: what is in force, what is being changed, and the pages on which a change is made.</summary>
public sealed class ConfiguringModule : IModule
{
    public IReadOnlyList<Permission> Permissions { get; } = [new(ConfiguringPermissions.View, "查看配置台")];

    public IReadOnlyList<MenuEntry> Menu { get; } = [new("配置台", ConfigPaths.Overview) { Permission = ConfiguringPermissions.View, Landing = 45 }];

    public void AddServices(IServiceCollection services)
    {
        services.AddScoped<ChangeDesk>().AddSingleton<ConfiguredWords>().AddScoped<ShowConfiguration>().AddScoped<ListChanges>().AddScoped<ShowChange>().AddScoped<ActOnChange>().AddScoped<ChangeParts>().AddScoped<ChangeActs>().AddScoped<StationForm>().AddScoped<SettingsEdits>().AddSingleton<FeatureUse>().AddScoped<EditFeatures>().AddScoped<TestItemsDesk>().AddScoped<EditTestItems>().AddScoped<EditStation>().AddScoped<ShowPaper>();
        services.AddScoped<IApprovalSigner, SignApproval>().AddScoped<ProveApprovals>();
        services.AddScoped<ISignedEvidence>(s => s.GetRequiredService<ProveApprovals>()).AddScoped<ILeafContent>(s => s.GetRequiredService<ProveApprovals>());
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        ShowConfiguration.Map(endpoints);
        ListChanges.Map(endpoints);
        ShowChange.Map(endpoints);
        ActOnChange.Map(endpoints);
        EditStation.Map(endpoints);
        EditFeatures.Map(endpoints);
        EditTestItems.Map(endpoints);
        ShowPaper.Map(endpoints);
    }
}
