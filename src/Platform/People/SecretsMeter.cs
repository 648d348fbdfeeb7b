using System.Diagnostics.Metrics;

namespace Platform.People;

/// <summary>Counts the passwords and PINs worked through, by what each costs: whoever guesses shows here, and so does an account that would answer cheaper than others.</summary>
public sealed class SecretsMeter(IMeterFactory meters)
{
    public const string Name = "BloodStation.People";

    /// <summary>Tag: algorithm and its cost, as <c>argon2id:19456:2</c> (KiB, passes) or <c>pbkdf2:100000</c> (iterations).</summary>
    public const string Cost = "cost";

    private readonly Counter<long> _derivations = meters.Create(Name).CreateCounter<long>("people.secret.derivations", "{derivation}", "Passwords and PINs worked through");

    public void Count(string cost) => _derivations.Add(1, new KeyValuePair<string, object?>(Cost, cost));
}
