using Harness;
using Xunit;

namespace IntegrationTests.Support;

/// <summary>The demonstration after a first start of its own: its certificates name its own address, which those of a copy do not.</summary>
public sealed class FreshServer : IAsyncLifetime
{
    private readonly TenantConfigCopy _configuration = new();

    public ProductHost Server { get; private set; } = null!;

    internal Staff Staff { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await ProductHost.RunningAsync(_configuration.Folder);
        Staff = new Staff(Server);
        foreach (var tenant in new[] { "hangzhou", "shaoxing" }) await Staff.AtAsync(tenant, "jc02");
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _configuration.Dispose();
    }
}
