using Microsoft.EntityFrameworkCore;
using Platform.Tenancy;

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

/// <summary>Writes into a store whose it is, once; of two that do it at the same moment the first has done it.</summary>
internal static class Identifying
{
    /// <summary>A host store that holds nothing yet takes the key there is: <see cref="StoreCheck"/> has refused every other.</summary>
    public static Task IdentifyAsync(this HostStore host, MasterKey master) => host.Database.ExecuteSqlAsync($"""
        INSERT INTO store_identity ("Id", "Installation", "Owner", "MasterKey") VALUES (1, {Guid.CreateVersion7().ToString("N")}, {StoreIdentity.Host}, {master.Fingerprint})
        ON CONFLICT ("Id") DO UPDATE SET "MasterKey" = excluded."MasterKey" WHERE store_identity."MasterKey" <> excluded."MasterKey"
        """);

    public static async Task IdentifyAsync(this Store store, Tenant tenant, HostStore host, MasterKey master)
    {
        var installation = (await host.Set<StoreIdentity>().AsNoTracking().SingleAsync()).Installation;
        await store.Database.ExecuteSqlAsync($"""
            INSERT INTO store_identity ("Id", "Installation", "Owner", "MasterKey") VALUES (1, {installation}, {tenant.TenantId}, {master.Fingerprint}) ON CONFLICT ("Id") DO NOTHING
            """);
    }
}
