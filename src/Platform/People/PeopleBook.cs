using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Platform.People;

/// <summary>The accounts of a tenant and what an administrator does with them. Each act is one transaction with its entry in the audit.</summary>
public sealed class PeopleBook(Store store, IPasswordHasher<Person> hasher, IPinKeys keys, TimeProvider clock)
{
    /// <summary>Without letters and digits that look alike.</summary>
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    private const int MadePassword = 12;

    internal static string MakePassword() => RandomNumberGenerator.GetString(Letters, MadePassword);

    public Task<Person?> FindAsync(string account, CancellationToken cancel = default)
    {
        var normal = account.Trim().ToUpperInvariant();
        return store.Users.AsNoTracking().SingleOrDefaultAsync(p => p.NormalizedUserName == normal, cancel);
    }

    /// <summary>Out at once, with every session; back only by <see cref="EnableAsync"/>. The shell, which can give the right again, may disable the last who manages people.</summary>
    /// <returns>Why not, zh-CN; null when it is done.</returns>
    public async Task<string?> DisableAsync(string personId, string reason, Actor by)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await StoreTransaction.BeginAsync(store);
        if (by != Actor.Operator && await LastManager.IsAsync(store, personId)) return LastManager.Refusal;
        (await store.Users.SingleAsync(p => p.Id == personId)).Disabled = true;
        await store.EndSessionsAsync(personId, "账号停用", now);
        store.Add(by.Did("停用账号", "person:" + personId, now, new AuditChange(Reason: reason)));
        await transaction.CommitAsync();
        return null;
    }

    /// <returns>Why not, zh-CN; null when it is done.</returns>
    public async Task<string?> EnableAsync(string personId, string reason, Actor by)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store);
        var person = await store.Users.SingleAsync(p => p.Id == personId);
        if (person.IdentityToken is { } token && await store.Users.Where(p => p.IdentityToken == token && p.Id != personId && !p.Disabled).Select(p => p.UserName).FirstOrDefaultAsync() is { } other)
            return $"此人另有在用的账号 {other}：一人一个账号，请先停用那个账号";
        person.Disabled = false;
        store.Add(by.Did("启用账号", "person:" + personId, clock.GetUtcNow(), new AuditChange(Reason: reason)));
        await transaction.CommitAsync();
        return null;
    }

    /// <returns>The new password, to be shown once; its owner has to choose another.</returns>
    public async Task<string> ResetPasswordAsync(string personId, string reason, Actor by)
    {
        var (now, made) = (clock.GetUtcNow(), MakePassword());
        await using var transaction = await StoreTransaction.BeginAsync(store);
        var person = await store.Users.SingleAsync(p => p.Id == personId);
        (person.PasswordHash, person.MustChangePassword, person.SecurityStamp) = (hasher.HashPassword(person, made), true, Guid.NewGuid().ToString("N"));
        await store.LiftAsync(personId, TryLimit.Address, TryLimit.Device, TryLimit.Account);
        await store.EndSessionsAsync(personId, "重置密码", now);
        store.Add(by.Did("重置密码", "person:" + personId, now, new AuditChange(Reason: reason)));
        await transaction.CommitAsync();
        return made;
    }

    /// <summary>The person chooses a new one at the next sign-in; the key the old one opened is lost.</summary>
    /// <returns>Where the key has to be ended again, nothing was reset.</returns>
    public async Task<KeyEnd> ResetPinAsync(string personId, string reason, Actor by)
    {
        var ended = await keys.EndAsync(personId, by, "管理员重置 PIN");
        if (ended.Again) return ended;
        var now = clock.GetUtcNow();
        await using var transaction = await StoreTransaction.BeginAsync(store);
        (await store.Users.SingleAsync(p => p.Id == personId)).PinHash = null;
        await store.LiftAsync(personId, TryLimit.OwnPin, TryLimit.OthersPin);
        await store.EndSessionsAsync(personId, "重置 PIN", now);
        store.Add(by.Did("重置 PIN", "person:" + personId, now, new AuditChange(Reason: reason)));
        await transaction.CommitAsync();
        return ended;
    }

    /// <summary>The device is gone: until its owner enrols another, the password is enough.</summary>
    public async Task ResetSecondFactorAsync(string personId, string reason, Actor by)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await StoreTransaction.BeginAsync(store);
        await store.Set<SecondFactor>().Where(f => f.PersonId == personId).ExecuteDeleteAsync();
        await store.LiftAsync(personId, TryLimit.Code, TryLimit.Codes);
        await store.EndSessionsAsync(personId, "重置动态验证码", now);
        store.Add(by.Did("重置动态验证码", "person:" + personId, now, new AuditChange(Reason: reason)));
        await transaction.CommitAsync();
    }

    /// <summary>Those whose own PIN is locked.</summary>
    public async Task<IReadOnlySet<string>> LockedAsync(CancellationToken cancel = default)
    {
        var now = clock.GetUtcNow();
        return await store.Set<FailedTries>().Where(t => t.Kind == TryLimit.OwnPin.Kind && t.BlockedUntil > now && t.PersonId != null).Select(t => t.PersonId!).ToHashSetAsync(cancel);
    }
}
