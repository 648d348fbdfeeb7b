using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Platform.People;

/// <summary>The sessions of a tenant's people, kept in its store: what ends one ends it on every host.</summary>
public sealed class Sessions(Store store, TimeProvider clock)
{
    /// <summary>Begins one inside the caller's transaction.</summary>
    public StaffSession Begin(Person person, SignInFrom from)
    {
        var now = clock.GetUtcNow();
        var session = new StaffSession { Id = Guid.NewGuid(), PersonId = person.Id, Device = from.Device, Source = from.Source, StartedAt = now, LastSeenAt = now };
        store.Add(session);
        return session;
    }

    /// <summary>With its person and rights; null when it has ended, or the account is disabled.</summary>
    public async Task<FoundSession?> FindAsync(Guid id, CancellationToken cancel = default)
    {
        var rows = await (
            from session in store.Set<StaffSession>().AsNoTracking()
            join person in store.Users on session.PersonId equals person.Id
            from membership in store.UserRoles.Where(m => m.UserId == person.Id).DefaultIfEmpty()
            from role in store.Roles.Where(r => r.Id == membership!.RoleId).DefaultIfEmpty()
            from claim in store.RoleClaims.Where(c => c.RoleId == membership!.RoleId && c.ClaimType == PersonClaims.Permission).DefaultIfEmpty()
            where session.Id == id && session.EndedAt == null && !person.Disabled
            select new { session, person, Idle = role!.IdleMinutes, Permission = claim!.ClaimValue }).ToListAsync(cancel);
        return rows.Count == 0 ? null : new FoundSession(
            rows[0].session, rows[0].person, rows.Min(r => r.Idle) ?? StaffSession.IdleMinutes, [.. rows.Select(r => r.Permission).OfType<string>().Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>Whether this browser, and this address, have been in this account before.</summary>
    public async Task<(bool Device, bool Source)> KnownAsync(string account, SignInFrom visitor, CancellationToken cancel = default)
    {
        var since = clock.GetUtcNow() - StaffSession.Kept;
        var known = await (
            from session in store.Set<StaffSession>()
            join person in store.Users on session.PersonId equals person.Id
            where person.NormalizedUserName == account && session.StartedAt > since && (session.Source == visitor.Source || session.Device == visitor.Device)
            select new { session.Source, session.Device }).Distinct().Take(100).ToListAsync(cancel);
        return (visitor.Device.Length > 0 && known.Exists(k => k.Device == visitor.Device), known.Exists(k => k.Source == visitor.Source));
    }

    public async Task SeenAsync(StaffSession session, CancellationToken cancel = default)
    {
        var (now, before) = (clock.GetUtcNow(), session.LastSeenAt);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        await store.Set<StaffSession>().Where(s => s.Id == session.Id && s.LastSeenAt == before).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, now), cancel);
        await transaction.CommitAsync(cancel);
    }

    public async Task EndAsync(Guid id, string personId, string why, Actor by)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await StoreTransaction.BeginAsync(store);
        if (await store.EndSessionsAsync(store.Set<StaffSession>().Where(s => s.Id == id), why, now) > 0)
            store.Add(by.Did("退出", "person:" + personId, now, new AuditChange(Reason: why)));
        await transaction.CommitAsync();
    }
}

/// <summary>Ends sessions inside the caller's transaction.</summary>
public static class SessionEnding
{
    public static Task<int> EndSessionsAsync(this Store store, string personId, string why, DateTimeOffset now) =>
        store.EndSessionsAsync(store.Set<StaffSession>().Where(s => s.PersonId == personId), why, now);

    internal static Task<int> EndSessionsAsync(this Store store, IQueryable<StaffSession> of, string why, DateTimeOffset now) =>
        of.Where(s => s.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now).SetProperty(s => s.EndedBy, why));
}
