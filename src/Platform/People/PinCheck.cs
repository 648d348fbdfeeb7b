using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
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
}

/// <summary>Proves who signs: where the person has a key, opening it is the proof, elsewhere the stored hash is. Five wrong PINs lock the person until an administrator resets the PIN; each try is committed at once, whatever the step does.</summary>
public sealed class PinCheck(Store store, Stores stores, Tenancy.TenantContext tenant, PinHash hash, IPinKeys keys)
{
    public const int Tries = 5;
    public const int MinLength = 6;
    private const string Wrong = "工号或 PIN 不正确";
    private const string Damaged = "PIN 记录已损坏，不能核对，请管理员重置 PIN";
    private const string Locked = "PIN 已锁定：连续输错 5 次，请管理员重置";

    /// <summary>The person, or the sentence that says why not. The same sentence for an unknown account and a wrong PIN.</summary>
    public async Task<(ProvenPerson? Person, string? Error)> ProveAsync(string? userName, string? pin, CancellationToken cancel = default)
    {
        if (string.IsNullOrWhiteSpace(userName)) return (null, "请输入工号和 PIN");
        if (string.IsNullOrEmpty(pin)) return (null, "请输入签名 PIN");
        var account = userName.Trim().ToUpperInvariant();
        if (account.Any(char.IsControl)) return (null, Wrong);
        var person = await store.Users.AsNoTracking().SingleOrDefaultAsync(p => p.NormalizedUserName == account, cancel);
        if (person?.PinHash is null) return (null, Wrong);
        if (person.Disabled) return (null, "该账号已停用");
        // Nobody stops it half way: a try broken off counts too.
        using (await PersonTurn.TakeAsync(tenant.Current, person.Id, CancellationToken.None))
            if (await ErrorAsync(person, pin) is { } error) return (null, error);
        return (new ProvenPerson(person.Id, person.UserName!, person.FullName, await PermissionsAsync(person.Id, cancel)), null);
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

    private async Task<string?> ErrorAsync(Person person, string pin)
    {
        var failures = await store.Users.Where(p => p.Id == person.Id).Select(p => p.PinFailures).SingleAsync();
        if (failures >= Tries) return Locked;
        bool right;
        try
        {
            var stored = hash.Open(person);
            right = await keys.OpensAsync(person.Id, pin) ?? hash.Matches(stored, pin);
        }
        catch (CryptographicException e)
        {
            return e is CheapPinException ? e.Message : Damaged;
        }
        if (!right || failures > 0) await CountAsync(person, right);
        return right ? null : failures + 1 >= Tries ? Locked : $"{Wrong}（还可试 {Tries - failures - 1} 次）";
    }

    private async Task CountAsync(Person person, bool right)
    {
        await using var separate = stores.Open(tenant.Current);
        await using var transaction = await StoreTransaction.BeginAsync(separate);
        await separate.Users.Where(p => p.Id == person.Id).ExecuteUpdateAsync(set => set.SetProperty(p => p.PinFailures, p => right ? 0 : p.PinFailures + 1));
        await transaction.CommitAsync();
    }
}
