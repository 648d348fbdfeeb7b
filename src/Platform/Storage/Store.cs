using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Platform.People;

namespace Platform.Storage;

/// <summary>The tables one folder of Platform or one module owns.</summary>
public interface ITables
{
    void Map(ModelBuilder model);

    /// <summary>Tables that only ever grow: the database itself refuses to change or delete a row.</summary>
    IReadOnlyList<EvidenceTable> Evidence { get; }

    /// <summary>Tables of what holds here and now only: no backup takes them elsewhere.</summary>
    IReadOnlyList<string> Passing => [];
}

/// <param name="Title">What it holds, zh-CN.</param>
public sealed record EvidenceTable(string Name, string Title);

/// <summary>Everything the product maps, in one list, so that both databases and the migrations see the same model.</summary>
public sealed record StoreTables(IReadOnlyList<ITables> All)
{
    public IReadOnlyList<string> Evidence { get; } = [.. All.SelectMany(t => t.Evidence).Select(t => t.Name).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> Passing { get; } = [.. All.SelectMany(t => t.Passing)];

    /// <summary>A row of evidence in words, with the table's name for whoever looks it up.</summary>
    public string Row(EvidenceFinding finding) => $"{All.SelectMany(t => t.Evidence).First(t => t.Name == finding.Table).Title}（{finding.Table}）{finding.Key}";
}

/// <summary>The store of one tenant: the province or one station. A station runs on its own store alone.</summary>
public abstract class Store(DbContextOptions options, StoreTables tables)
    : IdentityDbContext<Person, Role, string>(options)
{
    /// <summary>The line in which writers of this store wait; null where the database sorts that out itself.</summary>
    internal SemaphoreSlim? Writer { get; init; }

    /// <summary>By which evidence rows are sealed; null in a store that writes none.</summary>
    internal byte[]? SealKey { get; init; }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        EvidenceSeal.Apply(SealKey, ChangeTracker);
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        EvidenceSeal.Apply(SealKey, ChangeTracker);
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.UseOpenIddict();
        RenameIdentityTables(builder);
        foreach (var part in tables.All) part.Map(builder);
        EvidenceSeal.Map(builder, tables.Evidence);
    }

    /// <summary>SQLite has no time type that sorts: instants are kept as UTC milliseconds on both databases, so queries behave alike.</summary>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMilliseconds>();
        configurationBuilder.Properties<DateOnly>().HaveConversion<IsoDate>().HaveMaxLength(10);
    }

    private static void RenameIdentityTables(ModelBuilder builder)
    {
        builder.Entity<Person>().ToTable("people");
        builder.Entity<Role>().ToTable("roles");
        builder.Entity<IdentityUserRole<string>>().ToTable("person_roles");
        builder.Entity<IdentityRoleClaim<string>>().ToTable("role_permissions");
        builder.Entity<IdentityUserClaim<string>>().ToTable("person_claims");
        builder.Entity<IdentityUserLogin<string>>().ToTable("person_logins");
        builder.Entity<IdentityUserToken<string>>().ToTable("person_tokens");
    }
}

public sealed class SqliteStore(DbContextOptions<SqliteStore> options, StoreTables tables) : Store(options, tables);

public sealed class PostgresStore(DbContextOptions<PostgresStore> options, StoreTables tables) : Store(options, tables);

internal sealed class UtcMilliseconds() : ValueConverter<DateTimeOffset, long>(
    instant => instant.ToUnixTimeMilliseconds(), stored => DateTimeOffset.FromUnixTimeMilliseconds(stored));

internal sealed class IsoDate() : ValueConverter<DateOnly, string>(
    date => date.ToString("yyyy-MM-dd"), stored => DateOnly.ParseExact(stored, "yyyy-MM-dd"));
