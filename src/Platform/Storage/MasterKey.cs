using System.Security.Cryptography;
using System.Text;

namespace Platform.Storage;

/// <summary>The one secret outside the database, 32 bytes; every other key is derived from it (HKDF, RFC 5869) or encrypted under it.</summary>
public sealed class MasterKey
{
    public const string Variable = "BLOODSTATION_MASTER_KEY";
    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    /// <summary>From the environment (base64), else from <c>master.key</c> in the data folder, made there on first use.</summary>
    /// <exception cref="InvalidOperationException">The value is not 32 bytes in base64.</exception>
    public static MasterKey Load(string folder, string? fromEnvironment)
    {
        if (!string.IsNullOrEmpty(fromEnvironment)) return new MasterKey(Decode(fromEnvironment, Variable));
        var file = Path.Combine(folder, "master.key");
        if (!File.Exists(file)) Create(folder, file);
        return new MasterKey(Decode(File.ReadAllText(file), file));
    }

    /// <summary>By which two keys are told apart; says nothing about the key.</summary>
    public string Fingerprint => Convert.ToHexStringLower(Derive("fingerprint", 8));

    /// <summary>A key for one purpose; the same purpose always gives the same key.</summary>
    public byte[] Derive(string purpose, int bytes = 32) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, bytes, info: Encoding.UTF8.GetBytes(purpose));

    private static void Create(string folder, string file)
    {
        Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
    }

    private static byte[] Decode(string text, string source)
    {
        var key = new byte[32];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == 32
            ? key
            : throw new InvalidOperationException($"{source} 不是 32 字节的 base64 主密钥：请恢复备份的主密钥，切勿新建，否则已加密的资料无法读取。");
    }
}
