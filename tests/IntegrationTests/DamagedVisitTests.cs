using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What somebody has changed past the triggers is said where people look, in words; nobody is noted to have seen what was not shown.</summary>
[Trait("Store", "postgres")]
public sealed partial class DamagedVisitTests : IAsyncLifetime
{
    private const string Station = "hangzhou";
    private const string Damaged = "存储的内容已被改动或损坏，不能读取";
    private ProductHost _server = null!;
    private Database _database = null!;
    private Browser _nurse = null!;
    private Browser _examiner = null!;
    private Guid _visit;

    public async Task InitializeAsync()
    {
        _server = await ProductHost.RunningAsync();
        var staff = new Staff(_server);
        (_database, _nurse, _examiner) = (new Database(_server, Station), await staff.AtAsync(Station, "hs01"), await staff.AtAsync(Station, "yj01"));
        await staff.AtAsync(Station, "jc02");
        _visit = await _nurse.RunVisitAsync(Visiting.Registration(Visiting.NewIdNumber()), mpv: true);
        await _nurse.RevealAsync(_visit);
        await using var product = await Offline.OpenAsync(_server);
        await product.LiftGuardAsync(_server, Station);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Given_a_visit_When_a_signature_a_file_a_drawn_name_or_an_answer_is_changed_past_the_triggers_Then_the_page_says_which_and_nothing_of_it_is_given_out()
    {
        var page = await ShownAsync("holds");
        var (record, picture) = (Records().Match(page.Body).Groups[1].Value, Pictures().Match(page.Body).Groups[1].Value);
        Assert.Equal((200, 200), ((await _nurse.GetAsync(record)).Status, (await _examiner.GetAsync(picture)).Status));
        var looks = await LooksAsync();

        await _database.FlipAsync("signatures", "ProtectedCms", "\"Role\" = 'examiner' ORDER BY \"StampedAt\" DESC");
        Assert.True((await ShownAsync("broken")).Has("签名数据已损坏，不能读取"));
        await _database.FlipAsync("handwritings", "ProtectedPng", $"lower(CAST(\"SubmissionId\" AS text)) = '{picture.Split('/')[^2]}'");
        Assert.True((await ShownAsync("broken")).Has("手写笔迹已损坏，不能读取"));
        await _database.FlipAsync("record_documents", "ProtectedPdf", $"\"Name\" = '{record.Split('/')[^1].Split("-v")[0]}' AND \"Version\" = 1");
        Assert.True((await ShownAsync("broken")).Has("文件已损坏，不能读取"));
        Refused(await _nurse.GetAsync(record));
        Refused(await _examiner.GetAsync(picture));
        Assert.Equal(looks, await LooksAsync());
        await _database.ExecuteAsync("DELETE FROM handwritings");
        await _database.ExecuteAsync("DELETE FROM record_documents");
        var bare = await ShownAsync("broken");
        Assert.True(bare.Has("手写笔迹已被删去") && bare.Has("记录单据 record-consent 已不在"), Visiting.Words(bare));

        await _database.ExecuteAsync("UPDATE submissions SET \"ValuesJson\" = substr(\"ValuesJson\", 2) WHERE \"Step\" = 'registration'");
        Refused(await _nurse.GetAsync($"/visits/{_visit}"));
        Refused(await _nurse.GetAsync($"/visits/{_visit}/steps/pre-collection-check"));
        var (exit, output, error) = await _server.VerbAsync(["verify", Station]);
        Assert.True(exit == 1 && new[] { "电子签名（signatures）", "提交的表单（submissions）", "不能核验：提交的表单已被改动或损坏" }.All(t => output.Contains(t, StringComparison.Ordinal)), output + error);
    }

    private async Task<Answer> ShownAsync(string proof)
    {
        var page = await _examiner.GetAsync($"/visits/{_visit}");
        Assert.True(page.Status == 200 && page.Has($"data-proof=\"{proof}\"") && page.Has(">有问题<") == (proof == "broken"), Visiting.Words(page));
        return page;
    }

    private static void Refused(Answer answer)
    {
        Assert.True(answer.Status == 500 && answer.Has(Damaged) && answer.Has("verify") && !answer.Has("演示献血者"), Visiting.Words(answer));
    }

    private Task<long> LooksAsync() => _database.CountAsync("audit WHERE \"Action\" LIKE '查看%'");

    [GeneratedRegex("href=\"/[a-z]+(/visits/[0-9a-f-]+/records/[a-z0-9-]+\\.pdf)\"")]
    private static partial Regex Records();

    [GeneratedRegex("href=\"/[a-z]+(/visits/[0-9a-f-]+/handwriting/[0-9a-f-]+/donor)\"")]
    private static partial Regex Pictures();
}
