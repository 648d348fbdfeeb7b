using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Modules.Exchange.Contracts;
using Platform;
using Platform.Storage;

namespace Modules.Exchange;

public sealed class ExchangeModule : IModule
{
    public ITables Tables { get; } = new ExchangeTables();

    public void AddServices(IServiceCollection services)
    {
        services.AddScoped<IDonorIndex, DonorIndex>();
        services.AddScoped<IOutboxHandler, DonorIndexHandler>();
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
    }
}

internal sealed class ExchangeTables : ITables
{
    public IReadOnlyList<EvidenceTable> Evidence => [];

    public void Map(ModelBuilder model) => model.Entity<IndexRow>(table =>
    {
        table.ToTable("donor_index").HasKey(r => r.SourceId);
        table.HasIndex(r => r.Digest);
        table.Property(r => r.Revision).IsConcurrencyToken();
    });
}
