using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Whoever can write the database and the folder of packages, and has no key, is found out; and what he has broken keeps nothing else from being archived and checked.</summary>
[Trait("Store", "postgres")]
public sealed class ForgedArchiveTests : IAsyncLifetime
{
    private const string Station = "shaoxing";
    private ProductHost _server = null!;
    private Staff _staff = null!;
    private Database _database = null!;

    private string Folder => Path.Combine(_server.AppData, "archive", Station);

    public async Task InitializeAsync()
    {
        _server = await ProductHost.RunningAsync();
        (_staff, _database) = (new Staff(_server), new Database(_server, Station));
        for (var i = 0; i < 3; i++) await _staff.DeferAsync(Station);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Given_an_archive_When_list_files_and_rows_are_changed_past_the_product_Then_every_package_is_still_looked_at_and_each_change_is_named()
    {
        var archivist = await _staff.AtAsync(Station, "da01");
        await archivist.ArchiveAsync();
        var versions = await _database.RowsAsync("""SELECT "ItemId", "File", "ArchiveNumber" FROM archive_versions ORDER BY "Item" """);
        await HoldsAsync();
        await SaysAsync("姓名", """UPDATE archive_items SET "NameDigest" = 'x' WHERE "Item" = 1""");
        await SaysAsync("年度、保管期限或部门", """UPDATE archive_items SET "Retention" = 'Y' WHERE "Item" = 2""");
        await SaysAsync("却没有归档的版本", Dummies());
        await SaysAsync("存储中有不属于任何一件档案的文件", "SELECT 1", () => File.WriteAllBytes(Path.Combine(Folder, "orphan.zip.sealed"), [1]), fault: false);
        await SwappedAsync(archivist, versions);
        await SaysAsync("目录中的版本与归档时不一致", """UPDATE archive_items SET "Version" = 2 WHERE "Item" = 1""");
        await SaysAsync("档案目录中没有这一件", """DELETE FROM archive_items WHERE "Item" = 3""", () => File.Delete(Path.Combine(Folder, versions[2][1]!)));
        Assert.Contains("不见了", await SaidAsync(1), StringComparison.Ordinal);

        await _server.StopAsync();
        await using (var product = await Offline.OpenAsync(_server)) await product.LiftGuardAsync(_server, Station);
        await _database.ExecuteAsync("""DELETE FROM archive_versions WHERE "Item" = 3""");
        Assert.Contains("的 archive 已不是当时的内容，或已不在", await SaidAsync(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_visit_that_cannot_be_read_When_archived_Then_it_is_refused_with_the_reason_and_the_others_and_the_next_job_are_done()
    {
        var archivist = await _staff.AtAsync(Station, "da01");
        await _server.StopAsync();
        await using (var product = await Offline.OpenAsync(_server)) await product.LiftGuardAsync(_server, Station);
        await _database.FlipAsync("record_documents", "ProtectedPdf", "true ORDER BY \"At\"");
        // Which puts the triggers back: without them the station is not served.
        Assert.Equal(0, (await _server.VerbAsync(["migrate"])).Exit);
        await _server.StartAsync();

        var done = await archivist.ArchiveAsync();

        Assert.True(done.Has("3 / 3") && done.Has("不能读取"), Visiting.Words(done));
        Assert.Equal(2, await _database.CountAsync("archive_versions"));
        Assert.True((await archivist.ArchiveAsync()).Has("以前已归档"));
        Assert.Contains("record_documents", await SaidAsync(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_hand_over_When_a_line_or_all_of_it_is_taken_away_past_the_triggers_Then_it_is_named_and_whoever_hides_it_by_cutting_off_the_evidence_is_found_by_the_packages()
    {
        var visit = await _staff.DonateAsync(Station, Visiting.NewIdNumber(), mpv: false);
        await _staff.AtAsync(Station, "rh01");
        var nurse = await _staff.AtAsync(Station, "hs01");
        var given = await nurse.PostAsync("/hand-overs", Collecting.HandOver(await nurse.GetAsync("/hand-overs"), visit, "rh01"));
        Assert.Equal(302, given.Status);
        var archivist = await _staff.AtAsync(Station, "da01");
        await archivist.ArchiveAsync();
        await _staff.DeferAsync(Station);
        await archivist.ArchiveAsync();
        await _server.StopAsync();
        await using var product = await Offline.OpenAsync(_server);
        Assert.Contains("证据树头 2 个，证据与签署时一致", await SaidAsync(0), StringComparison.Ordinal);
        Assert.Empty(await product.FindingsAsync(Station));
        await product.LiftGuardAsync(_server, Station);

        await _database.ExecuteAsync("DELETE FROM hand_over_lines");
        Assert.Single(await product.FindingsAsync(Station), f => f.Reason.Contains("的 hand-over 已不是", StringComparison.Ordinal));
        await _database.ExecuteAsync("DELETE FROM hand_overs");
        Assert.Single(await product.FindingsAsync(Station), f => f.Reason.Contains("的 hand-over 已不是", StringComparison.Ordinal));

        await _database.ExecuteAsync("""DELETE FROM evidence_leaves WHERE "Index" >= 5""");
        await _database.ExecuteAsync("""UPDATE number_series SET "Last" = 5 WHERE "Key" = 'evidence-tree'""");
        await _database.ExecuteAsync("""DELETE FROM tree_heads""");
        Assert.Empty(await product.FindingsAsync(Station));
        Assert.Contains("现在只有 5 条：末尾的证据被删去", await SaidAsync(1), StringComparison.Ordinal);
        await _database.ExecuteAsync("""DELETE FROM audit WHERE "Id" = (SELECT min("Id") FROM audit)""");
        Assert.Empty(await product.FindingsAsync(Station));
        Assert.Matches("当时有 ([0-9]+) 条操作记录（至 [0-9]+ 号），现在有 (?!\\1)[0-9]+ 条：操作记录被删去或补入", await SaidAsync(1));
    }

    /// <summary>Two whole packages under each other's name: served to nobody, judged for nobody, and named.</summary>
    private async Task SwappedAsync(Browser archivist, IReadOnlyList<IReadOnlyList<string?>> versions)
    {
        var (one, two) = (Path.Combine(Folder, versions[0][1]!), Path.Combine(Folder, versions[1][1]!));
        void Swap()
        {
            File.Move(one, one + ".kept");
            File.Move(two, one);
            File.Move(one + ".kept", two);
        }
        Swap();
        var served = await archivist.PostAsync($"/archive/{versions[0][0]!.ToLowerInvariant()}/v1/package.zip", ("reason", "移交"));
        var auditor = await _staff.AtAsync(Station, "sj01");
        await auditor.GetAsync("/archive/verify");
        var judged = await auditor.PostAsync("/archive/verify", ("number", versions[0][2]!));
        Assert.True(served.Has("不是归档时的那个档案包"), Visiting.Words(served));
        Assert.True(judged.Status == 422 && judged.Has("不是归档时的那个档案包"), Visiting.Words(judged));
        Assert.Contains("不是归档时的那个档案包", await SaidAsync(1), StringComparison.Ordinal);
        Swap();
    }

    /// <summary>Rows of a list nobody has archived, before all others by their key and more than are looked at together.</summary>
    private static string Dummies()
    {
        var columns = """ "VisitId", "ArchiveNumber", "Year", "Retention", "Department", "DepartmentTitle", "Item", "Day", "CollectedAt", "ProtectedName", "NameDigest", "DocumentType", "ProtectedDocumentNumber", "DocumentNumberDigest", "DonationNumber", "Signed", "Version", "Documents", "ArchivedAt" """;
        var id = Database.IsSqlite ? "printf('00000000-0000-0000-0000-%012d', n)" : "('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid";
        var values = columns.Replace("\"VisitId\"", id, StringComparison.Ordinal).Replace("\"ArchiveNumber\"", "'X' || n", StringComparison.Ordinal).Replace("\"Item\"", "9000 + n", StringComparison.Ordinal);
        return $"""INSERT INTO archive_items ("Id", {columns}) WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100) SELECT {id}, {values} FROM numbers CROSS JOIN (SELECT * FROM archive_items WHERE "Item" = 1) first""";
    }

    private async Task HoldsAsync() => Assert.Contains("档案包 3 个，全部符合", await SaidAsync(0), StringComparison.Ordinal);

    /// <summary>Does it, and hears the words, all three packages having been looked at; then puts the list back.</summary>
    private async Task SaysAsync(string words, string sql, Action? besides = null, bool fault = true)
    {
        await _database.ExecuteAsync("DROP TABLE IF EXISTS kept");
        await _database.ExecuteAsync("CREATE TABLE kept AS SELECT * FROM archive_items");
        await _database.ExecuteAsync(sql);
        besides?.Invoke();
        var said = await SaidAsync(fault ? 1 : 0);
        Assert.True(said.Contains(words, StringComparison.Ordinal) && said.Contains("档案包 3 个", StringComparison.Ordinal), said);
        if (words.StartsWith("档案目录中没有", StringComparison.Ordinal)) return;
        await _database.ExecuteAsync("DELETE FROM archive_items");
        await _database.ExecuteAsync("INSERT INTO archive_items SELECT * FROM kept");
        await _database.ExecuteAsync("DROP TABLE kept");
    }

    private async Task<string> SaidAsync(int exit)
    {
        var (left, output, error) = await _server.VerbAsync(["verify", Station]);
        Assert.True(left == exit, output + error);
        return output;
    }
}
