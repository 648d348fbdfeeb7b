using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.People;
using Platform.Recipes;
using Platform.Rules;
using Platform.Storage;

namespace Platform;

/// <summary>What a module brings to the house; its file is the module's table of contents.</summary>
public interface IModule
{
    ITables? Tables => null;
    IReadOnlyList<Permission> Permissions => [];
    IReadOnlyList<Feature> Features => [];

    /// <summary>Facts the module itself knows, offered to rules in every station.</summary>
    IReadOnlyList<FactDefinition> Facts => [];

    void AddServices(IServiceCollection services);
    void MapEndpoints(IEndpointRouteBuilder endpoints);
}
