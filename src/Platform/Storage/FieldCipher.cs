using System.Security.Cryptography;
using System.Text;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Encrypts personal data of one tenant at rest (AES-256-GCM) and makes the keyed digest by which it can be found (HMAC-SHA-256).</summary>
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

    public string Protect(string plain)
    {
        var text = Encoding.UTF8.GetBytes(plain);
        var sealed_ = new byte[12 + text.Length + 16];
        RandomNumberGenerator.Fill(sealed_.AsSpan(0, 12));
        using var aes = new AesGcm(_encryption, 16);
        aes.Encrypt(sealed_.AsSpan(0, 12), text, sealed_.AsSpan(12, text.Length), sealed_.AsSpan(12 + text.Length));
        return Prefix + Convert.ToBase64String(sealed_);
    }

    /// <exception cref="CryptographicException">The value was changed, or belongs to another tenant.</exception>
    public string Reveal(string stored)
    {
        if (!IsProtected(stored)) throw new CryptographicException("The value is not encrypted.");
        var sealed_ = Convert.FromBase64String(stored[Prefix.Length..]);
        var plain = new byte[sealed_.Length - 28];
        using var aes = new AesGcm(_encryption, 16);
        aes.Decrypt(sealed_.AsSpan(0, 12), sealed_.AsSpan(12, plain.Length), sealed_.AsSpan(sealed_.Length - 16), plain);
        return Encoding.UTF8.GetString(plain);
    }

    public static bool IsProtected(string stored) => stored.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Equal for equal input within this tenant only, so a copied table tells nothing about another.</summary>
    public string Digest(string plain) => Convert.ToHexString(HMACSHA256.HashData(_search, Encoding.UTF8.GetBytes(plain)));
}
