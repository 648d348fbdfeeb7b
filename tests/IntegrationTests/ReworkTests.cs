using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A visit that is sent back: earlier steps are done again, and nothing that was written is lost.</summary>
public sealed class ReworkTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly Database _database = new(shared.Server, "hangzhou");

    [Fact]
    public async Task Given_tests_sent_back_to_the_general_check_When_done_again_Then_there_are_two_versions_and_the_same_sample_number()
    {
        var (nurse, visit) = await AtTestsAsync();
        var sample = await SampleNumberAsync(visit);

        var answer = await LeaveAsync(nurse, visit, "tests", "ReturnToGeneralCheck", "体重量错");

        Assert.Equal((302, $"/hangzhou/visits/{visit}/steps/general-check"), (answer.Status, answer.Location));
        var page = await nurse.GetAsync($"/visits/{visit}/steps/general-check");
        Assert.True(page.Has("多面手护士甲从“献血前检测”退回一般检查：体重量错"), Visiting.Words(page));
        Assert.Contains("name=\"weight\" value=\"68\"", page.Body, StringComparison.Ordinal);
        Assert.Contains("name=\"generalFindingsNormal\" value=\"yes\" checked", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"identityChecked\" value=\"yes\" checked", page.Body, StringComparison.Ordinal);
        await nurse.CompleteAsync(visit, "general-check", new(Visiting.GeneralCheck()) { ["weight"] = "63" });

        Assert.Equal(["1 68", "2 63"], await ValuesAsync(visit, "general-check", "weight"));
        Assert.Equal(sample, await SampleNumberAsync(visit));
        Assert.Equal(1, await _database.CountAsync($"audit WHERE \"Subject\" = 'visit:{visit}' AND \"Action\" = '分配样本号'"));
        var row = Assert.Single(await _database.RowsAsync($"SELECT \"PersonName\", \"Old\", \"New\", \"Reason\" FROM audit WHERE \"Subject\" = 'visit:{visit}' AND \"Action\" = '退回一般检查'"));
        Assert.Equal(["多面手护士甲", "献血前检测", "征询复核与一般检查", "体重量错"], row);
        await nurse.CompleteAsync(visit, "tests", Visiting.Tests(mpv: true));
        await nurse.CompleteAsync(visit, "assessment", Visiting.Assessment());
        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("第 2 版"));
    }

    [Fact]
    public async Task Given_an_assessment_sent_back_over_two_steps_When_done_again_Then_the_later_steps_follow_in_order_with_their_earlier_values()
    {
        var (nurse, visit) = await AtTestsAsync();
        await nurse.CompleteAsync(visit, "tests", Visiting.Tests(mpv: true, hb: "151"));

        await LeaveAsync(nurse, visit, "assessment", "ReturnToGeneralCheck", "血压须复测");

        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("须重做"));
        Assert.Equal(302, (await nurse.GetAsync($"/visits/{visit}/steps/assessment")).Status);
        var answer = await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        Assert.EndsWith("/steps/tests", answer.Location, StringComparison.Ordinal);
        Assert.Contains("name=\"hb\" value=\"151\"", (await nurse.GetAsync($"/visits/{visit}/steps/tests")).Body, StringComparison.Ordinal);
        await nurse.CompleteAsync(visit, "tests", Visiting.Tests(mpv: true, hb: "152"));
        Assert.Equal(["1 151", "2 152"], await ValuesAsync(visit, "tests", "hb"));
    }

    [Fact]
    public async Task Given_no_reason_or_an_action_the_step_does_not_have_When_sent_back_Then_nothing_changes()
    {
        var (nurse, visit) = await AtTestsAsync();

        var without = await LeaveAsync(nurse, visit, "tests", "ReturnToGeneralCheck", "");
        var unknown = await LeaveAsync(nurse, visit, "tests", "ReturnToTests", "测试");

        Assert.Equal((422, 422), (without.Status, unknown.Status));
        Assert.True(without.Has("退回一般检查的原因") && without.Has("必填，请写明原因"), Visiting.Words(without));
        Assert.True(unknown.Has("没有这个操作"), Visiting.Words(unknown));
        Assert.Equal(200, (await nurse.GetAsync($"/visits/{visit}/steps/tests")).Status);
    }

    [Fact]
    public async Task Given_a_page_of_before_the_visit_was_sent_back_When_it_is_submitted_Then_it_conflicts()
    {
        var (nurse, visit) = await AtTestsAsync();
        var old = await nurse.GetAsync($"/visits/{visit}/steps/tests");
        await LeaveAsync(nurse, visit, "tests", "ReturnToGeneralCheck", "体重量错");

        var submitted = await nurse.PostAsync($"/visits/{visit}/steps/tests", Visiting.WithHidden(old, Visiting.Tests(mpv: true)));
        var sentBackAgain = await nurse.PostAsync($"/visits/{visit}/steps/tests", Leaving(old, "ReturnToGeneralCheck", "再退一次"));

        Assert.Equal((409, 409), (submitted.Status, sentBackAgain.Status));
        Assert.Empty(await ValuesAsync(visit, "tests", "hb"));
    }

    [Fact]
    public async Task Given_one_click_on_send_back_that_arrives_ten_times_at_once_When_posted_Then_it_is_sent_back_once()
    {
        var (nurse, visit) = await AtTestsAsync();
        var fields = Leaving(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "ReturnToGeneralCheck", "体重量错");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => nurse.PostAsync($"/visits/{visit}/steps/tests", fields)));

        Assert.Equal([302], answers.Select(a => a.Status).Distinct());
        Assert.Equal(1, await _database.CountAsync($"audit WHERE \"Subject\" = 'visit:{visit}' AND \"Action\" = '退回一般检查'"));
        Assert.Equal(1, await _database.CountAsync($"user_tasks WHERE \"Subject\" = 'visit:{visit}' AND \"ClosedAt\" IS NULL"));
    }

    [Fact]
    public async Task Given_a_visit_sent_back_When_the_donor_withdraws_there_Then_the_visit_ends()
    {
        var (nurse, visit) = await AtTestsAsync();
        await LeaveAsync(nurse, visit, "tests", "ReturnToGeneralCheck", "体重量错");

        await LeaveAsync(nurse, visit, "general-check", "Withdraw", "献血者改变主意");

        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("已终止"));
    }

    private async Task<(Browser Nurse, Guid Visit)> AtTestsAsync()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        return (nurse, visit);
    }

    private static async Task<Answer> LeaveAsync(Browser nurse, Guid visit, string step, string action, string reason) =>
        await nurse.PostAsync($"/visits/{visit}/steps/{step}", Leaving(await nurse.GetAsync($"/visits/{visit}/steps/{step}"), action, reason));

    private static Dictionary<string, string> Leaving(Answer page, string action, string reason) =>
        new(Visiting.WithHidden(page, [])) { ["_action"] = action, ["_reason-" + action] = reason };

    private async Task<string?> SampleNumberAsync(Guid visit) => (await _database.RowsAsync($"SELECT \"SampleNumber\" FROM visits WHERE {Is("Id", visit)}"))[0][0];

    /// <summary>Version and value of a field in each submission of a step.</summary>
    private async Task<IEnumerable<string>> ValuesAsync(Guid visit, string step, string field) =>
        (await _database.RowsAsync($"SELECT \"Version\", \"ValuesJson\" FROM submissions WHERE {Is("SubjectId", visit)} AND \"Step\" = '{step}' ORDER BY \"Version\""))
        .Select(r => $"{r[0]} {System.Text.Json.Nodes.JsonNode.Parse(r[1]!)!.AsArray().Single(v => v!["Code"]!.GetValue<string>() == field)!["Value"]}");

    private static string Is(string column, Guid id) => $"lower(CAST(\"{column}\" AS text)) = '{id}'";
}
