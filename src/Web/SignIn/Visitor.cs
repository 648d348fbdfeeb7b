using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Platform.People;
using Platform.Storage;

namespace Web.SignIn;

/// <summary>Where a request comes from: its address, and the browser, which is known again by a secret it keeps.</summary>
internal sealed class Visitor(FieldCipher cipher)
{
    private const string Cookie = "blood-station-device";

    /// <summary>As long as browsers keep a cookie.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(400);

    public SignInFrom Of(HttpContext http) =>
        new(SourceOf(http.Connection.RemoteIpAddress), http.Request.Cookies[Cookie] is { Length: > 0 and <= 100 } secret ? Digest(secret) : "");

    /// <summary>Whoever has signed in here is known here from now on.</summary>
    public SignInFrom Remembered(HttpContext http)
    {
        var visit = Of(http);
        var secret = visit.Device.Length > 0 ? http.Request.Cookies[Cookie]! : Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        http.Response.Cookies.Append(Cookie, secret, new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, IsEssential = true, MaxAge = Lasts, Path = http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/",
        });
        return visit with { Device = Digest(secret) };
    }

    /// <summary>The address as limits count it; of version 6 its network of 64 bits.</summary>
    public static string SourceOf(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        return new IPAddress([.. bytes[..8], .. new byte[8]]) + "/64";
    }

    private string Digest(string secret) => cipher.Digest("device:" + secret);
}
