using System.Buffers.Binary;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Platform.People;

namespace Web.SignIn;

/// <summary>Identity's hasher, each comparison counted by its cost.</summary>
internal sealed class CountedHasher(IOptions<PasswordHasherOptions> options, SecretsMeter meter) : PasswordHasher<Person>(options)
{
    /// <summary>Marker and pseudo-random function come before the iterations in version 3 of its format.</summary>
    private const int IterationsAt = 5;

    public override PasswordVerificationResult VerifyHashedPassword(Person user, string hashedPassword, string providedPassword)
    {
        var result = base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        meter.Count($"pbkdf2:{BinaryPrimitives.ReadUInt32BigEndian(Convert.FromBase64String(hashedPassword).AsSpan(IterationsAt))}");
        return result;
    }
}
