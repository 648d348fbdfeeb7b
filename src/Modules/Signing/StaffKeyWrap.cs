using System.Security.Cryptography;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Signing;

/// <summary>Wraps a member of staff's key twice: by Argon2id of the PIN (RFC 9106), then by a key derived from the master key. A copied database without the master key gives no PIN to guess at.</summary>
internal sealed class StaffKeyWrap(MasterKey master, TenantContext tenant, PinDerivation pins)
{
    public (string Derivation, byte[] Wrapped) Wrap(ECDsa key, string pin)
    {
        var derivation = pins.New();
        var (plain, inner) = (key.ExportPkcs8PrivateKey(), pins.Derive(derivation, pin));
        var wrapped = Cipher.Seal(Outer(), Cipher.Seal(inner, plain));
        CryptographicOperations.ZeroMemory(plain);
        CryptographicOperations.ZeroMemory(inner);
        return (derivation, wrapped);
    }

    /// <summary>The key; null when the PIN does not open it.</summary>
    /// <exception cref="CheapPinException">It was wrapped at a lower cost than is accepted here.</exception>
    /// <exception cref="CryptographicException">Another master key, or the row was changed.</exception>
    public ECDsa? Open(string derivation, byte[] wrapped, string pin)
    {
        var (sealedKey, inner) = (Cipher.Open(Outer(), wrapped), pins.Derive(derivation, pin));
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

    public bool IsCheap(string derivation) => pins.IsCheap(derivation);

    private byte[] Outer() => master.Derive("staff-keys:" + tenant.Current.TenantId);
}
