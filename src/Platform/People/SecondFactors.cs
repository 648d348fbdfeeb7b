using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;
using OtpNet;

namespace Platform.People;

/// <summary>The devices of a tenant's people that show one-time codes.</summary>
public sealed class SecondFactors(Store store, FieldCipher cipher, TimeProvider clock)
{
    public Task<bool> IsOnAsync(string personId, CancellationToken cancel = default) => Of(personId).AnyAsync(f => f.ConfirmedAt != null, cancel);

    /// <summary>A new key that waits for its first code.</summary>
    /// <returns>Null where one is in use already.</returns>
    public async Task<byte[]?> BeginAsync(string personId)
    {
        var key = OneTimeCode.NewKey();
        await using var transaction = await StoreTransaction.BeginAsync(store);
        if (await IsOnAsync(personId)) return null;
        await Of(personId).ExecuteDeleteAsync();
        store.Add(new SecondFactor { PersonId = personId, ProtectedKey = cipher.Protect(OneTimeCode.Text(key)) });
        await transaction.CommitAsync();
        return key;
    }

    /// <summary>The key that waits for its first code; null when none does.</summary>
    public async Task<byte[]?> WaitingAsync(string personId, CancellationToken cancel = default) =>
        await Of(personId).AsNoTracking().SingleOrDefaultAsync(f => f.ConfirmedAt == null, cancel) is { } waiting ? KeyOf(waiting) : null;

    /// <summary>From the first right code on, codes are asked for at every sign-in.</summary>
    public async Task<bool> ConfirmAsync(Actor by, string code)
    {
        var now = clock.GetUtcNow();
        if (await Of(by.Id).AsNoTracking().SingleOrDefaultAsync(f => f.ConfirmedAt == null) is not { } waiting) return false;
        if (OneTimeCode.PeriodOf(KeyOf(waiting), code, now, waiting.LastPeriod) is not { } period) return false;
        await using var transaction = await StoreTransaction.BeginAsync(store);
        var taken = await Of(by.Id).Where(f => f.ConfirmedAt == null && f.ProtectedKey == waiting.ProtectedKey)
            .ExecuteUpdateAsync(set => set.SetProperty(f => f.ConfirmedAt, now).SetProperty(f => f.LastPeriod, period));
        if (taken == 1) store.Add(by.Did("启用动态验证码", "person:" + by.Id, now));
        await transaction.CommitAsync();
        return taken == 1;
    }

    /// <summary>Whether it is a code of the person's device that has not been taken before; it is taken by this.</summary>
    public async Task<bool> TakeAsync(string personId, string code)
    {
        if (await Of(personId).AsNoTracking().SingleOrDefaultAsync(f => f.ConfirmedAt != null) is not { } device) return false;
        if (OneTimeCode.PeriodOf(KeyOf(device), code, clock.GetUtcNow(), device.LastPeriod) is not { } period) return false;
        await using var transaction = await StoreTransaction.BeginAsync(store);
        var taken = await Of(personId).Where(f => f.LastPeriod < period).ExecuteUpdateAsync(set => set.SetProperty(f => f.LastPeriod, period));
        await transaction.CommitAsync();
        return taken == 1;
    }

    /// <summary>Codes are asked for no more.</summary>
    public async Task EndAsync(Actor by)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store);
        if (await Of(by.Id).ExecuteDeleteAsync() > 0) store.Add(by.Did("停用动态验证码", "person:" + by.Id, clock.GetUtcNow()));
        await transaction.CommitAsync();
    }

    private byte[] KeyOf(SecondFactor device) => Base32Encoding.ToBytes(cipher.Reveal(device.ProtectedKey));

    private IQueryable<SecondFactor> Of(string personId) => store.Set<SecondFactor>().Where(f => f.PersonId == personId);
}
