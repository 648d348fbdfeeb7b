using System.Security.Cryptography;
using System.Text;

namespace Engine.Canonical;

/// <summary>SHA-256 as it is written everywhere in documents, records and packages: 64 digits, lower-case hexadecimal.</summary>
public static class Digest
{
    public static string Of(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Of the text in UTF-8.</summary>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));
}
