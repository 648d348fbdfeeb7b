using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Platform.Tenancy;

namespace Modules.Signing.BuiltIn;

/// <summary>Where the world finds a tenant: goes into certificates, so it comes from configuration and never from a request.</summary>
internal sealed class PublicAddress(IConfiguration host, IHostEnvironment environment)
{
    /// <summary>Setting <c>PublicUrl</c> of the tenant, else of the host with the tenant's prefix, else in development where the server listens; null where none is known.</summary>
    public string? Of(Tenant tenant)
    {
        if ((host[$"Tenants:{tenant.Name}:PublicUrl"] ?? tenant.Configuration().GetValueOrDefault("PublicUrl")) is { Length: > 0 } own) return own.TrimEnd('/');
        var shared = host["PublicUrl"] ?? (environment.IsDevelopment() ? Listening() : null);
        return shared is null ? null : $"{shared.TrimEnd('/')}/{tenant.RequestUrlPrefix}".TrimEnd('/');
    }

    private string? Listening() => host["Urls"]?.Split(';')[0].Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("*", "localhost", StringComparison.Ordinal);
}
