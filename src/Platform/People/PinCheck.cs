using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Platform.People;

/// <summary>A person proved by account and PIN at the moment of signing.</summary>
public sealed record ProvenPerson(string Id, string UserName, string FullName, IReadOnlySet<string> Permissions);

/// <summary>What a PIN opens: the signing key of the person, who has one where signing is electronic.</summary>
public interface IPinKeys
{
    /// <summary>Whether the PIN opens the person's key; null when there is none. An opened key stays open for the act that follows, so that one try costs one derivation.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key was changed, or never opens here.</exception>
    Task<bool?> OpensAsync(string personId, string pin);

    /// <summary>Names of those whose key never opens here because it was wrapped too cheaply.</summary>
    Task<IReadOnlyList<string>> CheapAsync(CancellationToken cancel = default);

    /// <summary>Ends the person's key for good: nobody else's PIN opens it. Outside any transaction.</summary>
    Task<KeyEnd> EndAsync(string personId, Actor by, string reason, CancellationToken cancel = default);
}

/// <param name="Again">The key is gone here, but who has to know of it did not answer and must be told again.</param>
/// <param name="Left">What somebody still has to do, zh-CN; null: nothing.</param>
public sealed record KeyEnd(bool Again, string? Left);

/// <summary>Proves who signs: where the person has a key, opening it is the proof, elsewhere the stored hash is. Five wrong PINs of one's own lock it until an administrator resets it;
/// five that somebody else typed stop that other for a while. Each try is committed at once, whatever the step does.</summary>
public sealed class PinCheck(Store store, TryLog tries, PinHash hash, IPinKeys keys, ProofGate gate, TimeProvider clock)
{
    public const int MinLength = 6;
    private const string Wrong = "工号或 PIN 不正确";
    private const string Damaged = "PIN 记录已损坏，不能核对，请管理员重置 PIN";
    private const string Locked = "PIN 已锁定：连续输错 5 次，请管理员重置";

    /// <param name="by">Whoever typed it.</param>
    /// <returns>The person, or the sentence that says why not. The same sentence, after the same time, for an unknown account and a wrong PIN.</returns>
    public async Task<(ProvenPerson? Person, string? Error)> ProveAsync(string? userName, string? pin, Actor by, CancellationToken cancel = default)
    {
        if (string.IsNullOrWhiteSpace(userName)) return (null, "请输入工号和 PIN");
        if (string.IsNullOrEmpty(pin)) return (null, "请输入签名 PIN");
        var account = userName.Trim().ToUpperInvariant();
        if (account.Any(char.IsControl)) return (null, Wrong);
        var person = await store.Users.AsNoTracking().SingleOrDefaultAsync(p => p.NormalizedUserName == account, cancel);
        // Nobody stops it half way: a try broken off counts too.
        if (await ErrorAsync(person, account, pin, by) is { } error) return (null, error);
        return (new ProvenPerson(person!.Id, person.UserName!, person.FullName, await PermissionsAsync(person.Id, cancel)), null);
    }

    public async Task<IReadOnlySet<string>> PermissionsAsync(string personId, CancellationToken cancel = default)
    {
        var permissions = from membership in store.UserRoles
                          join claim in store.RoleClaims on membership.RoleId equals claim.RoleId
                          where membership.UserId == personId && claim.ClaimType == PersonClaims.Permission
                          select claim.ClaimValue!;
        return (await permissions.Distinct().ToListAsync(cancel)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Null when the PIN is good enough.</summary>
    public static string? Weakness(string pin) =>
        pin.Length < MinLength || !pin.All(char.IsAsciiDigit) ? $"PIN 须为至少 {MinLength} 位数字"
        : pin.Distinct().Count() < 3 || "01234567890".Contains(pin, StringComparison.Ordinal) || "09876543210".Contains(pin, StringComparison.Ordinal) ? "PIN 太简单：不要用重复或连续的数字"
        : null;

    private async Task<string?> ErrorAsync(Person? person, string account, string pin, Actor by)
    {
        var own = person is not null && person.Id == by.Id;
        var key = own ? new TryKey(TryLimit.OwnPin, account) : new TryKey(TryLimit.OthersPin, $"{account}|{by.Id}");
        var trial = new Trial([key], [], person?.Id);
        using var place = await gate.EnterAsync();
        if (await tries.WaitAsync(trial) is { } until) return Waits(own, until);
        bool right;
        try
        {
            right = await IsRightAsync(person, pin);
        }
        catch (CryptographicException e)
        {
            return e is CheapPinException ? e.Message : Damaged;
        }
        return right ? await RightAsync(person!, trial, own) : await WrongAsync(person, trial, own, by);
    }

    /// <summary>Costs as much where there is no such person, or none with a PIN.</summary>
    private async Task<bool> IsRightAsync(Person? person, string pin)
    {
        if (person?.PinHash is null)
        {
            hash.Waste(pin);
            return false;
        }
        var stored = hash.Open(person);
        return await keys.OpensAsync(person.Id, pin) ?? hash.Matches(stored, pin);
    }

    private async Task<string?> RightAsync(Person person, Trial trial, bool own)
    {
        // Others may have used the tries up while this one was looked at.
        if (await tries.WaitAsync(trial) is { } until) return Waits(own, until);
        await tries.ForgetAsync(trial.Judged);
        return person.Disabled ? "该账号已停用" : null;
    }

    private async Task<string> WrongAsync(Person? person, Trial trial, bool own, Actor by)
    {
        var now = clock.GetUtcNow();
        var counted = await tries.CountAsync(trial, (where, sum) =>
            where.Add(by.Did(sum.Wait(now) ? "PIN 输错，已锁定" : "PIN 输错", "person:" + (person?.Id ?? "unknown"), now, new AuditChange(Field: person?.UserName, New: $"第 {sum.Failures} 次"))));
        if (counted is null) return Waits(own, await tries.WaitAsync(trial) ?? now);
        return counted.Wait(now) ? Waits(own, counted.Until) : $"{Wrong}（还可试 {trial.Judged[0].Limit.Free - counted.Failures} 次）";
    }

    private string Waits(bool own, DateTimeOffset until) => own ? Locked
        : $"您连续输错这位同事的 PIN，请 {TryWords.Minutes(until - clock.GetUtcNow())} 分钟后再试；本人在自己的登录中签名不受影响";
}

/// <summary>Waits in words.</summary>
public static class TryWords
{
    /// <summary>Whole minutes, at least one.</summary>
    public static int Minutes(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(wait.TotalMinutes));
}
