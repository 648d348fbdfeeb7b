using Harness;
using Xunit;

namespace IntegrationTests.Support;

/// <summary>One server for the tests that leave no trace another one could meet: the two demo stations, one person for each role, and two programs.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public const string Name = "shared server";
    private readonly TenantConfigCopy _configuration = new();

    public ProductHost Server { get; private set; } = null!;

    internal Staff Staff { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        foreach (var tenant in new[] { "Default", "hangzhou", "shaoxing" })
        {
            _configuration.AddOnePersonPerRole(tenant);
            _configuration.AddApplications(tenant);
        }
        
        Server = await ProductHost.RunningAsync(_configuration.Folder);
        Staff = new Staff(Server);
        // The second persons of the tests: without a PIN they could not sign.
        foreach (var tenant in new[] { "hangzhou", "shaoxing" }) await Staff.AtAsync(tenant, "jc02");
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _configuration.Dispose();
    }
}

[CollectionDefinition(SharedServer.Name)]
public sealed class SharedServerCollection : ICollectionFixture<SharedServer>;
