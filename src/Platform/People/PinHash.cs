using System.Security.Cryptography;
using System.Text;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.People;

/// <summary>What is stored of a PIN: its salted hash, sealed under a key derived from the master key, one for each person. Six digits are guessed in no time by whoever has the hash; a copied database has none.</summary>
public sealed class PinHash(MasterKey master, TenantContext tenant, PinDerivation derivation)
{
    private const string Prefix = "v2:";

    public string Of(Person person, string pin)
    {
        var by = derivation.New();
        return Prefix + Convert.ToBase64String(Cipher.Seal(Key(person), Encoding.UTF8.GetBytes($"{by}:{Convert.ToBase64String(derivation.Derive(by, pin))}")));
    }

    /// <summary>The derivation and its hash, not yet compared with anything.</summary>
    /// <exception cref="CryptographicException">What is stored was changed, or belongs to another person or another master key.</exception>
    public (string Derivation, byte[] Hash) Open(Person person)
    {
        try
        {
            var text = person.PinHash!.StartsWith(Prefix, StringComparison.Ordinal)
                ? Encoding.UTF8.GetString(Cipher.Open(Key(person), Convert.FromBase64String(person.PinHash[Prefix.Length..])))
                // A hash that is not sealed is none: who can write into the database, and has no master key, would put one there.
                : throw new CryptographicException("The hash is not sealed.");
            var end = text.LastIndexOf(':');
            return (text[..end], Convert.FromBase64String(text[(end + 1)..]));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new CryptographicException("The hash cannot be read.", e);
        }
    }

    /// <summary>Costs as much as comparing, where there is nothing to compare with.</summary>
    public void Waste(string pin) => derivation.Derive(derivation.New(), pin);

    /// <exception cref="CryptographicException">It never opens here.</exception>
    public bool Matches((string Derivation, byte[] Hash) stored, string pin) => CryptographicOperations.FixedTimeEquals(derivation.Derive(stored.Derivation, pin), stored.Hash);

    /// <summary>Whether the person's PIN never opens here because it was stored too cheaply.</summary>
    public bool IsCheap(Person person)
    {
        try
        {
            return person.PinHash is not null && derivation.IsCheap(Open(person).Derivation);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private byte[] Key(Person person) => master.Derive($"pins:{tenant.Current.TenantId}:{person.Id}");
}
