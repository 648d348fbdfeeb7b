using Microsoft.Extensions.Configuration;
using Platform.Tenancy;

namespace Modules.Signing.Contracts;

/// <summary>How this tenant signs, from the host's configuration (<c>Tenants:NAME:Signing:…</c>, the place for secrets), else from the tenant's appsettings.json (<c>Signing:…</c>).</summary>
public sealed class SigningSettings(TenantContext tenant, IConfiguration host)
{
    public const string BuiltIn = "built-in";

    /// <summary>The feature that makes steps signed by certificate.</summary>
    public const string Feature = "signing.electronic";

    public string Authority => Find("Authority") ?? BuiltIn;

    public string Timestamps => Find("Timestamps") ?? BuiltIn;

    /// <summary>Changes with the tenant: what is kept for one is never used for another.</summary>
    public string Tenant => tenant.Current.TenantId;

    public string? Find(string key) => host[$"Tenants:{tenant.Current.Name}:Signing:{key}"] ?? tenant.Current.Configuration().GetValueOrDefault("Signing:" + key);

    /// <exception cref="AuthorityUnavailableException">The setting is missing.</exception>
    public string Require(string key) => Find(key) ?? throw new AuthorityUnavailableException(Authority, $"setting Signing:{key} is missing");
}
