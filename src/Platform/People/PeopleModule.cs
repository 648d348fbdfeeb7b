using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Jobs;
using Platform.Pages;
using Platform.Storage;

namespace Platform.People;

public static class PeoplePermissions
{
    public const string Manage = "people.manage";
    public const string ManageTitle = "管理人员账号";
    public const string Approve = "people.approve";
    public const string ApproveTitle = "批准授予岗位";
}

/// <summary>Accounts, sessions and rights of a tenant's people.</summary>
public sealed class PeopleModule : IModule
{
    public IReadOnlyList<Permission> Permissions { get; } = [new(PeoplePermissions.Manage, PeoplePermissions.ManageTitle), new(PeoplePermissions.Approve, PeoplePermissions.ApproveTitle)];

    public IReadOnlyList<MenuEntry> Menu { get; } = [new("人员与岗位", ShowPeople.Path) { Permission = PeoplePermissions.Manage, Landing = 50 }];

    public IReadOnlyList<RecurringWork> Recurring { get; } = [ForgetTries.Recurring];

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton<ProofGate>().AddScoped<TryLog>().AddScoped<PinCheck>().AddScoped<PinHash>().AddScoped<Sessions>().AddScoped<SecondFactors>();
        services.AddScoped<PeopleBook>().AddScoped<PersonTokens>().AddScoped<GiveRights>().AddScoped<AddPerson>();
        services.AddScoped<PeopleList>().AddScoped<ShowPeople>().AddScoped<PeopleActs>().AddScoped<ChangePerson>();
        services.AddJob<ForgetTries>(ForgetTries.Kind);
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        ShowPeople.Map(endpoints);
        ChangePerson.Map(endpoints);
    }
}
