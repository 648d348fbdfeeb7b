using Modules.Archive;
using Modules.Archive.Contracts;
using Platform.Audit;
using Xunit;

namespace FastTests.Archive;

/// <summary>What lies in the store under the name of a package is given out only while it is that package.</summary>
public sealed class OpenPackageTests
{
    private static readonly byte[] Archived = "PK: as archived"u8.ToArray();

    [Theory]
    [InlineData("PK: as archived", true)]
    [InlineData("PK: as archivee", false)]
    [InlineData("PK: as archived ", false)]
    [InlineData("", false)]
    public async Task Given_a_file_of_the_store_When_taken_out_Then_it_has_the_digest_it_was_archived_with(string stored, bool given)
    {
        var open = new OpenPackage(null!, new OneFile(System.Text.Encoding.UTF8.GetBytes(stored)), TimeProvider.System);

        if (given) Assert.Equal(Archived, await open.ReadAsync(Version(), default));
        else Assert.Contains(OpenPackage.Another, await RefusedAsync(open), StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(OpenPackage open) =>
        (await Assert.ThrowsAsync<ArchiveStoreException>(() => open.ReadAsync(Version(), default))).Message;

    private static ArchiveVersion Version() => new()
    {
        ItemId = Guid.Empty, Version = 1, VisitId = Guid.Empty, ArchiveNumber = "X-0001", Series = "s", Item = 1, Records = 1,
        File = "2026/a.zip.sealed", Sha256 = AuditTables.Sha256(Archived), Bytes = Archived.Length,
        PersonId = "1", PersonName = "档案员", At = default,
    };

    private sealed class OneFile(byte[] bytes) : IArchiveStore
    {
        public Task<byte[]> ReadAsync(string name, CancellationToken cancel = default) => Task.FromResult(bytes);
        public Task WriteAsync(string name, ReadOnlyMemory<byte> package, CancellationToken cancel = default) =>
            throw new NotSupportedException();
        public IEnumerable<string> List() => throw new NotSupportedException();
    }
}
