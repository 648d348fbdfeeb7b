using System.Security.Cryptography;
using System.Text;

namespace Platform.Storage;

/// <summary>The one secret outside the database, 32 bytes; every other key is derived from it (HKDF, RFC 5869) or encrypted under it.</summary>
public sealed class MasterKey
{
    public const string Variable = "BLOODSTATION_MASTER_KEY";

    /// <summary>Of 32 random bytes fewer differ once in more keys than are ever made.</summary>
    private const int FewestDifferent = 16;

    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    /// <summary>From the environment (base64), else from <c>master.key</c> in the data folder.</summary>
    /// <exception cref="StoreRefusedException">There is none, or it is not 32 bytes in base64.</exception>
    public static MasterKey Load(string folder, string? fromEnvironment) => Find(folder, fromEnvironment)
        ?? throw new StoreRefusedException($"找不到主密钥：没有 {FileOf(folder)}，也没有环境变量 {Variable}", "请把备份的主密钥放回原处（恢复），切勿新建，否则已加密的资料无法读取");

    /// <summary>Null where there is none.</summary>
    /// <exception cref="StoreRefusedException">It is not 32 bytes in base64.</exception>
    public static MasterKey? Find(string folder, string? fromEnvironment) =>
        !string.IsNullOrEmpty(fromEnvironment) ? new MasterKey(Decode(fromEnvironment, Variable))
        : File.Exists(FileOf(folder)) ? new MasterKey(Decode(File.ReadAllText(FileOf(folder)), FileOf(folder)))
        : null;

    /// <summary>Makes a new one where no store has been encrypted under another.</summary>
    /// <returns>The file.</returns>
    public static string Make(string folder)
    {
        Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(FileOf(folder), options);
        stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
        return FileOf(folder);
    }

    /// <summary>Nobody drew it: somebody typed it, or left it at nought.</summary>
    public bool IsGuessable => _key.Distinct().Count() < FewestDifferent;

    /// <summary>By which two keys are told apart; says nothing about the key.</summary>
    public string Fingerprint => Convert.ToHexStringLower(Derive("fingerprint", 8));

    /// <summary>A key for one purpose; the same purpose always gives the same key.</summary>
    public byte[] Derive(string purpose, int bytes = 32) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, bytes, info: Encoding.UTF8.GetBytes(purpose));

    private static string FileOf(string folder) => Path.Combine(folder, "master.key");

    private static byte[] Decode(string text, string source)
    {
        var key = new byte[32];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == 32 ? key
            : throw new StoreRefusedException($"{source} 不是 32 字节的 base64 主密钥", "请恢复备份的主密钥，切勿新建，否则已加密的资料无法读取");
    }
}
