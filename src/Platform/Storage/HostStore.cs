using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Platform.People;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>What belongs to the installation and to no tenant: the list of tenants and the keys of the host.</summary>
public abstract class HostStore(DbContextOptions options) : DbContext(options), IDataProtectionKeyContext
{
    public DbSet<Tenant> Tenants => Set<Tenant>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();
    public DbSet<HostKey> Keys => Set<HostKey>();
    public DbSet<ProvinceRegistration> Registrations => Set<ProvinceRegistration>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMilliseconds>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Tenant>(tenant =>
        {
            tenant.ToTable("tenants").HasKey(t => t.Name);
            tenant.Property(t => t.State).HasConversion<string>();
        });
        modelBuilder.Entity<DataProtectionKey>().ToTable("data_protection_keys");
        modelBuilder.Entity<HostKey>().ToTable("host_keys").HasKey(k => k.Name);
        modelBuilder.Entity<ProvinceRegistration>().ToTable("province_registry").HasKey(r => new { r.Kind, r.Value });
        modelBuilder.Entity<StoreIdentity>(identity =>
        {
            identity.ToTable(StoreIdentity.Table).HasKey(i => i.Id);
            identity.Property(i => i.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<PersonIdentity>(person =>
        {
            person.ToTable("person_identities").HasKey(p => new { p.TenantId, p.PersonId });
            person.HasIndex(p => p.Token);
        });
    }
}

public sealed class SqliteHostStore(DbContextOptions<SqliteHostStore> options) : HostStore(options);

public sealed class PostgresHostStore(DbContextOptions<PostgresHostStore> options) : HostStore(options);

/// <summary>A key pair of the host, encrypted under the master key.</summary>
public sealed class HostKey
{
    public required string Name { get; init; }
    public required string ProtectedPkcs8 { get; init; }
}
