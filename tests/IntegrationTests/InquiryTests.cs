using System.Text.Json.Nodes;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What becomes of the donor's answers: reviewed one by one, judged by the rules, and reviewed anew when they change.</summary>
public sealed class InquiryTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Step = "general-check";
    private readonly Database _database = new(shared.Server, "hangzhou");

    [Fact]
    public async Task Given_two_flagged_answers_When_only_one_is_reviewed_Then_the_other_is_named_and_nothing_is_written()
    {
        var (nurse, visit) = await AnsweredAsync(("underTreatment", "yes"), ("underTreatmentWhat", "等待体检报告"), ("windowPeriodKnown", "no"));

        var page = await nurse.GetAsync($"/visits/{visit}/steps/{Step}");
        var refused = await nurse.PostStepAsync(visit, Step, Visiting.Reviewing(("underTreatment", "fit", "已核实")));

        Assert.True(page.Has("等待体检报告") && page.Has("1/2") && page.Has("2/2") && !page.Has("洗过牙"), Visiting.Words(page));
        Assert.Equal(422, refused.Status);
        Assert.True(refused.Has("请选择复核结论") && refused.Has("href=\"#review-windowPeriodKnown\"") && !refused.Has("href=\"#review-underTreatment\""), Visiting.Words(refused));
        Assert.Contains("value=\"fit\" checked", refused.Body, StringComparison.Ordinal);
        Assert.Empty(await ReviewsAsync(visit));
        Assert.True((await nurse.GetAsync($"/visits/{visit}/steps/{Step}")).Has("已核实"), "The draft keeps what was decided.");
    }

    [Fact]
    public async Task Given_a_reviewed_answer_When_submitted_Then_decision_reason_and_the_version_reviewed_are_kept_and_shown()
    {
        var (nurse, visit) = await AnsweredAsync(("riskyActivity", "yes"));

        await nurse.CompleteAsync(visit, Step, Visiting.Reviewing(("riskyActivity", "fit", "明天才登山")));

        var inquiry = (await _database.RowsAsync($"SELECT \"ContentHash\" FROM submissions WHERE {Is("SubjectId", visit)} AND \"Step\" = 'consent-inquiry'")).Single()[0];
        var review = JsonNode.Parse((await ReviewsAsync(visit)).Single())!;
        Assert.Equal(("consent-inquiry", 1, inquiry), (review["Form"]!.GetValue<string>(), review["Version"]!.GetValue<int>(), review["ContentHash"]!.GetValue<string>()));
        Assert.Equal(["riskyActivity", "fit", "明天才登山"], new[] { "Code", "Decision", "Reason" }.Select(p => review["Answers"]![0]![p]!.GetValue<string>()));
        var shown = await nurse.GetAsync($"/visits/{visit}");
        Assert.True(shown.Has("不影响本次献血") && shown.Has("明天才登山") && shown.Has("第 1 版"), Visiting.Words(shown));
    }

    [Fact]
    public async Task Given_an_answer_judged_unfit_When_submitted_Then_the_visit_is_deferred_for_that()
    {
        var (nurse, visit) = await AnsweredAsync(("feelsWell", "no"));

        var asked = await nurse.PostStepAsync(visit, Step, Visiting.Reviewing(("feelsWell", "unfit", "昨夜没有睡好")));
        await nurse.CompleteAsync(visit, Step, Visiting.Reviewing(("feelsWell", "unfit", "昨夜没有睡好")));

        Assert.True(asked.Status == 200 && asked.Has("检查医师复核征询答案，认为不宜本次献血"), Visiting.Words(asked));
        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("已暂缓"));
    }

    [Fact]
    public async Task Given_a_failing_rule_When_the_answer_is_judged_fit_Then_the_rule_still_defers()
    {
        var (nurse, visit) = await AnsweredAsync(("hepatitis", "yes"));

        var asked = await nurse.PostStepAsync(visit, Step, Visiting.Reviewing(("hepatitis", "fit", "已核实")));

        Assert.True(asked.Status == 200 && asked.Has("得过病毒性肝炎") && asked.Has("不宜献血"), Visiting.Words(asked));
    }

    [Fact]
    public async Task Given_questions_answered_anew_When_the_check_comes_from_a_page_of_before_Then_the_new_answers_are_to_be_reviewed()
    {
        var (nurse, visit) = await AnsweredAsync(("riskyActivity", "yes"));
        var before = await nurse.GetAsync($"/visits/{visit}/steps/{Step}");
        await nurse.PostAsync($"/visits/{visit}/steps/{Step}", new Dictionary<string, string>(Visiting.WithHidden(before, [])) { ["_action"] = "ReturnToInquiry", ["_reason-ReturnToInquiry"] = "献血者看错了题" });
        await nurse.InquireAsync(visit, ("testingMotive", "yes"));
        var now = await nurse.GetAsync($"/visits/{visit}/steps/{Step}");

        var stale = Visiting.WithHidden(now, Visiting.Reviewing(("riskyActivity", "fit", "已核实")));
        stale["_reviewed"] = before.Hidden("_reviewed");
        var refused = await nurse.PostAsync($"/visits/{visit}/steps/{Step}", stale);

        Assert.True(now.Has("有没有感染") && !now.Has("有危险的工作"), Visiting.Words(now));
        Assert.True(refused.Status == 422 && refused.Has("有了新的版本"), Visiting.Words(refused));
        await nurse.CompleteAsync(visit, Step, Visiting.Reviewing(("testingMotive", "fit", "已说明")));
    }

    [Fact]
    public async Task Given_a_newer_version_of_the_answers_after_the_review_When_the_next_step_is_submitted_Then_it_is_not_reviewed_and_does_not_pass()
    {
        var (nurse, visit) = await AnsweredAsync(("riskyActivity", "yes"));
        await nurse.CompleteAsync(visit, Step, Visiting.Reviewing(("riskyActivity", "fit", "已核实")));
        await _database.ExecuteAsync($"""
            INSERT INTO submissions ("Id", "SubjectKind", "SubjectId", "DonorId", "Step", "Form", "Version", "ValuesJson", "ContentHash", "SignersJson", "PersonId", "PersonName", "At")
            SELECT {NewId()}, "SubjectKind", "SubjectId", "DonorId", "Step", "Form", 2, "ValuesJson", '{new string('0', 64)}', "SignersJson", "PersonId", "PersonName", "At"
            FROM submissions WHERE {Is("SubjectId", visit)} AND "Step" = 'consent-inquiry'
            """);

        var answer = await nurse.PostStepAsync(visit, "tests", Visiting.Tests(mpv: true));

        Assert.True(answer.Status == 422 && answer.Has("征询答案已逐项复核，不影响本次献血"), Visiting.Words(answer));
    }

    private async Task<(Browser Nurse, Guid Visit)> AnsweredAsync(params (string Question, string Answer)[] others)
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterOnlyAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await nurse.InquireAsync(visit, others);
        return (nurse, visit);
    }

    private async Task<IReadOnlyList<string>> ReviewsAsync(Guid visit) =>
        [.. (await _database.RowsAsync($"SELECT \"ReviewJson\" FROM submissions WHERE {Is("SubjectId", visit)} AND \"Step\" = '{Step}'")).Select(r => r[0]!)];

    private static string NewId() => Database.IsSqlite ? $"'{Guid.NewGuid().ToString().ToUpperInvariant()}'" : $"'{Guid.NewGuid()}'::uuid";

    private static string Is(string column, Guid id) => $"lower(CAST(\"{column}\" AS text)) = '{id}'";
}
