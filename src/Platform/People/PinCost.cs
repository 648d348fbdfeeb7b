namespace Platform.People;

/// <summary>What one try of a PIN costs: Argon2id (RFC 9106) with one lane.</summary>
/// <param name="MemoryKiB">Memory in KiB, 8 to 1,048,576.</param>
/// <param name="Passes">Passes over it, 1 to 100.</param>
public sealed record PinCost(long MemoryKiB, long Passes)
{
    public const string MemorySetting = "Pins:MemoryKiB";
    public const string PassesSetting = "Pins:Passes";

    /// <summary>The least a production may ask, and what is asked where nothing is set (OWASP Password Storage Cheat Sheet, Argon2id).</summary>
    public static PinCost Floor { get; } = new(19 * 1024, 2);

    public bool IsPossible => MemoryKiB is >= 8 and <= 1024 * 1024 && Passes is >= 1 and <= 100;

    public bool IsBelow(PinCost other) => MemoryKiB < other.MemoryKiB || Passes < other.Passes;
}

/// <summary>A PIN record was made at a lower cost than this installation accepts: whoever copies it guesses the PIN too fast. It never opens here.</summary>
public sealed class CheapPinException() : System.Security.Cryptography.CryptographicException("PIN 是以低于本系统要求的强度保存的，不能使用，请管理员重置 PIN");
