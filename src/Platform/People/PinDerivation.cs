using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Platform.People;

/// <summary>Makes a key of 32 bytes from a PIN by Argon2id (RFC 9106). The derivation is kept beside what it protects: <c>argon2id:KiB:passes:salt</c>.</summary>
/// <param name="cost">Of what is derived anew.</param>
/// <param name="floor">Below it nothing opens; null accepts every cost.</param>
/// <param name="meter">Counts; null where nobody looks.</param>
public sealed class PinDerivation(PinCost cost, PinCost? floor, SecretsMeter? meter = null)
{
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;

    public string New() =>
        string.Create(CultureInfo.InvariantCulture, $"argon2id:{cost.MemoryKiB}:{cost.Passes}:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SaltBytes))}");

    /// <exception cref="CheapPinException">It is below the floor.</exception>
    /// <exception cref="CryptographicException">These are no parameters of Argon2id.</exception>
    public byte[] Derive(string derivation, string pin)
    {
        var (of, salt) = Read(derivation);
        if (IsCheap(of)) throw new CheapPinException();
        var argon = PasswordBasedKeyDerivationAlgorithm.Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = of.MemoryKiB, NumberOfPasses = of.Passes });
        meter?.Count(string.Create(CultureInfo.InvariantCulture, $"argon2id:{of.MemoryKiB}:{of.Passes}"));
        var secret = Encoding.UTF8.GetBytes(pin);
        try
        {
            return argon.DeriveBytes(secret, salt, KeyBytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Whether it never opens here because it was made too cheaply; what cannot be read is damaged and not cheap.</summary>
    public bool IsCheap(string derivation)
    {
        try
        {
            return IsCheap(Read(derivation).Cost);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private bool IsCheap(PinCost of) => floor is not null && of.IsBelow(floor);

    private static (PinCost Cost, byte[] Salt) Read(string derivation)
    {
        try
        {
            var parts = derivation.Split(':');
            var of = new PinCost(long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
            var salt = Convert.FromBase64String(parts[3]);
            if (parts is ["argon2id", _, _, _] && of.IsPossible && salt.Length == SaltBytes) return (of, salt);
        }
        catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw new CryptographicException("These are no parameters of Argon2id.", e);
        }
        throw new CryptographicException("These are no parameters of Argon2id.");
    }
}
