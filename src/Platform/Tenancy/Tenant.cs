using System.Text.Json;

namespace Platform.Tenancy;

/// <summary>The five states of an Orchard Core tenant.</summary>
public enum TenantState
{
    Uninitialized,
    /// <summary>Being set up: requests get 503 with Retry-After.</summary>
    Initializing,
    Running,
    Disabled,
    /// <summary>Not safe to serve; <see cref="Tenant.Incident"/> says why.</summary>
    Invalid,
}

/// <summary>The province or one station. Loaded as a whole and never changed in place: a change is a new row and a new snapshot.</summary>
public sealed record Tenant
{
    /// <summary>The province's own tenant; also answers where no other tenant matches.</summary>
    public const string Province = "Default";

    /// <summary>Unique, compared without case; also names its folder in tenant-config, its file or its schema.</summary>
    public required string Name { get; init; }

    /// <summary>Never changes and is never reused; keys are derived from it.</summary>
    public required string TenantId { get; init; }

    public TenantState State { get; init; }
    public string RequestUrlHost { get; init; } = "";
    public string RequestUrlPrefix { get; init; } = "";
    public string RecipeName { get; init; } = "";

    /// <summary>Null: SQLite under App_Data, or the host's PostgreSQL with a schema of this tenant's name.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Last migration applied, so that a start need not open every store.</summary>
    public string SchemaVersion { get; init; } = "";

    /// <summary>What stopped it, for the operator; null when nothing did.</summary>
    public string? Incident { get; init; }

    /// <summary>Digest of the configuration folder when its recipe was last applied; a start compares and reports, it never overwrites.</summary>
    public string AppliedFiles { get; init; } = "";

    /// <summary>The keys of the tenant's appsettings.json that are not listed above, flat, as JSON.</summary>
    public string ConfigurationJson { get; init; } = "{}";

    public bool IsProvince => Name.Equals(Province, StringComparison.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, string> Configuration() =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(ConfigurationJson)!;
}
