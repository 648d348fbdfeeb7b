using System.Security.Cryptography;
using System.Text;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Encrypts personal data of one tenant at rest and makes the keyed digest by which it can be found (HMAC-SHA-256).</summary>
public sealed class FieldCipher
{
    private const string Prefix = "v1:";
    private readonly byte[] _encryption;
    private readonly byte[] _search;

    public FieldCipher(MasterKey master, TenantContext tenant)
    {
        _encryption = master.Derive("fields:" + tenant.Current.TenantId);
        _search = master.Derive("search:" + tenant.Current.TenantId);
    }

    public string Protect(string plain) => Prefix + Convert.ToBase64String(Cipher.Seal(_encryption, Encoding.UTF8.GetBytes(plain)));

    /// <exception cref="CryptographicException">The value was changed, or belongs to another tenant.</exception>
    public string Reveal(string stored) => stored.StartsWith(Prefix, StringComparison.Ordinal)
        ? Encoding.UTF8.GetString(Cipher.Open(_encryption, Convert.FromBase64String(stored[Prefix.Length..])))
        : throw new CryptographicException("The value is not encrypted.");

    public byte[] Protect(ReadOnlySpan<byte> plain) => Cipher.Seal(_encryption, plain);

    /// <exception cref="CryptographicException">The value was changed, or belongs to another tenant.</exception>
    public byte[] Reveal(ReadOnlySpan<byte> stored) => Cipher.Open(_encryption, stored);

    /// <summary>Null when the value was changed, or belongs to another tenant: for whoever looks for changes.</summary>
    public byte[]? TryReveal(ReadOnlySpan<byte> stored)
    {
        try
        {
            return Reveal(stored);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Equal for equal input within this tenant only, so a copied table tells nothing about another.</summary>
    public string Digest(string plain) => Convert.ToHexString(HMACSHA256.HashData(_search, Encoding.UTF8.GetBytes(plain)));
}
