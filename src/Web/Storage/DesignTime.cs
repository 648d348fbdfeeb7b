using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Platform.Storage;
using Web.Host;

namespace Web.Storage;

/// <summary>How the migration tool makes each context; addresses nothing real.</summary>
internal sealed class SqliteStoreFactory : IDesignTimeDbContextFactory<SqliteStore>
{
    public SqliteStore CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteStore>().UseSqlite("Data Source=design.db", o => o.MigrationsAssembly("Web")).Options, Composition.Tables);
}

internal sealed class PostgresStoreFactory : IDesignTimeDbContextFactory<PostgresStore>
{
    public PostgresStore CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresStore>().UseNpgsql("Host=design", o => o.MigrationsAssembly("Web")).Options, Composition.Tables);
}

internal sealed class SqliteHostStoreFactory : IDesignTimeDbContextFactory<SqliteHostStore>
{
    public SqliteHostStore CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteHostStore>().UseSqlite("Data Source=design.db", o => o.MigrationsAssembly("Web")).Options);
}

internal sealed class PostgresHostStoreFactory : IDesignTimeDbContextFactory<PostgresHostStore>
{
    public PostgresHostStore CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresHostStore>().UseNpgsql("Host=design", o => o.MigrationsAssembly("Web")).Options);
}
