using Engine.Rules;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.People;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform;

/// <summary>What a module brings to the house; its file is the module's table of contents.</summary>
public interface IModule
{
    ITables? Tables => null;
    IReadOnlyList<Permission> Permissions => [];
    IReadOnlyList<Feature> Features => [];

    /// <summary>What a station says of itself under <c>Station</c> in its settings.</summary>
    IReadOnlyList<SettingKey> Settings => [];

    /// <summary>Facts the module itself knows, offered to rules in every station.</summary>
    IReadOnlyList<FactDefinition> Facts => [];

    void AddServices(IServiceCollection services);
    void MapEndpoints(IEndpointRouteBuilder endpoints);
}
