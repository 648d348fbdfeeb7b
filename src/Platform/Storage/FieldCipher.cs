using System.Security.Cryptography;
using System.Text;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>What is stored is not what was written: somebody or something has changed it.</summary>
/// <param name="message">zh-CN: it is shown where a job says why something was left out.</param>
public sealed class DamagedValueException(string message, Exception? inner = null) : CryptographicException(message, inner);

/// <summary>Encrypts personal data of one tenant at rest and makes the keyed digest by which it can be found (HMAC-SHA-256).</summary>
public sealed class FieldCipher
{
    private const string Prefix = "v1:";
    private const string Damaged = "加密保存的内容已被改动或损坏";
    private readonly byte[] _encryption;
    private readonly byte[] _search;

    public FieldCipher(MasterKey master, TenantContext tenant)
    {
        _encryption = master.Derive("fields:" + tenant.Current.TenantId);
        _search = master.Derive("search:" + tenant.Current.TenantId);
    }

    public string Protect(string plain) => Prefix + Convert.ToBase64String(Cipher.Seal(_encryption, Encoding.UTF8.GetBytes(plain)));

    /// <exception cref="DamagedValueException">The value was changed, or belongs to another tenant.</exception>
    public string Reveal(string stored)
    {
        if (!stored.StartsWith(Prefix, StringComparison.Ordinal)) throw new DamagedValueException(Damaged);
        try
        {
            return Encoding.UTF8.GetString(Reveal(Convert.FromBase64String(stored[Prefix.Length..])));
        }
        catch (FormatException e)
        {
            throw new DamagedValueException(Damaged, e);
        }
    }

    public byte[] Protect(ReadOnlySpan<byte> plain) => Cipher.Seal(_encryption, plain);

    /// <exception cref="DamagedValueException">The value was changed, or belongs to another tenant.</exception>
    public byte[] Reveal(ReadOnlySpan<byte> stored)
    {
        try
        {
            return Cipher.Open(_encryption, stored);
        }
        catch (CryptographicException e)
        {
            throw new DamagedValueException(Damaged, e);
        }
    }

    /// <summary>Null when the value was changed, or belongs to another tenant: for whoever looks for changes.</summary>
    public byte[]? TryReveal(ReadOnlySpan<byte> stored)
    {
        try
        {
            return Reveal(stored);
        }
        catch (DamagedValueException)
        {
            return null;
        }
    }

    /// <summary>Equal for equal input within this tenant only, so a copied table tells nothing about another.</summary>
    public string Digest(string plain) => Convert.ToHexString(HMACSHA256.HashData(_search, Encoding.UTF8.GetBytes(plain)));
}
