using Harness;
using Xunit;

namespace IntegrationTests.Support;

/// <summary>The two demo stations with one person for each role, two programs, and people who have chosen their PINs: set up once, a copy for each class of tests.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private static readonly Dictionary<(string, string), Dictionary<string, string>> Cookies = [];
    private static readonly FirstStarted Prepared = new(Configure, PrepareAsync);

    public ProductHost Server { get; private set; } = null!;

    internal Staff Staff { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await ProductHost.RunningAsync(Prepared);
        Staff = new Staff(Server, Cookies);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    private static void Configure(TenantConfigCopy configuration)
    {
        foreach (var tenant in new[] { "Default", "hangzhou", "shaoxing" })
        {
            configuration.AddOnePersonPerRole(tenant);
            configuration.AddApplications(tenant);
        }
    }

    private static async Task PrepareAsync(ProductHost host)
    {
        var staff = new Staff(host);
        foreach (var tenant in new[] { "hangzhou", "shaoxing" })
            foreach (var account in new[] { "hs01", "jc02", "hd01", "gl01" }) Cookies[(tenant, account)] = new((await staff.AtAsync(tenant, account)).Cookies);
    }
}
