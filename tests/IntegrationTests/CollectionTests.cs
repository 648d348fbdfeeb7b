using System.Text;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>From the label to the hand-over: what is checked at the bedside, what is refused, what a donation leaves behind.</summary>
public sealed class CollectionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly string _idNumber = Visiting.NewIdNumber();

    [Theory]
    [InlineData("hangzhou", true)]
    [InlineData("shaoxing", false)]
    [Trait("Store", "postgres")]
    public async Task Given_a_label_When_every_step_is_done_Then_the_visit_is_closed_and_the_donation_counts_here_and_at_the_province(string station, bool mpv)
    {
        var (nurse, visit, number) = await ReadyAsync(station, mpv);
        await nurse.CollectAsync(visit, _idNumber);

        var page = await nurse.GetAsync($"/visits/{visit}");
        Assert.Contains("data-visit-state=\"completed\"", page.Body, StringComparison.Ordinal);
        Assert.Equal([["220", "1"]], await Rows(station, $"""SELECT CAST("CollectedMl" AS INTEGER), CAST("CollectedUnits" AS INTEGER) FROM visits WHERE "DonationNumber" = '{number}'"""));
        Assert.Equal("1", (await Rows(station, $"""SELECT count(*) FROM donations d JOIN visits v ON v."Id" = d."Id" WHERE v."DonationNumber" = '{number}'"""))[0][0]);
        var paper = await nurse.GetAsync($"/visits/{visit}/documents/donation-certificate.pdf");
        Assert.Contains(number, PdfText.Of(paper.Bytes), StringComparison.Ordinal);

        // The next interval is reckoned from this donation, at the other station too.
        using var elsewhere = await shared.Staff.SignInAsync(station == "hangzhou" ? "shaoxing" : "hangzhou", "hs01");
        await Eventually(async () => (await elsewhere.PostRegistrationAsync(Visiting.Registration(_idNumber))).Has("确认暂缓并结束本次献血"));
    }

    [Theory]
    [InlineData("kitLabel", "9910126999999", "不一致：应为", "核对不符")]
    [InlineData("bedsideDocument", "330106199509123283", "与登记的不一致", "核对不符")]
    [InlineData("kitExpiresOn", "2020-01-31", "已过期，不能使用，请更换", null)]
    [InlineData("bedsideIdentity", "no", "请停止操作，重新核对身份", null)]
    [InlineData("signer-checker", "hs01", "须由另一人核对", null)]
    public async Task Given_something_that_does_not_agree_at_the_bedside_When_posted_Then_nothing_is_written_and_the_near_miss_is(string field, string value, string words, string? noted)
    {
        var (nurse, visit, number) = await ReadyAsync("hangzhou", mpv: true);

        var answer = await nurse.PostStepAsync(visit, "pre-collection-check", new(Collecting.BeforeCheck(_idNumber, number)) { [field] = value });

        Assert.Equal(422, answer.Status);
        Assert.True(answer.Has(words), Visiting.Words(answer));
        Assert.Equal("0", (await Rows("hangzhou", $"""SELECT count(*) FROM submissions s JOIN visits v ON v."Id" = s."SubjectId" WHERE v."DonationNumber" = '{number}' AND s."Step" = 'pre-collection-check'"""))[0][0]);
        var audit = await nurse.GetAsync($"/visits/{visit}");
        Assert.Equal(noted is not null, audit.Has(noted ?? "核对不符"));
        Assert.False(audit.Has("330106199509123283"));
    }

    [Fact]
    public async Task Given_a_record_of_551_mL_When_posted_Then_it_is_asked_for_and_kept_only_with_a_reason()
    {
        var (nurse, visit, number) = await ReadyAsync("shaoxing", mpv: false);
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, number));
        var record = Collecting.Record(volume: "551", yield: "5.60", units: "2");
        record.Remove("_reason");

        var asked = await nurse.PostStepAsync(visit, "collection-record", record);
        Assert.Equal(200, asked.Status);
        Assert.True(asked.Has("采集容量 551 mL 超过 550 mL"), Visiting.Words(asked));
        var without = await nurse.PostAsync($"/visits/{visit}/steps/collection-record", Visiting.WithHidden(asked, new(record) { ["_confirmed"] = asked.Hidden("_confirmed") }));
        Assert.Equal(422, without.Status);
        var with = await nurse.PostAsync($"/visits/{visit}/steps/collection-record", Visiting.WithHidden(without, new(record) { ["_confirmed"] = without.Hidden("_confirmed"), ["_reason"] = "已核对机器屏幕" }));

        Assert.Equal(302, with.Status);
        Assert.Equal([["已核对机器屏幕"]], await Rows("shaoxing", $"""SELECT c."ConfirmedBecause" FROM verdicts c JOIN visits v ON v."Id" = c."VisitId" WHERE v."DonationNumber" = '{number}' AND c."Stage" = 'collection'"""));
    }

    [Fact]
    public async Task Given_a_run_that_ended_before_it_began_When_posted_Then_the_time_is_to_be_corrected()
    {
        var (nurse, visit, number) = await ReadyAsync("hangzhou", mpv: true);
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, number));
        var record = Collecting.Record();

        var answer = await nurse.PostStepAsync(visit, "collection-record", new(record) { ["collectionEndedAt"] = record["needleAt"] });

        Assert.Equal(422, answer.Status);
        Assert.True(answer.Has("结束时间不晚于穿刺时间"), Visiting.Words(answer));
    }

    [Fact]
    public async Task Given_a_broken_off_run_without_the_red_cells_When_recorded_Then_it_counts_and_the_doctor_is_asked_for()
    {
        var (nurse, visit, number) = await ReadyAsync("hangzhou", mpv: true);
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, number));
        var record = new Dictionary<string, string>(Collecting.Record()) { ["runCompleted"] = "no", ["abortReason"] = "vein", ["redCellsReturned"] = "no", ["acdaUsedMl"] = "60" };
        foreach (var unknown in new[] { "processedBloodMl", "productVolumeMl", "acdaInProductMl", "plateletYield", "collectedUnits" }) record.Remove(unknown);

        var asked = await nurse.PostStepAsync(visit, "collection-record", record);
        Assert.True(asked.Has("红细胞未全部回输：请由医师评估失血量"), Visiting.Words(asked));
        var done = await nurse.PostAsync($"/visits/{visit}/steps/collection-record", Visiting.WithHidden(asked, new(record) { ["_confirmed"] = asked.Hidden("_confirmed"), ["_reason"] = "医师已评估" }));

        Assert.Equal(302, done.Status);
        Assert.Equal("1", (await Rows("hangzhou", $"""SELECT count(*) FROM donations d JOIN visits v ON v."Id" = d."Id" WHERE v."DonationNumber" = '{number}'"""))[0][0]);
    }

    [Theory]
    [InlineData("hangzhou", true, "<Runs><Run model=\"demo\"><DonationNumber>{0}</DonationNumber><EndTime>{1}</EndTime><ProcessedBlood unit=\"L\">4.2</ProcessedBlood><ACUsed unit=\"mL\">420</ACUsed><ACInProduct unit=\"mL\">30</ACInProduct><ProductVolume unit=\"mL\">250</ProductVolume><PlateletYield unit=\"10^11\">2.60</PlateletYield></Run></Runs>", "4200")]
    [InlineData("shaoxing", false, "献血码,状态,全血处理量,抗凝剂用量,产品中的抗凝剂,采集容量,血小板产量\r\n{0},正常,4200,420,30,250,2.60\r\n", "4200")]
    public async Task Given_the_machines_own_file_When_imported_Then_its_values_are_shown_and_signed_without_a_second_person(string station, bool mpv, string file, string processed)
    {
        var (nurse, visit, number) = await ReadyAsync(station, mpv);
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, number));
        await nurse.GetAsync($"/devices/import?visit={visit}");

        var content = Encoding.UTF8.GetBytes(string.Format(null, file, number, DateTime.UtcNow.AddHours(8).ToString("s")));
        var imported = await nurse.UploadAsync("/devices/import", content, ("device", "separator-files"), ("visit", visit.ToString()));
        Assert.True(imported.Has("已对应到本次献血"), Visiting.Words(imported));
        var page = await nurse.GetAsync($"/visits/{visit}/steps/collection-record");
        Assert.Contains($"name=\"processedBloodMl\" value=\"{processed}\"", page.Body, StringComparison.Ordinal);

        var record = Collecting.Record();
        record.Remove("signer-checker");
        record.Remove("pin-checker");
        await nurse.CompleteAsync(visit, "collection-record", record);
        Assert.True((await nurse.UploadAsync("/devices/import", content, ("device", "separator-files"), ("visit", visit.ToString()))).Has("以前导入过"));
    }

    [Fact]
    public async Task Given_typed_values_that_no_machine_gave_When_nobody_else_checks_them_Then_the_record_is_refused()
    {
        var (nurse, visit, number) = await ReadyAsync("hangzhou", mpv: true);
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, number));

        var answer = await nurse.PostStepAsync(visit, "collection-record", new(Collecting.Record()) { ["signer-checker"] = "", ["pin-checker"] = "" });

        Assert.Equal(422, answer.Status);
        Assert.True(answer.Has("请输入工号和 PIN"), Visiting.Words(answer));
    }

    [Fact]
    public async Task Given_a_needle_in_the_donor_When_he_feels_unwell_Then_the_reaction_is_recorded_followed_up_and_known_ever_after()
    {
        var (nurse, visit, number) = await ReadyAsync("hangzhou", mpv: true);
        Assert.Equal(409, (await nurse.GetAsync($"/visits/{visit}/reactions/new")).Status);
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, number));

        var page = await nurse.GetAsync($"/visits/{visit}/reactions/new");
        var form = Visiting.WithHidden(page, Collecting.Reaction(DateOnly.FromDateTime(DateTime.UtcNow.AddDays(2))));
        Assert.Equal(302, (await nurse.PostAsync($"/visits/{visit}/reactions/new", form)).Status);
        Assert.Equal(302, (await nurse.PostAsync($"/visits/{visit}/reactions/new", form)).Status);
        var id = (await Rows("hangzhou", $"""SELECT f."Id" FROM follow_ups f JOIN visits v ON v."Id" = f."VisitId" WHERE v."DonationNumber" = '{number}' AND f."ClosedAt" IS NULL"""));
        Assert.Single(id);

        await nurse.CompleteAsync(visit, "collection-record", Collecting.Record());
        Assert.Equal(["1"], (await Rows("hangzhou", $"""SELECT CAST(d."Reaction" AS INTEGER) FROM donations d JOIN visits v ON v."Id" = d."Id" WHERE v."DonationNumber" = '{number}'"""))[0]);

        var call = await nurse.GetAsync($"/follow-ups/{id[0][0]!.ToLowerInvariant()}");
        var called = await nurse.PostAsync($"/follow-ups/{id[0][0]!.ToLowerInvariant()}", Visiting.WithHidden(call, Collecting.Call()));
        Assert.Equal(302, called.Status);
        Assert.Empty(await Rows("hangzhou", $"""SELECT f."Id" FROM follow_ups f JOIN visits v ON v."Id" = f."VisitId" WHERE v."DonationNumber" = '{number}' AND f."ClosedAt" IS NULL"""));
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_finished_donations_When_both_sides_sign_Then_each_is_handed_over_once()
    {
        var (nurse, visit, number) = await ReadyAsync("shaoxing", mpv: false);
        await nurse.CollectAsync(visit, _idNumber);
        await shared.Staff.AtAsync("shaoxing", "rh01");
        var page = await nurse.GetAsync("/hand-overs");
        var form = Collecting.HandOver(page, visit, "rh01");

        Assert.True((await nurse.PostAsync("/hand-overs", new Dictionary<string, string>(form) { ["signer-taker"] = "hs01" })).Has("须由另一人接收"));
        var done = await nurse.PostAsync("/hand-overs", form);
        Assert.Equal(302, done.Status);
        var sheet = done.Location!["/shaoxing".Length..];
        Assert.True((await nurse.GetAsync(sheet)) is var shown && shown.Has(number) && shown.Has("data-proof=\"paper\"") && shown.Has("纸质签名"), Visiting.Words(shown));
        var paper = PdfText.Of((await nurse.GetAsync(sheet + "/sheet.pdf")).Bytes);
        Assert.True(new[] { number, "绍兴血站", "交出人 多面手护士甲 签名：", "接收人 热合员甲 签名：", "签名日期和时间：", "纸质原件存档" }.All(words => paper.Contains(words, StringComparison.Ordinal)), paper);
        Assert.Equal(404, (await nurse.GetAsync(sheet + "/giver.p7s")).Status);
        var again = await nurse.GetAsync("/hand-overs");
        Assert.DoesNotContain(visit.ToString(), again.Body, StringComparison.Ordinal);
        Assert.Equal(422, (await nurse.PostAsync("/hand-overs", new Dictionary<string, string>(form) { ["_operation"] = Guid.NewGuid().ToString() })).Status);
        Assert.Equal(done.Location, (await nurse.PostAsync("/hand-overs", form)).Location);
    }

    private async Task<(Browser Nurse, Guid Visit, string Number)> ReadyAsync(string station, bool mpv)
    {
        await shared.Staff.AtAsync(station, Collecting.Second);
        var nurse = await shared.Staff.SignInAsync(station, "hs01");
        var visit = await nurse.RunVisitAsync(Visiting.Registration(_idNumber), mpv);
        return (nurse, visit, await nurse.DonationNumberAsync(visit));
    }

    private Task<IReadOnlyList<IReadOnlyList<string?>>> Rows(string station, string sql) => new Database(shared.Server, station).RowsAsync(sql);

    /// <summary>The province learns of it by a message.</summary>
    private async Task Eventually(Func<Task<bool>> holds)
    {
        await shared.Server.DrainAsync();
        Assert.True(await holds());
    }
}
