using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Signing;

/// <summary>Wraps a member of staff's key twice: by Argon2id of the PIN (RFC 9106), then by a key derived from the master key. A copied database without the master key gives no PIN to guess at.</summary>
internal sealed class StaffKeyWrap(MasterKey master, TenantContext tenant)
{
    private const int MemoryKiB = 19 * 1024;
    private const int Passes = 2;
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;

    public (string Derivation, byte[] Wrapped) Wrap(ECDsa key, string pin)
    {
        var derivation = string.Create(CultureInfo.InvariantCulture, $"argon2id:{MemoryKiB}:{Passes}:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SaltBytes))}");
        var (plain, inner) = (key.ExportPkcs8PrivateKey(), Derive(derivation, pin));
        var wrapped = Cipher.Seal(Outer(), Cipher.Seal(inner, plain));
        CryptographicOperations.ZeroMemory(plain);
        CryptographicOperations.ZeroMemory(inner);
        return (derivation, wrapped);
    }

    /// <summary>The key; null when the PIN does not open it.</summary>
    /// <exception cref="CryptographicException">Another master key, or the row was changed.</exception>
    public ECDsa? Open(string derivation, byte[] wrapped, string pin)
    {
        var (sealedKey, inner) = (Cipher.Open(Outer(), wrapped), Derive(derivation, pin));
        try
        {
            var plain = Cipher.Open(inner, sealedKey);
            var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(plain, out _);
            CryptographicOperations.ZeroMemory(plain);
            return key;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(inner);
        }
    }

    private byte[] Outer() => master.Derive("staff-keys:" + tenant.Current.TenantId);

    /// <exception cref="CryptographicException">The row was changed.</exception>
    private static byte[] Derive(string derivation, string pin)
    {
        var parts = derivation.Split(':');
        try
        {
            return Derive(long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture), Convert.FromBase64String(parts[3]), pin);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw new CryptographicException("These are no parameters of Argon2id.", e);
        }
    }

    private static byte[] Derive(long memoryKiB, long passes, byte[] salt, string pin)
    {
        var argon = PasswordBasedKeyDerivationAlgorithm.Argon2id(new Argon2Parameters
        {
            DegreeOfParallelism = 1, MemorySize = memoryKiB, NumberOfPasses = passes,
        });
        var secret = Encoding.UTF8.GetBytes(pin);
        var key = argon.DeriveBytes(secret, salt, KeyBytes);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }
}
