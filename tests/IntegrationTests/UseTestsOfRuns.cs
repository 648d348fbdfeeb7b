using System.Globalization;
using System.Text.RegularExpressions;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What cannot have been so is refused, and what can hardly have been so is asked, when it is entered and when it is corrected.</summary>
public sealed class UseTestsOfRuns(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Station = "hangzhou";

    [Theory]
    [InlineData("needleAt", -2000, "“登记时间”")]
    [InlineData("needleAt", -300, "“登记时间”")]
    [InlineData("collectionEndedAt", -71, "结束时间不晚于穿刺时间")]
    public async Task Given_a_time_that_cannot_be_When_the_record_is_submitted_Then_it_is_refused_beside_its_field(string field, int minutes, string words)
    {
        var (nurse, visit, _) = await AtTheRecordAsync();
        var answer = await nurse.PostStepAsync(visit, "collection-record", new(Run()) { [field] = Minute(minutes) });

        Assert.Equal(422, answer.Status);
        Assert.Contains(words, Part(answer, $"data-field=\"{field}\".*?class=\"field__error\".*?</p>"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acdaInProductMl", "260", "采集容量")]
    [InlineData("acdaInProductMl", "240", "抗凝剂（ACD-A）用量")]
    public async Task Given_an_amount_that_cannot_be_When_the_record_is_submitted_Then_it_is_refused_beside_its_field(string field, string value, string words)
    {
        var (nurse, visit, _) = await AtTheRecordAsync();
        var answer = await nurse.PostStepAsync(visit, "collection-record", new(Run()) { [field] = value, ["acdaUsedMl"] = "200" });

        Assert.Equal(422, answer.Status);
        Assert.Contains(words, Part(answer, $"data-field=\"{field}\".*?class=\"field__error\".*?</p>"), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, int, int, string> Doubtful => new()
    {
        { "processedBloodMl", "4200", -70, -61, "9 分钟" },
        { "processedBloodMl", "4200", -70, 200, "晚于现在" },
        { "plateletYield", "14", -70, -10, "血小板总数" },
        { "processedBloodMl", "200", -70, -10, "超过全血处理量" },
        { "processedBloodMl", "4200", -78, -20, "采前核对" },
    };

    [Theory]
    [MemberData(nameof(Doubtful))]
    public async Task Given_what_can_hardly_have_been_When_the_record_is_submitted_Then_it_is_asked_and_kept_only_with_a_reason(string field, string value, int needle, int ended, string words)
    {
        var (nurse, visit, _) = await AtTheRecordAsync();
        var record = new Dictionary<string, string>(Run()) { ["needleAt"] = Minute(needle), ["collectionEndedAt"] = Minute(ended), [field] = value };
        var asked = await nurse.PostStepAsync(visit, "collection-record", record);

        Assert.Equal(200, asked.Status);
        Assert.Contains(words, Part(asked, "<section[^>]*data-confirm.*?</section>"), StringComparison.Ordinal);
        Assert.Equal(422, (await nurse.PostAsync($"/visits/{visit}/steps/collection-record", Visiting.WithHidden(asked, record))).Status);
        Assert.Equal(302, (await nurse.PostAsync($"/visits/{visit}/steps/collection-record", Visiting.WithHidden(asked, new(record) { ["_reason"] = "已与机器屏幕核对" }))).Status);
    }

    [Theory]
    [InlineData("collectionEndedAt", -71)]
    [InlineData("needleAt", -300)]
    public async Task Given_a_record_that_was_possible_When_it_is_corrected_to_what_cannot_be_Then_the_correction_is_refused(string field, int minutes)
    {
        var (nurse, visit, _) = await AtTheRecordAsync();
        await nurse.CompleteAsync(visit, "collection-record", Run());
        var answer = await nurse.TryAmendAsync(visit, "collection-record", new() { [field] = Minute(minutes) });

        Assert.Equal(422, answer.Status);
        Assert.Equal("1", (await new Database(shared.Server, Station).RowsAsync($"SELECT count(*) FROM submissions WHERE lower(CAST(\"SubjectId\" AS text)) = '{visit}' AND \"Step\" = 'collection-record'"))[0][0]);
    }

    [Fact]
    public async Task Given_a_reaction_before_the_donor_was_there_When_reported_Then_it_is_refused()
    {
        var (nurse, visit, _) = await AtTheRecordAsync();
        var answer = await nurse.ReportAsync(visit, new(Collecting.Reaction()) { ["reactionAt"] = Minute(-300) });

        Assert.Equal(422, answer.Status);
        Assert.Contains("“登记时间”", Part(answer, "data-field=\"reactionAt\".*?class=\"field__error\".*?</p>"), StringComparison.Ordinal);
    }

    /// <summary>A run of an hour that has ended ten minutes ago, with nothing said of why.</summary>
    private Dictionary<string, string> Run() => new(Collecting.Record().Where(f => f.Key != "_reason")) { ["needleAt"] = Minute(-70), ["collectionEndedAt"] = Minute(-10) };

    /// <summary>Checked at the bedside seventy-five minutes ago, registered ten minutes before that.</summary>
    private async Task<(Browser Nurse, Guid Visit, string Number)> AtTheRecordAsync()
    {
        BeginInTheDay();
        var (nurse, idNumber) = (await shared.Staff.SignInAsync(Station, "hs01"), Visiting.NewIdNumber());
        var visit = await nurse.RunVisitAsync(Visiting.Registration(idNumber), mpv: true);
        var number = await nurse.DonationNumberAsync(visit);
        shared.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(idNumber, number));
        shared.Server.Clock.Advance(TimeSpan.FromMinutes(75));
        return (await shared.Staff.SignInAsync(Station, "hs01"), visit, number);
    }

    /// <summary>A visit is of one day: late in the evening the next morning is waited for.</summary>
    private void BeginInTheDay()
    {
        if (Local.Hour is >= 6 and < 18) return;
        var morning = Local.Date.AddDays(Local.Hour < 6 ? 0 : 1).AddHours(6);
        shared.Server.Clock.Advance(morning - Local.DateTime);
    }

    private DateTimeOffset Local => shared.Server.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(8));

    private string Minute(double fromNow) => Local.AddMinutes(fromNow).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    private static string Part(Answer page, string pattern) => Regex.Match(page.Body, pattern, RegexOptions.Singleline) is { Success: true } found
        ? Visiting.Words(page with { Body = found.Value }) : throw new InvalidOperationException($"{pattern} is not on the page ({page.Status}):\n{Visiting.Words(page)}");
}
