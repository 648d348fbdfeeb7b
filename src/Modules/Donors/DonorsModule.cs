using Engine.Rules;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modules.Donors.Contracts;
using Platform;
using Platform.Pages;
using Platform.People;
using Platform.Recipes;
using Platform.Storage;

namespace Modules.Donors;

public static class DonorPermissions
{
    public const string View = "donors.view";
}

public sealed class DonorsModule : IModule
{
    public ITables Tables { get; } = new DonorsTables();

    public IReadOnlyList<Permission> Permissions { get; } =
    [
        new(DonorPermissions.View, "查看献血者档案（隐去个人信息）"),
        new(FullViews.Permission, "查看完整个人信息：档案、记录单据、电子档案（需写明原因并记录）"),
    ];

    public IReadOnlyList<MenuEntry> Menu { get; } = [new("献血者档案", "/donors") { Permission = DonorPermissions.View, Landing = 30 }];

    public IReadOnlyList<FactDefinition> Facts => DonorsFacts.All;

    public void AddServices(IServiceCollection services)
    {
        services.AddScoped<DonorBook>().AddScoped<IDonors>(s => s.GetRequiredService<DonorBook>());
        services.AddScoped<IFullView, FullView>().AddScoped<DonorImport>().AddScoped<IRecipeStep, DonorImportStep>();
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        ListDonors.Map(endpoints);
        ShowDonor.Map(endpoints);
    }
}
