using System.Security.Cryptography;
using System.Text;
using Engine.Forms;
using Microsoft.EntityFrameworkCore;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.People;

/// <summary>Makes the token of an identity number and tells the host whose account it is.</summary>
public sealed class PersonTokens(MasterKey master, Stores stores, TenantContext tenant)
{
    private const int ShortestOther = 5;
    private const int LongestOther = 20;

    /// <param name="fault">Why it is no identity number, zh-CN.</param>
    public string? Read(string typed, DateOnly today, out string? fault)
    {
        var text = TypedText.Number(typed);
        // Passports and permits have letters and no check digit.
        var other = text.Length is >= ShortestOther and <= LongestOther && text.Length != ResidentIdNumber.Length && text.Any(char.IsAsciiLetter) && text.All(char.IsAsciiLetterOrDigit);
        fault = text.Length == 0 ? "必填，请填写居民身份证号码；没有的，填写护照或通行证号码" : null;
        if (fault is not null) return null;
        var number = other ? text : ResidentIdNumber.ReadTyped(text, today, out fault)?.Value;
        return number is null ? null : Convert.ToHexStringLower(HMACSHA256.HashData(master.Derive("person-identity"), Encoding.UTF8.GetBytes(number)));
    }

    /// <summary>Said again, it changes nothing.</summary>
    public async Task SayAsync(string personId, string token, CancellationToken cancel = default)
    {
        await using var host = stores.OpenHost();
        if (await host.Set<PersonIdentity>().AnyAsync(p => p.TenantId == tenant.Current.TenantId && p.PersonId == personId, cancel)) return;
        host.Add(new PersonIdentity { TenantId = tenant.Current.TenantId, PersonId = personId, Token = token });
        await host.SaveChangesAsync(cancel);
    }
}
