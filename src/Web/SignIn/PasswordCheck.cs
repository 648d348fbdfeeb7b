using Microsoft.AspNetCore.Identity;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.SignIn;

/// <summary>Compares a password so that guessing is slow: five wrong ones lock the account for 15 minutes, each counted before the next is looked at.</summary>
internal sealed class PasswordCheck(Store store, UserManager<Person> people, TenantContext tenant)
{
    public const string Locked = "登录失败次数过多，请 15 分钟后再试，或请管理员重置密码";

    /// <remarks>Nobody stops it half way: a try broken off counts too.</remarks>
    /// <returns>Whether it is this person's; null while the account is locked.</returns>
    public async Task<bool?> IsRightAsync(Person person, string password)
    {
        using var turn = await PersonTurn.TakeAsync(tenant.Current, person.Id);
        await store.Entry(person).ReloadAsync();
        if (await people.IsLockedOutAsync(person)) return null;
        var right = await people.CheckPasswordAsync(person, password);
        if (right && person.AccessFailedCount == 0) return true;
        await using var transaction = await StoreTransaction.BeginAsync(store);
        if (right) await people.ResetAccessFailedCountAsync(person);
        else await people.AccessFailedAsync(person);
        await transaction.CommitAsync();
        return right;
    }
}
