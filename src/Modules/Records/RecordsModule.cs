using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modules.Records.Contracts;
using Platform;
using Platform.Storage;

namespace Modules.Records;

/// <summary>The record and the frame every signed act runs in. It has no page of its own: the module of the subject shows what is on record.</summary>
public sealed class RecordsModule : IModule
{
    public ITables Tables { get; } = new RecordTables();

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton<HeldPins>().AddScoped<SignaturesInHand>().AddScoped<Signatures>().AddScoped<SignRecord>()
            .AddScoped<PrintForms>();
        services.AddScoped<StoredValues>().AddScoped<WriteRecord>().AddScoped<Drafts>().AddScoped<Operations>().AddScoped<Acts>()
            .AddScoped<ILeafContent, RecordLeaves>();
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
    }
}
