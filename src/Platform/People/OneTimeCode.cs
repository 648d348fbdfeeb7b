using System.Security.Cryptography;
using Engine.Forms;
using OtpNet;

namespace Platform.People;

/// <summary>Codes of a device that shares a key (RFC 6238): HMAC-SHA-1, a period of 30 s, six digits, as every authenticator application has them.</summary>
public static class OneTimeCode
{
    public const int Digits = 6;

    /// <summary>As long as the digest (RFC 4226 §4, R6).</summary>
    private const int KeyBytes = 20;

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <summary>The key as it is typed into a device.</summary>
    public static string Text(byte[] key) => Base32Encoding.ToString(key).TrimEnd('=');

    /// <summary>What a device reads from a QR code.</summary>
    /// <param name="issuer">Whose account it is, such as the station's name.</param>
    public static string Address(byte[] key, string issuer, string account) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(account)}?secret={Text(key)}&issuer={Uri.EscapeDataString(issuer)}&digits={Digits}&period=30";

    /// <summary>The period whose code was typed: the one of now, the one before or the one after (RFC 6238 §5.2); null when it is none of them, or not later than the last one taken.</summary>
    public static long? PeriodOf(byte[] key, string typed, DateTimeOffset now, long last)
    {
        var code = TypedText.Number(typed);
        return code.Length == Digits && new Totp(key).VerifyTotp(now.UtcDateTime, code, out var period, VerificationWindow.RfcSpecifiedNetworkDelay) && period > last ? period : null;
    }
}
