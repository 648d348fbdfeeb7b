using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Jobs;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
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
    IReadOnlyList<Setting> Settings => [];

    /// <summary>Its places in the main menu, in their order; modules follow each other in the order of the composition.</summary>
    IReadOnlyList<MenuEntry> Menu => [];

    /// <summary>Pages of its own that tell of no fault.</summary>
    IReadOnlyList<OwnSurface> Surfaces => [];

    /// <summary>Facts the module itself knows, offered to rules in every station.</summary>
    IReadOnlyList<FactDefinition> Facts => [];

    /// <summary>Activities a flow may use beside those of the platform.</summary>
    IReadOnlyList<IActivity> Activities => [];

    /// <summary>Papers whose layouts a station may publish.</summary>
    IReadOnlyList<Printable> Printables => [];

    /// <summary>What is to be done again and again in every tenant.</summary>
    IReadOnlyList<RecurringWork> Recurring => [];

    void AddServices(IServiceCollection services);
    void MapEndpoints(IEndpointRouteBuilder endpoints);
}
