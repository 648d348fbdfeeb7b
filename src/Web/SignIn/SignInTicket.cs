using System.Globalization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.SignIn;

/// <summary>Says on the page of the one-time code who has proved a password a moment ago. Worth nothing in another tenant, after five minutes, or when the password is another.</summary>
internal sealed class SignInTicket(IDataProtectionProvider protection, TenantContext tenant, Store store, TimeProvider clock)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    private IDataProtector Protector => protection.CreateProtector("sign-in-code", tenant.Current.TenantId);

    public string Of(Person person) => Protector.Protect($"{(clock.GetUtcNow() + Lasts).ToUnixTimeMilliseconds()} {person.SecurityStamp} {person.Id}");

    /// <summary>Null when it is worth nothing.</summary>
    public async Task<Person?> ReadAsync(string ticket, CancellationToken cancel = default)
    {
        if (Opened(ticket)?.Split(' ', 3) is not [var until, var stamp, var id]) return null;
        if (clock.GetUtcNow().ToUnixTimeMilliseconds() >= long.Parse(until, CultureInfo.InvariantCulture)) return null;
        return await store.Users.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id && p.SecurityStamp == stamp && !p.Disabled, cancel);
    }

    private string? Opened(string ticket)
    {
        try
        {
            return Protector.Unprotect(ticket);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}
