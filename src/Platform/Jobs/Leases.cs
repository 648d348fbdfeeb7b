using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Platform.Jobs;

/// <summary>Somebody else has taken the row up meanwhile: what is not written yet must not be.</summary>
public sealed class LeaseLostException() : Exception("another worker has taken up this work");

/// <summary>Takes due rows up, one worker each, on one process or many.</summary>
internal static class Leases
{
    /// <summary>Longer than any pause of a worker that lives; whoever works longer renews it.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    /// <summary>When the first of the rows can be taken up; null when nothing waits.</summary>
    public static Task<DateTimeOffset?> NextAsync<T>(IQueryable<T> rows, CancellationToken cancel) where T : class, IDueRow =>
        rows.Where(r => r.DoneAt == null).MinAsync(r => (DateTimeOffset?)(r.LeasedUntil != null && r.LeasedUntil > r.DueAt ? r.LeasedUntil.Value : r.DueAt), cancel);

    /// <summary>Takes up the row that has been due longest; null when there is none that nobody holds.</summary>
    /// <param name="condition">Which rows, in SQL; where it names another row that excludes this one, claims must stand in line.</param>
    public static async Task<T?> ClaimAsync<T>(Store store, string condition, bool inLine, DateTimeOffset now, CancellationToken cancel) where T : class, IDueRow
    {
        var table = store.Model.FindEntityType(typeof(T))!.GetTableName();
        var sql = "SELECT * FROM " + table + " WHERE \"DoneAt\" IS NULL AND \"DueAt\" <= {0} AND (\"LeasedUntil\" IS NULL OR \"LeasedUntil\" <= {0}) AND " + condition + " ORDER BY \"DueAt\", \"Id\" LIMIT 1";
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (store.Database.IsNpgsql())
        {
            if (inLine) await store.Database.ExecuteSqlRawAsync("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.jobs'))", cancel);
            sql += " FOR UPDATE SKIP LOCKED";
        }
        var row = (await store.Set<T>().FromSqlRaw(sql, now.ToUnixTimeMilliseconds()).ToListAsync(cancel)).SingleOrDefault();
        if (row is null) return null;
        (row.LeasedBy, row.LeasedUntil, row.Attempts) = (Guid.NewGuid(), now + Length, row.Attempts + 1);
        await transaction.CommitAsync(cancel);
        return row;
    }

    /// <returns>False when somebody else holds it by now.</returns>
    public static async Task<bool> RenewAsync<T>(Store store, Guid id, Guid lease, DateTimeOffset now, CancellationToken cancel) where T : class, IDueRow
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var held = await store.Set<T>().Where(r => r.Id == id && r.LeasedBy == lease).ExecuteUpdateAsync(set => set.SetProperty(r => r.LeasedUntil, now + Length), cancel) == 1;
        await transaction.CommitAsync(cancel);
        return held;
    }

    /// <summary>Gives the row back, changed; does nothing when somebody else holds it by now.</summary>
    public static async Task GiveBackAsync<T>(Store store, Guid id, Guid lease, Action<T> change, CancellationToken cancel) where T : class, IDueRow
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        if (await store.Set<T>().SingleOrDefaultAsync(r => r.Id == id && r.LeasedBy == lease, cancel) is not { } row) return;
        (row.LeasedBy, row.LeasedUntil) = (null, null);
        change(row);
        try
        {
            await transaction.CommitAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Taken up by another since it was read: it is that one's now.
        }
    }
}
