using System.IO.Compression;
using System.Text;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A station that goes into one file and comes back from it: the same rows, the same files, the same people, on either database.</summary>
[Trait("Store", "postgres")]
public sealed class BackupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("backup-").FullName;

    public static TheoryData<bool, bool> Ways() => Installation.OnPostgres ? new() { { true, true }, { true, false }, { false, true } } : new() { { false, false } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Given_a_station_at_work_When_backed_up_and_restored_elsewhere_Then_all_is_as_it_was_and_work_goes_on(bool fromPostgres, bool toPostgres)
    {
        await using var from = await ProductHost.RunningAsync(onPostgres: fromPostgres);
        var staff = new Staff(from);
        var visit = await staff.DonateAsync("hangzhou", Visiting.NewIdNumber(), mpv: true);
        await (await staff.AtAsync("hangzhou", "da01")).ArchiveAsync();
        await WriteFileAsync(from, "2026/甲.zip", [1, 2, 3]);
        var file = await BackedUpAsync(from);
        await using var to = await ProductHost.InstallAsync(onPostgres: toPostgres);
        File.Copy(Path.Combine(from.AppData, "master.key"), Path.Combine(to.AppData, "master.key"));

        // Signed records name their station, so under another name they would not agree with it.
        await RefusedAsync(to, file + " --tenant shaoxing", "以租户名 hangzhou 签署");
        var (exit, output, error) = await to.VerbAsync(["restore", file]);

        Assert.True(exit == 0, output + error);
        Assert.Contains("档案包 1 个，全部符合", output, StringComparison.Ordinal);
        Assert.Contains("全部与写入时一致", output, StringComparison.Ordinal);
        Assert.Equal(Lines(file), Lines(await BackedUpAsync(to)));
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Path.Combine(to.AppData, "archive", "hangzhou", "2026", "甲.zip")));
        await to.StartAsync();
        var nurse = await new Staff(to).AtAsync("hangzhou", "hs01");
        Assert.Equal(200, (await nurse.GetAsync($"/visits/{visit}")).Status);
        await nurse.RunVisitAsync(Visiting.Registration(Visiting.NewIdNumber()), mpv: true);
        await EachSignatureIsSaidAsync(to);
        await RefusedAsync(to, file, "已有数据", "移走");
    }

    [Fact]
    public async Task Given_a_backup_When_it_is_damaged_or_the_key_is_another_or_it_does_not_fit_Then_it_is_refused_and_nothing_is_left()
    {
        await using var from = await ProductHost.RunningAsync();
        var file = await BackedUpAsync(from);
        await using var to = await ProductHost.InstallAsync();

        await RefusedAsync(to, file, "主密钥不同");
        File.Copy(Path.Combine(from.AppData, "master.key"), Path.Combine(to.AppData, "master.key"), overwrite: true);
        await RefusedAsync(to, Changed(file, "tables/people.jsonl", text => text.Replace("jd01", "jd09", StringComparison.Ordinal)), "tables/people.jsonl 已损坏");
        await RefusedAsync(to, Changed(file, "tables/people.jsonl", null), "缺少 tables/people.jsonl");
        await RefusedAsync(to, Changed(file, "manifest.json", text => text.Replace("\"Schema\": \"", "\"Schema\": \"Later", StringComparison.Ordinal)), "1.0 以前各版本的数据不能互相恢复");
        await RefusedAsync(to, Changed(file, "manifest.json", text => text.Replace("\"Rows\": ", "\"Rows\": 1", StringComparison.Ordinal)), "清单与封印不符");
        await RefusedAsync(to, Changed(file, "manifest.hmac", null), "备份没有封印");
        await RefusedAsync(to, Path.Combine(_folder, "none.zip"), "none.zip");
        await RefusedAsync(from, file, "已有数据");

        Assert.False(File.Exists(Path.Combine(to.AppData, "hangzhou.db")));
        Assert.Equal(0, (await to.VerbAsync(["restore", file])).Exit);
        await RefusedAsync(to, file + " --tenant shaoxing", "同一站点");
    }

    /// <summary>Of the archived donation from its package, of the visit begun since from the store.</summary>
    private static async Task EachSignatureIsSaidAsync(ProductHost server)
    {
        var (exit, output, error) = await server.VerbAsync(["verify", "hangzhou", "--signatures"]);

        Assert.True(exit == 0, output + error);
        var lines = output.Split('\n');
        Assert.Contains(lines, l => l.Contains("第 1 版 signatures/", StringComparison.Ordinal) && l.Contains("可信时间戳", StringComparison.Ordinal) && l.EndsWith("有效", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("9910", StringComparison.Ordinal) && l.Contains("（可信时间戳），证书由", StringComparison.Ordinal) && l.EndsWith("有效", StringComparison.Ordinal));
        Assert.Matches("未归档的签名 [1-9][0-9]* 个，全部有效", output);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> BackedUpAsync(ProductHost server)
    {
        var file = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".zip");
        var (exit, output, error) = await server.VerbAsync(["backup", "hangzhou", file]);
        Assert.True(exit == 0, output + error);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        return file;
    }

    private static async Task RefusedAsync(ProductHost server, string call, params string[] words)
    {
        var (exit, output, error) = await server.VerbAsync(["restore", .. call.Split(' ')]);
        Assert.True(exit == 2, $"exit {exit}\n{output}\n{error}");
        foreach (var word in words) Assert.Contains(word, error, StringComparison.Ordinal);
    }

    private static async Task WriteFileAsync(ProductHost server, string name, byte[] content)
    {
        var path = Path.Combine(server.AppData, "archive", "hangzhou", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, content);
    }

    /// <summary>Every row and file; the databases do not sort alike.</summary>
    private static List<string> Lines(string file)
    {
        using var zip = ZipFile.OpenRead(file);
        return [.. zip.Entries.Where(e => !e.Name.StartsWith("manifest.", StringComparison.Ordinal)).SelectMany(e => new StreamReader(e.Open(), Encoding.Latin1).ReadToEnd().Split('\n').Select(line => e.FullName + " " + line)).Order(StringComparer.Ordinal)];
    }

    private string Changed(string file, string entry, Func<string, string>? change)
    {
        var copy = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".zip");
        File.Copy(file, copy);
        using var zip = ZipFile.Open(copy, ZipArchiveMode.Update);
        string text;
        using (var reader = new StreamReader(zip.GetEntry(entry)!.Open())) text = reader.ReadToEnd();
        zip.GetEntry(entry)!.Delete();
        if (change is null) return copy;
        using var writer = new StreamWriter(zip.CreateEntry(entry).Open());
        writer.Write(change(text));
        return copy;
    }
}
