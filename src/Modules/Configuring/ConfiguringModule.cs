using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modules.Signing.Contracts;
using Platform;
using Platform.Publishing.Changes;
using Platform.Storage;

namespace Modules.Configuring;

/// <summary>配置台: what is in force, what is being changed, and the pages on which a change is made.</summary>
public sealed class ConfiguringModule : IModule
{
    public void AddServices(IServiceCollection services)
    {
        services.AddScoped<IApprovalSigner, SignApproval>().AddScoped<ProveApprovals>();
        services.AddScoped<ISignedEvidence>(s => s.GetRequiredService<ProveApprovals>()).AddScoped<ILeafContent>(s => s.GetRequiredService<ProveApprovals>());
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
    }
}
