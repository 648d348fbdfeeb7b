using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.People;
using Platform.Storage;

namespace Web.SignIn;

/// <summary>Proves a person by account and password so that guessing is slow for whoever guesses, and for nobody else: a browser that has been in the account before has a count of its own,
/// and so has every address. An account that is not there answers with the same words after the same time.</summary>
internal sealed class PasswordCheck(Store store, IPasswordHasher<Person> hasher, TryLog tries, Sessions sessions, ProofGate gate, TimeProvider clock)
{
    private const string Wrong = "工号或密码不正确";
    private static string? _nobodys;

    /// <remarks>Nobody stops it half way: a try broken off counts too.</remarks>
    /// <returns>The person, or the sentence that says why not.</returns>
    public async Task<(Person? Person, string? Error)> ProveAsync(string? account, string password, SignInFrom from)
    {
        var normal = (account ?? "").Trim().ToUpperInvariant();
        if (normal.Any(char.IsControl)) normal = "";
        var person = await store.Users.AsNoTracking().SingleOrDefaultAsync(p => p.NormalizedUserName == normal);
        var trial = TrialOf(normal, from, await sessions.KnownAsync(normal, from), person?.Id);
        using var place = await gate.EnterAsync();
        if (await tries.WaitAsync(trial) is { } until) return (null, Waits(until));
        var hash = person?.PasswordHash ?? (_nobodys ??= hasher.HashPassword(new Person(), Convert.ToHexString(RandomNumberGenerator.GetBytes(16))));
        if (hasher.VerifyHashedPassword(person ?? new Person(), hash, password) == PasswordVerificationResult.Failed || person?.PasswordHash is null || person.Disabled)
            return (null, await WrongAsync(trial, person, from));
        // Others may have used the tries up while this one was looked at.
        if (await tries.WaitAsync(trial) is { } since) return (null, Waits(since));
        await tries.ForgetAsync(Own(normal, from));
        return (person, null);
    }

    /// <summary>A browser that is known is judged by its own count alone, an address that is known not by what the others of the world do; what is wrong is counted everywhere.</summary>
    private static Trial TrialOf(string account, SignInFrom from, (bool Device, bool Source) known, string? person)
    {
        IReadOnlyList<TryKey> own = Own(account, from);
        TryKey all = new(TryLimit.Account, account), source = new(TryLimit.Source, from.Source);
        return known.Device ? new Trial([own[^1]], [own[0], all, source], person)
            : known.Source ? new Trial([own[0], source], [all], person)
            : new Trial([own[0], all, source], [], person);
    }

    private static IReadOnlyList<TryKey> Own(string account, SignInFrom from) =>
        from.Device.Length == 0 ? [new(TryLimit.Address, $"{account}|{from.Source}")] : [new(TryLimit.Address, $"{account}|{from.Source}"), new(TryLimit.Device, $"{account}|{from.Device}")];

    private async Task<string> WrongAsync(Trial trial, Person? person, SignInFrom from)
    {
        var now = clock.GetUtcNow();
        var counted = await tries.CountAsync(trial, (where, sum) => where.Add(Actor.Nobody.Did(
            sum.Wait(now) ? "登录失败，须等待" : "登录失败", "person:" + (person?.Id ?? "unknown"), now, new AuditChange(person?.UserName, null, $"来自 {from.Source}，第 {sum.Failures} 次"))));
        return counted is null ? Waits(await tries.WaitAsync(trial) ?? now) : Wrong;
    }

    private string Waits(DateTimeOffset until) =>
        $"登录失败次数过多，请 {TryWords.Minutes(until - clock.GetUtcNow())} 分钟后再试。继续输错，等待会加长到 {TryWords.Minutes(TryLimit.Address.Longest)} 分钟；忘记密码请管理员重置";
}
