using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.People;

/// <summary>What is stored of a PIN: its salted hash, sealed under a key derived from the master key, one for each person. Six digits are guessed in no time by whoever has the hash; a copied database has none.</summary>
public sealed class PinHash(MasterKey master, TenantContext tenant, IPasswordHasher<Person> hasher)
{
    private const string Prefix = "v1:";

    public string Of(Person person, string pin) => Prefix + Convert.ToBase64String(Cipher.Seal(Key(person), Encoding.UTF8.GetBytes(hasher.HashPassword(person, pin))));

    /// <summary>Whether this is the person's PIN; null when what is stored was changed, or belongs to another person or another master key.</summary>
    public bool? Matches(Person person, string pin)
    {
        try
        {
            return hasher.VerifyHashedPassword(person, Open(person), pin) != PasswordVerificationResult.Failed;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }

    /// <summary>A hash that is not sealed is none: who can write into the database, and has no master key, would put one there.</summary>
    private string Open(Person person) => person.PinHash!.StartsWith(Prefix, StringComparison.Ordinal)
        ? Encoding.UTF8.GetString(Cipher.Open(Key(person), Convert.FromBase64String(person.PinHash[Prefix.Length..]))) : throw new CryptographicException("The hash is not sealed.");

    private byte[] Key(Person person) => master.Derive($"pins:{tenant.Current.TenantId}:{person.Id}");
}
