using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>The archive from the closed visit to the auditor: one action, a package that proves itself, and whatever is changed in it is named.</summary>
public sealed partial class ArchiveTests : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("archive-").FullName;
    private readonly TenantConfigCopy _configuration = new();
    private ProductHost _server = null!;
    private Staff _staff = null!;

    private static string Today => DateTime.UtcNow.AddHours(8).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static int Year => DateTime.UtcNow.AddHours(8).Year;

    public async Task InitializeAsync()
    {
        foreach (var tenant in new[] { "hangzhou", "shaoxing" }) _configuration.AddApplications(tenant);
        _server = await ProductHost.InstallAsync(_configuration.Folder);
        // A package that is handed in must not lie in clear in a temporary folder, not for a moment: there is none.
        _server.Environment["ASPNETCORE_TEMP"] = Path.Combine(_folder, "none");
        await _server.StartAsync();
        _staff = new Staff(_server);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _configuration.Dispose();
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_a_donation_When_archived_Then_it_is_listed_opened_proven_and_each_change_of_a_byte_is_named()
    {
        var idNumber = Visiting.NewIdNumber();
        var visit = await _staff.DonateAsync("hangzhou", idNumber, mpv: true);
        var archivist = await _staff.AtAsync("hangzhou", "da01");

        var job = await archivist.ArchiveAsync();
        Assert.True(job.Has("归档完成") && job.Has("1 / 1"), Visiting.Words(job));
        var list = await archivist.GetAsync("/archive");
        Assert.True(list.Has($"Z001-YW·XX-{Year}-D10-XF1-0001") && list.Has("演*") && list.Has("10年") && list.Has("居民身份证") && list.Has("献血服务一科"), Visiting.Words(list));
        Assert.False(list.Has(idNumber) || list.Has("演示献血者"));
        var item = Archiving.ItemOf(list);
        await FoundAndOpenedAsync(archivist, item, visit, idNumber);
        await ReadByProgramAsync(item, idNumber);
        Assert.Equal(422, (await archivist.PostAsync($"/archive/{item}/v1/package.zip", ("reason", ""))).Status);
        var package = await PackageAsync(archivist, item, 1);
        Assert.Equal([["接口下载档案包", ""], ["下载档案包", "移交核查"]], await new Database(_server, "hangzhou").RowsAsync($"SELECT \"Action\", coalesce(\"Reason\", '') FROM audit WHERE \"Subject\" = 'archive:{item}' AND \"Action\" LIKE '%下载档案包' ORDER BY \"Id\""));
        await ProvenAsync(package);
        EachChangeIsNamed(package);
        var (exit, output, error) = await _server.VerbAsync(["verify", "hangzhou"]);
        Assert.True(exit == 0, output + error);
        Assert.True((await archivist.ArchiveAsync()).Has("没有变化"));
        OnlyItsAccountReads(Path.Combine(_server.AppData, "archive"));
    }

    [Fact]
    public async Task Given_a_donation_with_reactions_and_corrections_When_archived_Then_it_holds_and_what_comes_later_is_a_next_version_of_the_same_item()
    {
        var (nurse, visit) = await DonateUnwellAsync(Visiting.NewIdNumber());
        var archivist = await _staff.AtAsync("hangzhou", "da01");
        var outstanding = await archivist.GetAsync("/archive/runs");
        Assert.True(outstanding.Has("共 1 次") && outstanding.Has("未归档") && !outstanding.Has("更正后未归档"), Visiting.Words(outstanding));
        var job = await archivist.ArchiveOutstandingAsync();
        Assert.True(job.Has("1 / 1") && job.Has("已归档"), Visiting.Words(job));
        Assert.Contains("data-outstanding=\"0\"", (await archivist.GetAsync("/archive/runs")).Body, StringComparison.Ordinal);
        var item = Archiving.ItemOf(await archivist.GetAsync("/archive"));
        var first = await PackageAsync(archivist, item, 1);
        using (var opened = ZipFile.OpenRead(first))
        {
            string[] records = [.. opened.Entries.Select(e => e.FullName).Where(n => Regex.IsMatch(n, @"^records/(donation-reaction.*|registration)-v\d\.json$")).Order()];
            Assert.Equal(["records/donation-reaction-1-v1.json", "records/donation-reaction-2-v1.json", "records/donation-reaction-3-v1.json", "records/registration-v1.json", "records/registration-v2.json"], records);
            var (collection, registration) = (Printed(opened, "record-collection"), Printed(opened, "record-registration"));
            Assert.All(new[] { "口周麻木", "面色苍白", "穿刺部位疼痛" }, signs => Assert.Equal(2, collection.Split(signs).Length));
            Assert.True(registration.Contains("13911112222", StringComparison.Ordinal) && registration.Contains("更正人", StringComparison.Ordinal), registration);
        }
        await HoldsAsync(first);

        var call = (await new Database(_server, "hangzhou").RowsAsync("""SELECT lower(CAST("Id" AS text)) FROM follow_ups WHERE "ClosedAt" IS NULL"""))[0][0];
        Assert.Equal(302, (await nurse.PostAsync($"/follow-ups/{call}", Visiting.WithHidden(await nurse.GetAsync($"/follow-ups/{call}"), Collecting.Call()))).Status);
        Assert.True((await archivist.GetAsync("/archive/runs")).Has("更正后未归档"));
        Assert.True((await archivist.ArchiveOutstandingAsync()).Has("更正后归档为下一版"));
        Assert.Contains("data-outstanding=\"0\"", (await archivist.GetAsync("/archive/runs")).Body, StringComparison.Ordinal);
        await nurse.AmendAsync(visit, "tests", Visiting.Tests(mpv: true, hb: "144"));
        Assert.True((await archivist.ArchiveAsync()).Has("更正后归档为下一版"));

        var list = await archivist.GetAsync("/archive");
        Assert.True(list.Has($"-XF1-0001（第 3 版）") && list.Has("共 1 件"), Visiting.Words(list));
        Assert.Equal(await File.ReadAllBytesAsync(first), await File.ReadAllBytesAsync(await PackageAsync(archivist, item, 1)));
        await HoldsAsync(await PackageAsync(archivist, item, 3));
        Assert.Equal(0, (await _server.VerbAsync(["verify", "hangzhou"])).Exit);
        using var zip = ZipFile.OpenRead(await PackageAsync(archivist, item, 3));
        Assert.Equal(["records/reaction-follow-up-1-v1.json", "records/tests-v1.json", "records/tests-v2.json"], zip.Entries.Select(e => e.FullName).Where(n => Regex.IsMatch(n, @"^records/(reaction-follow-up-1|tests)-v\d\.json$")).Order());
    }

    /// <summary>A donation in which two reports are written at once and one more afterwards, and whose telephone number is corrected when the forms are printed.</summary>
    private async Task<(Browser Nurse, Guid Visit)> DonateUnwellAsync(string idNumber)
    {
        foreach (var second in new[] { "jc02", Collecting.Second }) await _staff.AtAsync("hangzhou", second);
        var nurse = await _staff.AtAsync("hangzhou", "hs01");
        var visit = await nurse.RunVisitAsync(Visiting.Registration(idNumber), mpv: true);
        var number = await nurse.DonationNumberAsync(visit);
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(idNumber, number));
        var reports = await Task.WhenAll(
            nurse.ReportAsync(visit, Collecting.Reaction(DateOnly.FromDateTime(DateTime.UtcNow.AddDays(2)), "口周麻木")), nurse.ReportAsync(visit, Collecting.Reaction(signs: "面色苍白")));
        Assert.All(reports, r => Assert.True(r.Status == 302, Visiting.Words(r)));
        await nurse.FinishAsync(visit, number);
        Assert.Equal(302, (await nurse.ReportAsync(visit, Collecting.Reaction(signs: "穿刺部位疼痛"))).Status);
        await nurse.AmendAsync(visit, "registration", new(Visiting.Registration(idNumber)) { ["phone"] = "13911112222", ["pin-corrector"] = Staff.Pin });
        return (nurse, visit);
    }

    /// <summary>The last version of a printed form in a package, as a reader finds it.</summary>
    private static string Printed(ZipArchive package, string form) => PdfText.Of(ReadAll(package.Entries.Where(e => e.FullName.StartsWith($"forms/{form}-v", StringComparison.Ordinal)).MaxBy(e => e.FullName, StringComparer.Ordinal)!));

    private async Task HoldsAsync(string package, string station = "hangzhou")
    {
        var (exit, output, _) = await _server.VerbAsync(["verify", package, "--root", await RootAsync(station)]);
        Assert.True(exit == 0, output);
    }

    [Fact]
    public async Task Given_no_electronic_signing_When_archived_Then_the_package_holds_and_says_that_the_paper_is_kept()
    {
        var idNumber = Visiting.NewIdNumber();
        var visit = await _staff.DonateAsync("shaoxing", idNumber, mpv: false);
        await (await _staff.AtAsync("shaoxing", "hs01")).AmendAsync(visit, "registration", new(Visiting.Registration(idNumber)) { ["phone"] = "13911112222", ["pin-corrector"] = Staff.Pin });
        var archivist = await _staff.AtAsync("shaoxing", "da01");

        var job = await archivist.ArchiveAsync();
        Assert.True(job.Has("归档完成"), Visiting.Words(job));
        var item = Archiving.ItemOf(await archivist.GetAsync("/archive"));
        Assert.True((await archivist.GetAsync($"/archive/{item}")).Has("未使用电子签名，纸质签名存档"));
        var (exit, output, _) = await _server.VerbAsync(["verify", await PackageAsync(archivist, item, 1), "--root", await RootAsync("shaoxing")]);

        Assert.True(exit == 0 && output.Contains("未使用电子签名，纸质签名存档", StringComparison.Ordinal), output);
    }

    private async Task FoundAndOpenedAsync(Browser archivist, Guid item, Guid visit, string idNumber)
    {
        var found = await archivist.PostAsync("/archive/find", ("document", idNumber), ("name", "演示献血者"), ("year", $"{Year}"), ("from", Today));
        Assert.DoesNotContain(idNumber, found.Location!, StringComparison.Ordinal);
        Assert.True((await archivist.GetAsync(found.Location!["/hangzhou".Length..])).Has("共 1 件"));
        Assert.True((await archivist.GetAsync((await archivist.PostAsync("/archive/find", ("document", "330198190001011234"))).Location!["/hangzhou".Length..])).Has("没有符合条件的档案"));
        var page = await archivist.GetAsync($"/archive/{item}");
        Assert.True(page.Has("结论：通过") && !page.Has(idNumber), Visiting.Words(page));
        Assert.Equal(422, (await archivist.PostAsync($"/archive/{item}/reveal", ("reason", ""))).Status);
        Assert.True((await archivist.PostAsync($"/archive/{item}/reveal", ("reason", "核对证件"))).Has(idNumber));
        var form = Form().Match(page.Body).Groups[1].Value;
        Assert.Contains("演示献血者", PdfText.Of((await archivist.GetAsync(form)).Bytes), StringComparison.Ordinal);
        var audit = (await new Database(_server, "hangzhou").RowsAsync($"SELECT \"Action\" FROM audit WHERE \"Subject\" = 'archive:{item}' ORDER BY \"Id\"")).Select(r => r[0]);
        Assert.Equal(["查看档案", "查看完整个人信息", "查看档案表单"], audit);
        Assert.Contains("归档", (await new Database(_server, "hangzhou").RowsAsync($"SELECT \"Action\" FROM audit WHERE \"Subject\" = 'visit:{visit}'")).Select(r => r[0]));
    }

    private async Task ReadByProgramAsync(Guid item, string idNumber)
    {
        var program = _staff.Stranger("hangzhou");
        var asked = await program.PostAsync("/connect/token", new Dictionary<string, string>(Connecting.ClientCredentials) { ["scope"] = "archive.read" }, withToken: false);
        var token = JsonDocument.Parse(asked.Body).RootElement.GetProperty("access_token").GetString();
        var without = _staff.Stranger("hangzhou");
        without.Bearer = await Connecting.TokenAsync(_staff.Stranger("hangzhou"));
        program.Bearer = token;
        var other = _staff.Stranger("shaoxing");
        other.Bearer = token;

        var list = JsonDocument.Parse((await program.GetAsync($"/api/archive?year={Year}")).Body).RootElement;
        Assert.Equal((1, item.ToString()), (list.GetProperty("total").GetInt32(), list.GetProperty("items")[0].GetProperty("id").GetString()));
        Assert.StartsWith("%PDF", (await program.GetAsync($"/api/archive/{item}/documents/record-consent.pdf")).Body, StringComparison.Ordinal);
        foreach (var (search, found) in new[] { ($$"""{"documentNumber":"{{idNumber.ToLowerInvariant()}}"}""", 1), ($$"""{"name":"演示献血者","year":{{Year}},"from":"{{Today}}"}""", 1), ("""{"name":"没有这个人"}""", 0) })
            Assert.Equal(found, JsonDocument.Parse((await program.PostJsonAsync("/api/archive/search", search)).Body).RootElement.GetProperty("total").GetInt32());
        Assert.StartsWith("PK", (await program.GetAsync($"/api/archive/{item}/v1/package.zip")).Body, StringComparison.Ordinal);
        Assert.Equal(404, (await program.GetAsync($"/api/archive/{item}/v2/package.zip")).Status);
        Assert.Equal(401, (await other.GetAsync($"/api/archive/{item}/v1/package.zip")).Status);
        Assert.Equal(403, (await without.PostJsonAsync("/api/archive/search", "{}")).Status);
        Assert.Equal(404, (await program.GetAsync($"/api/archive/{item}/documents/none.pdf")).Status);
        Assert.Equal(401, (await other.GetAsync("/api/archive")).Status);
        Assert.Equal(403, (await without.GetAsync("/api/archive")).Status);
        Assert.Equal(401, (await _staff.Stranger("hangzhou").GetAsync("/api/archive")).Status);
    }

    private async Task<string> PackageAsync(Browser archivist, Guid item, int version)
    {
        var file = Path.Combine(_folder, $"{item:N}-{version}.zip");
        await File.WriteAllBytesAsync(file, (await archivist.PostAsync($"/archive/{item}/v{version}/package.zip", ("reason", "移交核查"))).Bytes);
        return file;
    }

    private async Task<string> RootAsync(string station)
    {
        var file = Path.Combine(_folder, station + ".cer");
        await File.WriteAllBytesAsync(file, (await _staff.Stranger(station).GetAsync("/pki/root.cer")).Bytes);
        return file;
    }

    private static void OnlyItsAccountReads(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private async Task ProvenAsync(string package)
    {
        var root = await RootAsync("hangzhou");
        var unzipped = Path.Combine(_folder, "unzipped");
        ZipFile.ExtractToDirectory(package, unzipped);

        var (exit, output, error) = await _server.VerbAsync(["verify", package, "--root", root]);
        var (other, said, _) = await _server.VerbAsync(["verify", package, "--root", Directory.GetFiles(unzipped, "signer-1.cer", SearchOption.AllDirectories)[0]]);
        var (alone, inner, _) = await _server.VerbAsync(["verify", package]);
        var bundle = Path.Combine(_folder, "roots.pem");
        await File.WriteAllTextAsync(bundle, string.Join('\n', new[] { "hangzhou", "shaoxing" }.Select(s => PemEncoding.WriteString("CERTIFICATE", File.ReadAllBytes(RootAsync(s).Result)))));
        var page = await (await _staff.AtAsync("hangzhou", "sj01")).GetAsync("/archive/verify");
        var uploaded = await (await _staff.AtAsync("hangzhou", "sj01")).UploadAsync("/archive/verify", await File.ReadAllBytesAsync(package));

        Assert.True(exit == 0, output + error);
        Assert.True(output.Contains("演示献血者", StringComparison.Ordinal) && output.Contains("可信时间戳", StringComparison.Ordinal) && output.Contains("全部符合", StringComparison.Ordinal), output);
        Assert.True(alone == 3 && inner.Contains("内部一致", StringComparison.Ordinal) && !inner.Contains("全部符合", StringComparison.Ordinal), inner);
        Assert.Equal(0, (await _server.VerbAsync(["verify", package, "--root", await RootAsync("shaoxing"), "--root", root])).Exit);
        Assert.Equal(0, (await _server.VerbAsync(["verify", package, "--root", bundle])).Exit);
        var (empty, _, none) = await _server.VerbAsync(["verify", package, "--root", package]);
        Assert.True(empty == 2 && none.Contains("没有证书", StringComparison.Ordinal), none);
        Assert.True(other == 1 && said.Contains("受信任", StringComparison.Ordinal), said);
        Assert.Equal((200, true), (page.Status, uploaded.Body.Contains("data-holds=\"true\"", StringComparison.Ordinal)));
        using var sums = Process.Start(new ProcessStartInfo("sha256sum", ["-c", "--quiet", "manifest.sha256"]) { WorkingDirectory = unzipped })!;
        await sums.WaitForExitAsync();
        Assert.Equal(0, sums.ExitCode);
        Assert.Equal(2, (await _server.VerbAsync(["verify", "none.zip"])).Exit);
    }

    /// <summary>One bit at the beginning, the middle and the end of one file of every kind, judged as the verb judges it.</summary>
    private static void EachChangeIsNamed(string package)
    {
        List<(string Name, byte[] Bytes)> files;
        using (var zip = ZipFile.OpenRead(package)) files = [.. zip.Entries.Select(e => (e.FullName, ReadAll(e)))];
        var kinds = files.GroupBy(f => f.Name.Contains('/', StringComparison.Ordinal) ? f.Name.Split('/')[0] + (f.Name.EndsWith(".signed.json", StringComparison.Ordinal) ? " signed" : Path.GetExtension(f.Name)) : f.Name).Select(g => g.First().Name).ToList();
        Assert.True(kinds.Count >= 12, string.Join(" ", kinds));
        var unnoticed = new List<string>();
        foreach (var name in kinds)
            foreach (var at in new[] { 0.0, 0.31, 0.5, 0.77, 1.0 })
            {
                var verdict = Modules.Archive.CheckPackage.Run(Modules.Signing.Contracts.SignatureChecking.Offline, Changed(files, name, at));
                if (!verdict.Faults.Any(f => f.File == name || f.Reason.Contains(name, StringComparison.Ordinal))) unnoticed.Add($"{name} at {at}: {string.Join("; ", verdict.Faults)}");
            }
        foreach (var (name, _) in files.Where(f => kinds.Contains(f.Name)))
            if (!Modules.Archive.CheckPackage.Run(Modules.Signing.Contracts.SignatureChecking.Offline, Changed(files, name, null)).Faults.Any(f => f.File == name || f.Reason.Contains(name, StringComparison.Ordinal))) unnoticed.Add($"{name} taken away");
        Assert.True(unnoticed.Count == 0, string.Join("\n", unnoticed));
    }

    /// <param name="at">Where in the file a bit is turned; null: the file is left out.</param>
    private static MemoryStream Changed(List<(string Name, byte[] Bytes)> files, string name, double? at)
    {
        var output = new MemoryStream();
        using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (file, bytes) in files)
            {
                if (file == name && at is null) continue;
                using var entry = zip.CreateEntry(file, CompressionLevel.NoCompression).Open();
                entry.Write(file == name ? [.. bytes.Select((b, i) => i == (int)(at!.Value * (bytes.Length - 1)) ? (byte)(b ^ 1) : b)] : bytes);
            }
        output.Position = 0;
        return output;
    }

    private static byte[] ReadAll(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    [GeneratedRegex("href=\"/hangzhou(/archive/[0-9a-f-]+/v1/documents/[a-z0-9-]+\\.pdf)\"")]
    private static partial Regex Form();
}
