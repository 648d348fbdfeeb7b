using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Platform.Storage;
using Xunit;

namespace FastTests.Storage;

/// <summary>Nobody without the master key makes or changes a backup.</summary>
public sealed class BackupSealTests
{
    private const string Manifest = """{"Version":"1"}""";
    private static readonly MasterKey Own = Key(1);

    [Fact]
    public async Task Given_a_backup_as_it_was_written_When_its_seal_is_checked_Then_it_holds() =>
        await BackupReading.CheckSealAsync(Backup(Manifest, Seal(Own, Manifest)), Own);

    [Fact]
    public async Task Given_a_changed_manifest_or_the_seal_of_another_key_or_a_cut_one_When_checked_Then_it_is_refused()
    {
        var seal = Seal(Own, Manifest);
        foreach (var written in new[] { Seal(Key(2), Manifest), seal[..^1], "", seal.ToUpperInvariant() })
            Assert.Contains("与封印不符", await RefusedAsync(Backup(Manifest, written)), StringComparison.Ordinal);
        Assert.Contains("与封印不符", await RefusedAsync(Backup("""{"Version":"2"}""", seal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_no_seal_When_checked_Then_it_is_refused_and_says_which_version_wrote_such() =>
        Assert.Contains("没有封印", await RefusedAsync(Backup(Manifest, null)), StringComparison.Ordinal);

    private static async Task<string> RefusedAsync(ZipArchive backup) =>
        (await Assert.ThrowsAsync<BackupException>(() => BackupReading.CheckSealAsync(backup, Own))).Message;

    private static string Seal(MasterKey key, string manifest) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key.Derive("backup-manifest"), Encoding.UTF8.GetBytes(manifest)));

    private static MasterKey Key(byte seed) => MasterKey.Load("", Convert.ToBase64String(Enumerable.Repeat(seed, 32).ToArray()));

    private static ZipArchive Backup(string manifest, string? seal)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(zip, BackupManifest.Name, manifest);
            if (seal is not null) Write(zip, BackupManifest.SealName, seal);
        }
        return new ZipArchive(stream, ZipArchiveMode.Read);
    }

    private static void Write(ZipArchive zip, string name, string text)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }
}
