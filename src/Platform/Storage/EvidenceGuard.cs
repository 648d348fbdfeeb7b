using Microsoft.EntityFrameworkCore;

namespace Platform.Storage;

/// <summary>Makes the database itself refuse to change, replace, delete or empty evidence. Written anew after every migration, because rebuilding a table drops its triggers.</summary>
public static class EvidenceGuard
{
    private const string Message = "evidence is append-only";

    public static async Task ApplyAsync(Store store, IReadOnlyList<string> tables, CancellationToken cancel = default)
    {
        foreach (var table in tables)
            foreach (var statement in store.Database.IsSqlite() ? Sqlite(store, table) : Postgres(table))
                await store.Database.ExecuteSqlRawAsync(statement, cancel);
    }

    /// <summary>Tables whose guard is not complete; a store with any is not served. A guard that stands on a table renamed away does not count.</summary>
    public static async Task<IReadOnlyList<string>> MissingAsync(Store store, IReadOnlyList<string> tables, CancellationToken cancel = default)
    {
        var sql = store.Database.IsSqlite()
            ? "SELECT name || '@' || tbl_name AS \"Value\" FROM sqlite_master WHERE type = 'trigger'"
            : "SELECT tgname || '@' || relname AS \"Value\" FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgenabled = 'O' AND relnamespace = current_schema()::regnamespace";
        var present = (await store.Database.SqlQueryRaw<string>(sql).ToListAsync(cancel)).ToHashSet(StringComparer.Ordinal);
        var expected = store.Database.IsSqlite() ? new[] { "update", "delete", "replace" } : ["row", "truncate"];
        return [.. tables.Where(table => expected.Any(kind => !present.Contains($"guard_{table}_{kind}@{table}")))];
    }

    /// <summary>REPLACE deletes without firing delete triggers unless a connection asks for it, so the insert itself looks for its own key,
    /// the hidden row number included. A row number that was not given reads as -1 here; SQLite gives positive ones.</summary>
    private static IEnumerable<string> Sqlite(Store store, string table)
    {
        var entity = store.Model.GetEntityTypes().Single(e => e.GetTableName() == table);
        var keys = entity.GetKeys().Select(k => k.Properties).Concat(entity.GetIndexes().Where(i => i.IsUnique).Select(i => i.Properties));
        var same = string.Join(" OR ", keys.Select(properties =>
            "EXISTS (SELECT 1 FROM \"" + table + "\" WHERE " +
            string.Join(" AND ", properties.Select(p => $"\"{p.GetColumnName()}\" = NEW.\"{p.GetColumnName()}\"")) + ")")
            .Append($"(NEW.rowid > 0 AND EXISTS (SELECT 1 FROM \"{table}\" WHERE rowid = NEW.rowid))"));
        foreach (var (kind, clause) in new[] { ("update", "BEFORE UPDATE ON"), ("delete", "BEFORE DELETE ON"), ("replace", "BEFORE INSERT ON") })
        {
            yield return $"DROP TRIGGER IF EXISTS \"guard_{table}_{kind}\"";
            var when = kind == "replace" ? $"WHEN {same} " : "";
            yield return $"CREATE TRIGGER \"guard_{table}_{kind}\" {clause} \"{table}\" {when}BEGIN SELECT RAISE(ABORT, '{Message}'); END";
        }
    }

    private static IEnumerable<string> Postgres(string table)
    {
        yield return $"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{Message}'; END $$";
        yield return $"DROP TRIGGER IF EXISTS \"guard_{table}_row\" ON \"{table}\"";
        yield return $"CREATE TRIGGER \"guard_{table}_row\" BEFORE UPDATE OR DELETE ON \"{table}\" FOR EACH ROW EXECUTE FUNCTION refuse_change()";
        yield return $"DROP TRIGGER IF EXISTS \"guard_{table}_truncate\" ON \"{table}\"";
        yield return $"CREATE TRIGGER \"guard_{table}_truncate\" BEFORE TRUNCATE ON \"{table}\" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()";
        yield return $"REVOKE UPDATE, DELETE, TRUNCATE ON \"{table}\" FROM {Stores.ServingRole}";
    }
}
