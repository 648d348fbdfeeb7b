using System.Diagnostics;
using System.Text;
using Harness;
using IntegrationTests.Support;
using Npgsql;
using Xunit;

namespace IntegrationTests;

/// <summary>Who has the files, a dump or the log has nobody's name, number, phone or address.</summary>
[Trait("Store", "postgres")]
public sealed class PersonalDataTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Name = "欧阳测试玥";
    private const string Phone = "13987650321";
    private const string Address = "演示市隐秘巷九十九号";

    [Fact]
    public async Task Given_a_visit_with_drafts_refusals_and_a_full_view_When_store_dump_and_log_are_searched_Then_the_donor_is_in_none_of_them()
    {
        var idNumber = Visiting.NewIdNumber();
        var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
        var values = new Dictionary<string, string>(Visiting.Registration(idNumber)) { ["name"] = Name, ["phone"] = Phone, ["address"] = Address };
        Assert.Equal(422, (await nurse.PostRegistrationAsync(new(values) { ["donorCategory"] = "" })).Status);
        var visit = await nurse.RunVisitAsync(values, mpv: true);
        var donor = (await nurse.PostAsync("/donors/find", ("idNumber", idNumber))).Location!["/hangzhou".Length..];
        var revealed = await RevealAsync(donor);
        var page = await nurse.GetAsync($"/visits/{visit}");

        Assert.True(revealed.Has(Name) && revealed.Has(idNumber), "the full view shows what is searched for below");
        foreach (var secret in new[] { Name, idNumber, Phone, Address })
        {
            Assert.False(page.Has(secret), "the visit's page shows " + secret);
            Assert.DoesNotContain(secret, shared.Server.Output, StringComparison.Ordinal);
            foreach (var (what, bytes) in await StoredAsync()) Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"{secret} stands in {what}");
        }
    }

    [Fact]
    public async Task Given_donations_told_to_the_province_When_its_index_is_read_Then_it_holds_digests_and_no_identity_number()
    {
        var index = new Database(shared.Server, "Default");
        await shared.Server.DrainAsync();
        var rows = await index.RowsAsync("SELECT * FROM donor_index");

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Contains(row, value => value is { Length: 64 } && value.All(char.IsAsciiHexDigit)));
        string[] identities = ["33010219900315102X", "330106199509123283", "330104196801012154", "330602199211080462", "330602198507041177"];
        Assert.All(rows.SelectMany(r => r), value => Assert.DoesNotContain(identities, i => value?.Contains(i, StringComparison.Ordinal) == true));
        Assert.All(identities.SelectMany(Hashes), plain => Assert.DoesNotContain(rows.SelectMany(r => r), v => plain.Equals(v, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>A digest anybody can make of eighteen digits would tell as much as the digits.</summary>
    private static IEnumerable<string> Hashes(string identity) =>
        [Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(identity))), Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.Unicode.GetBytes(identity)))];

    private async Task<Answer> RevealAsync(string donor)
    {
        var administrator = await shared.Staff.AtAsync("hangzhou", "gl01");
        await administrator.GetAsync(donor);
        return await administrator.PostAsync(donor + "/reveal", ("reason", "核对证件"));
    }

    /// <summary>Every byte the databases keep.</summary>
    private async Task<IReadOnlyList<(string What, byte[] Bytes)>> StoredAsync()
    {
        if (shared.Server.Postgres is { } connection) return [("the dump", await DumpAsync(new NpgsqlConnectionStringBuilder(connection)))];
        var files = Directory.GetFiles(shared.Server.AppData);
        Assert.Contains(files, f => f.EndsWith("hangzhou.db", StringComparison.Ordinal));
        return [.. files.Select(f => (Path.GetFileName(f), Bytes(f)))];
    }

    private static byte[] Bytes(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static async Task<byte[]> DumpAsync(NpgsqlConnectionStringBuilder to)
    {
        var info = new ProcessStartInfo("pg_dump", ["-h", to.Host!, "-p", $"{to.Port}", "-U", to.Username!, "--inserts", to.Database!]) { RedirectStandardOutput = true };
        info.Environment["PGPASSWORD"] = to.Password;
        using var process = Process.Start(info)!;
        using var bytes = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return bytes.ToArray();
    }
}
