using System.Security.Cryptography;

namespace Platform.Storage;

/// <summary>AES-256-GCM with a random 96-bit nonce in front and the 128-bit tag behind (NIST SP 800-38D).</summary>
public static class Cipher
{
    private const int Nonce = 12;
    private const int Tag = 16;

    public static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain)
    {
        var result = new byte[Nonce + plain.Length + Tag];
        RandomNumberGenerator.Fill(result.AsSpan(0, Nonce));
        using var aes = new AesGcm(key, Tag);
        aes.Encrypt(result.AsSpan(0, Nonce), plain, result.AsSpan(Nonce, plain.Length), result.AsSpan(Nonce + plain.Length));
        return result;
    }

    /// <exception cref="CryptographicException">Another key, or the value was changed.</exception>
    public static byte[] Open(byte[] key, ReadOnlySpan<byte> stored)
    {
        if (stored.Length < Nonce + Tag) throw new CryptographicException("The value is too short to be encrypted.");
        var plain = new byte[stored.Length - Nonce - Tag];
        using var aes = new AesGcm(key, Tag);
        aes.Decrypt(stored[..Nonce], stored[Nonce..^Tag], stored[^Tag..], plain);
        return plain;
    }
}
