namespace Platform.Storage;

/// <summary>Whose a store is, and under which key it is encrypted: the one row of its table, written when the store is made and never changed.</summary>
public sealed class StoreIdentity
{
    public const string Table = "store_identity";

    /// <summary>In place of a tenant's id: the store of the host.</summary>
    public const string Host = "host";

    public int Id { get; init; } = 1;

    /// <summary>The installation whose host store first made it known; every start anew and every restoring into another installation makes another.</summary>
    public required string Installation { get; set; }

    /// <summary><see cref="Host"/>, or the tenant's id.</summary>
    public required string Owner { get; init; }

    /// <summary>Fingerprint of the master key.</summary>
    public required string MasterKey { get; init; }
}
