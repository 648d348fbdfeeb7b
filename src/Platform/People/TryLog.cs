using Microsoft.EntityFrameworkCore;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.People;

/// <summary>Wrong tries of one kind, as they are kept.</summary>
public sealed class FailedTries
{
    /// <summary>Keyed digest of the kind and of what it is about: what is typed as an account may be a password.</summary>
    public required string Key { get; init; }
    public required string Kind { get; init; }

    /// <summary>Whose account; null where there is none of that name.</summary>
    public string? PersonId { get; init; }
    public required int Failures { get; init; }
    public required DateTimeOffset LastAt { get; init; }
    public required DateTimeOffset BlockedUntil { get; init; }
}

/// <param name="Of">What the tries have in common, such as an account and an address.</param>
public sealed record TryKey(TryLimit Limit, string Of);

/// <summary>One try to prove something.</summary>
/// <param name="Judged">Any of these that waits refuses the try.</param>
/// <param name="Counted">What a wrong one is counted on besides.</param>
/// <param name="PersonId">Whose account it is about; null where there is none.</param>
public sealed record Trial(IReadOnlyList<TryKey> Judged, IReadOnlyList<TryKey> Counted, string? PersonId);

/// <summary>Counts wrong tries in the tenant's store, so that they hold on every host and after every start. However many tries run at once, no more are answered than if one came after the other.</summary>
public sealed class TryLog(Stores stores, TenantContext tenant, FieldCipher cipher, TimeProvider clock)
{
    /// <summary>Until when the try is not looked at; null: now.</summary>
    public async Task<DateTimeOffset?> WaitAsync(Trial trial, CancellationToken cancel = default)
    {
        await using var store = stores.Open(tenant.Current);
        var (keys, now) = (trial.Judged.Select(KeyOf).ToList(), clock.GetUtcNow());
        return await store.Set<FailedTries>().Where(t => keys.Contains(t.Key) && t.BlockedUntil > now).MaxAsync(t => (DateTimeOffset?)t.BlockedUntil, cancel);
    }

    /// <summary>Counts a wrong try, at once and whatever its maker does meanwhile.</summary>
    /// <param name="note">What is written with it, told what the first of the judged counts has come to.</param>
    /// <returns>What the first of the judged counts has come to; null when it had to wait already, and then nobody may be told whether it was right.</returns>
    public async Task<Tries?> CountAsync(Trial trial, Action<Store, Tries> note)
    {
        await using var store = stores.Open(tenant.Current);
        await using var transaction = await StoreTransaction.BeginAsync(store);
        Tries? first = null;
        foreach (var key in trial.Judged)
        {
            if (await AddAsync(store, key, trial.PersonId) is not { } counted) return null;
            first ??= counted;
        }
        foreach (var key in trial.Counted) await AddAsync(store, key, trial.PersonId);
        note(store, first!);
        await transaction.CommitAsync();
        return first;
    }

    /// <summary>A right try ends the counts of its own browser and address.</summary>
    public async Task ForgetAsync(IEnumerable<TryKey> of)
    {
        await using var store = stores.Open(tenant.Current);
        var keys = of.Select(KeyOf).ToList();
        if (!await store.Set<FailedTries>().AnyAsync(t => keys.Contains(t.Key))) return;
        await using var transaction = await StoreTransaction.BeginAsync(store);
        await store.Set<FailedTries>().Where(t => keys.Contains(t.Key)).ExecuteDeleteAsync();
        await transaction.CommitAsync();
    }

    /// <summary>Null when this count waits already. The row is the judge between two who count at once.</summary>
    private async Task<Tries?> AddAsync(Store store, TryKey key, string? person)
    {
        var (id, kind) = (KeyOf(key), key.Limit.Kind);
        for (; ; )
        {
            var row = await store.Set<FailedTries>().AsNoTracking().SingleOrDefaultAsync(t => t.Key == id);
            var before = row is null ? Tries.None : new Tries(row.Failures, row.LastAt, row.BlockedUntil);
            var now = clock.GetUtcNow();
            if (before.Wait(now)) return null;
            var after = before.Another(key.Limit, now);
            var (last, until, seen) = (after.LastAt.ToUnixTimeMilliseconds(), after.Until.ToUnixTimeMilliseconds(), before.LastAt.ToUnixTimeMilliseconds());
            var written = await store.Database.ExecuteSqlAsync($"""
                INSERT INTO failed_tries ("Key", "Kind", "PersonId", "Failures", "LastAt", "BlockedUntil") VALUES ({id}, {kind}, {person}, {after.Failures}, {last}, {until})
                ON CONFLICT ("Key") DO UPDATE SET "Failures" = excluded."Failures", "LastAt" = excluded."LastAt", "BlockedUntil" = excluded."BlockedUntil"
                WHERE failed_tries."Failures" = {before.Failures} AND failed_tries."LastAt" = {seen}
                """);
            if (written == 1) return after;
        }
    }

    private string KeyOf(TryKey key) => cipher.Digest($"tries:{key.Limit.Kind}:{key.Of}");
}

/// <summary>Ends waits that have been reset; inside the caller's transaction.</summary>
public static class TryLifting
{
    public static Task LiftAsync(this Store store, string personId, params TryLimit[] limits)
    {
        var kinds = limits.Select(l => l.Kind).ToList();
        return store.Set<FailedTries>().Where(t => t.PersonId == personId && kinds.Contains(t.Kind)).ExecuteDeleteAsync();
    }
}
