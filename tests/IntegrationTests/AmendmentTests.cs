using System.Text.Json.Nodes;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Corrections of submitted forms: both versions stay, the signers sign again, and the visit is judged anew.</summary>
public sealed class AmendmentTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly Database _database = new(shared.Server, "hangzhou");

    [Fact]
    public async Task Given_a_closed_visit_When_a_test_value_is_corrected_Then_both_versions_the_reason_and_the_difference_stand_there()
    {
        var (nurse, visit) = await DoneAsync();

        var shown = await PostAsync(nurse, visit, "tests", Tests("144"), sign: false);
        Assert.Equal(200, shown.Status);
        Assert.True(shown.Has("145 g/L") && shown.Has("144 g/L") && shown.Has("更正后判定：合格"), Visiting.Words(shown));
        Assert.Equal(1, await CountAsync(visit, "tests"));
        var answer = await PostAsync(nurse, visit, "tests", Tests("144"), page: shown);

        Assert.Equal((302, $"/hangzhou/visits/{visit}"), (answer.Status, answer.Location));
        var row = Assert.Single(await _database.RowsAsync($"SELECT \"Version\", \"AmendsVersion\", \"Reason\", \"PersonName\" FROM submissions WHERE {OfSubject(visit)} AND \"AmendsVersion\" IS NOT NULL"));
        Assert.Equal(["2", "1", "填写错误：看错一行", "多面手护士甲"], row);
        var audit = Assert.Single(await _database.RowsAsync($"SELECT \"Field\", \"Old\", \"New\", \"Reason\" FROM audit WHERE \"Subject\" = 'visit:{visit}' AND \"Action\" = '更正'"));
        Assert.Equal(["血红蛋白", "145 g/L", "144 g/L", "填写错误：看错一行"], audit);
        var page = await nurse.GetAsync($"/visits/{visit}");
        Assert.True(page.Has("更正 1 次") && page.Has("更正第 1 版") && page.Has("更正原因：填写错误：看错一行"), Visiting.Words(page));
        Assert.Equal(2, (await SignersAsync(visit, 2)).Count);
    }

    [Fact]
    public async Task Given_a_correction_that_makes_the_verdict_worse_When_confirmed_Then_it_is_stored_and_said_and_the_open_visit_is_on_the_daily_list()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber(female: true)));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        await nurse.CompleteAsync(visit, "tests", Visiting.Tests(mpv: true));

        var shown = await PostAsync(nurse, visit, "tests", Tests("100"), sign: false);
        Assert.True(shown.Has("更正后判定变为：不合格（原为尚未判定）") && shown.Has("血红蛋白 100 g/L"), Visiting.Words(shown));
        Assert.Equal(302, (await PostAsync(nurse, visit, "tests", Tests("100"), page: shown)).Status);

        Assert.Equal(["Pass", "DeferVisit"], (await _database.RowsAsync($"SELECT \"Outcome\" FROM verdicts WHERE {Of(visit)} AND \"Stage\" = 'tests' AND \"DonationType\" = 'apheresis-platelets' ORDER BY \"At\", \"Id\"")).Select(r => r[0]));
        var manager = await shared.Staff.AtAsync("hangzhou", "gl01");
        var daily = await manager.GetAsync("/daily");
        Assert.Contains(visit.ToString(), daily.Body.Split("data-list=\"failing\"")[1].Split("</section>")[0], StringComparison.Ordinal);
        Assert.NotEqual(302, (await nurse.PostStepAsync(visit, "assessment", Visiting.Assessment())).Status);
    }

    [Fact]
    public async Task Given_the_registration_When_corrected_Then_the_donors_record_and_the_visit_follow_but_never_the_id_number()
    {
        var (nurse, visit) = await DoneAsync();
        var values = await ValuesAsync(nurse, visit, "registration");

        var other = await PostAsync(nurse, visit, "registration", new(values) { ["idNumber"] = Visiting.NewIdNumber() }, sign: false);
        Assert.Equal(422, other.Status);
        Assert.True(other.Has("重新登记"), Visiting.Words(other));
        var changed = new Dictionary<string, string>(values) { ["phone"] = "13911112222" };
        var unknown = await PostAsync(nurse, visit, "registration", new(changed) { ["donationType"] = "whole-blood" }, sign: false);
        Assert.True(unknown.Status == 422 && unknown.Has("计划献血类型"), Visiting.Words(unknown));
        var shown = await PostAsync(nurse, visit, "registration", changed, sign: false);
        Assert.True(shown.Has("更正人"), Visiting.Words(shown));
        var unsigned = await PostAsync(nurse, visit, "registration", changed, page: shown);
        Assert.True(unsigned.Status == 422 && unsigned.Has("请输入签名 PIN"), Visiting.Words(unsigned));
        Assert.Equal(1, await CountAsync(visit, "registration"));
        Assert.Equal(302, (await PostAsync(nurse, visit, "registration", new(changed) { ["pin-corrector"] = Staff.Pin }, page: shown)).Status);
        var corrector = Assert.Single(await SignersAsync(visit, 2, "registration"))!;
        Assert.Equal(("更正人", "pin", "多面手护士甲"), (corrector["Label"]!.GetValue<string>(), corrector["Method"]!.GetValue<string>(), corrector["PersonName"]!.GetValue<string>()));
        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Body.Contains("data-proof=\"holds\"", StringComparison.Ordinal));

        Assert.Equal("apheresis-platelets", (await _database.RowsAsync($"SELECT \"DonationType\" FROM visits WHERE lower(CAST(\"Id\" AS text)) = '{visit}'"))[0][0]);
        var donor = System.Text.RegularExpressions.Regex.Match((await nurse.GetAsync($"/visits/{visit}")).Body, "/donors/([0-9a-f-]{36})").Groups[1].Value;
        Assert.True((await nurse.GetAsync($"/donors/{donor}")).Has("139****2222"));
        Assert.All(await _database.RowsAsync($"SELECT \"New\" FROM audit WHERE \"Subject\" = 'visit:{visit}' AND \"Field\" = '联系电话'"), r => Assert.Equal("139****2222", r[0]));
    }

    [Fact]
    public async Task Given_no_change_no_reason_or_no_signature_When_posted_Then_it_is_refused_and_nothing_is_written()
    {
        var (nurse, visit) = await DoneAsync();

        var same = await PostAsync(nurse, visit, "tests", Tests("145"), sign: false);
        var noReason = await PostAsync(nurse, visit, "tests", new(Tests("144")) { ["_kind"] = "" }, sign: false);
        var other = await PostAsync(nurse, visit, "tests", new(Tests("144")) { ["_kind"] = "其他", ["_text"] = "" }, sign: false);
        var shown = await PostAsync(nurse, visit, "tests", Tests("144"), sign: false);
        var unsigned = await PostAsync(nurse, visit, "tests", new(Tests("144")) { ["pin-tester"] = "000000" }, page: shown);
        var alone = await PostAsync(nurse, visit, "tests", new(Tests("144")) { ["signer-checker"] = "hs01" }, page: shown);

        Assert.Equal([422, 422, 422, 422, 422], new[] { same, noReason, other, unsigned, alone }.Select(a => a.Status));
        Assert.True(same.Has("内容与已保存的相同"), Visiting.Words(same));
        Assert.True(noReason.Has("必填，请选择") && other.Has("选“其他”时必填"));
        Assert.True(unsigned.Has("工号或 PIN 不正确") && alone.Has("须由另一人核对"));
        Assert.Equal(1, await CountAsync(visit, "tests"));
    }

    [Fact]
    public async Task Given_two_who_correct_the_same_version_When_the_second_posts_Then_it_sees_both_and_the_same_operation_has_one_effect()
    {
        var (nurse, visit) = await DoneAsync();
        var first = await PostAsync(nurse, visit, "tests", Tests("144"), sign: false);
        var second = await PostAsync(nurse, visit, "tests", Tests("143"), sign: false);
        var fields = Fields(first, Tests("144"), sign: true);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => nurse.PostAsync($"/visits/{visit}/steps/tests/amend", fields)));
        var late = await PostAsync(nurse, visit, "tests", Tests("143"), page: second);

        Assert.Equal([302], answers.Select(a => a.Status).Distinct());
        Assert.Equal(409, late.Status);
        Assert.True(late.Has("144 g/L") && late.Has("143 g/L"), Visiting.Words(late));
        Assert.Equal(2, await CountAsync(visit, "tests"));
    }

    [Fact]
    public async Task Given_a_step_of_others_When_somebody_without_its_permission_asks_to_correct_it_Then_it_is_refused()
    {
        var (_, visit) = await DoneAsync();
        var examiner = await shared.Staff.AtAsync("hangzhou", "yj01");
        Assert.Equal(403, (await examiner.GetAsync($"/visits/{visit}/steps/tests/amend")).Status);
        Assert.Equal(200, (await examiner.GetAsync($"/visits/{visit}/steps/general-check/amend")).Status);
        Assert.Equal(404, (await examiner.GetAsync($"/visits/{visit}/steps/no-such-step/amend")).Status);
    }

    [Fact]
    public async Task Given_a_day_of_work_When_the_daily_list_is_opened_Then_every_list_counts_and_leads_to_its_visits()
    {
        var (nurse, visit) = await DoneAsync();
        await PostAsync(nurse, visit, "tests", Tests("144"), page: await PostAsync(nurse, visit, "tests", Tests("144"), sign: false));
        var open = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await nurse.CompleteAsync(open, "general-check", new(Visiting.GeneralCheck()) { ["hand-donor"] = "", ["wet-donor"] = "yes" });
        var auditor = await shared.Staff.AtAsync("hangzhou", "as-auditor");

        var page = await auditor.GetAsync("/daily");

        string List(string code) => page.Body.Split($"data-list=\"{code}\"")[1].Split("</section>")[0];
        Assert.Contains(visit.ToString(), await AllOfAsync(auditor, "amendments"), StringComparison.Ordinal);
        Assert.Contains(open.ToString(), await AllOfAsync(auditor, "open"), StringComparison.Ordinal);
        Assert.Contains(open.ToString(), await AllOfAsync(auditor, "unsigned"), StringComparison.Ordinal);
        Assert.Matches("[0-9.]+%", page.Body);
        Assert.NotNull(List("late") + List("exceptions") + List("results"));
        Assert.Equal(200, (await auditor.GetAsync("/daily?on=2020-01-01")).Status);
        Assert.True((await auditor.GetAsync("/daily?on=2020-01-01")).Has("当日没有更正"));
    }

    /// <summary>A list on all its pages.</summary>
    private static async Task<string> AllOfAsync(Browser person, string list)
    {
        var all = "";
        for (var page = 1; page <= 30; page++) all += (await person.GetAsync($"/daily?list={list}&page={page}")).Body.Split($"data-list=\"{list}\"")[1].Split("</section>")[0];
        return all;
    }

    private async Task<(Browser Nurse, Guid Visit)> DoneAsync()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        return (nurse, await nurse.RunVisitAsync(Visiting.Registration(Visiting.NewIdNumber()), mpv: true));
    }

    private static Dictionary<string, string> Tests(string hb) => Visiting.Tests(mpv: true, hb: hb);

    private static async Task<Answer> PostAsync(Browser person, Guid visit, string step, Dictionary<string, string> values, bool sign = true, Answer? page = null)
    {
        var path = $"/visits/{visit}/steps/{step}/amend";
        return await person.PostAsync(path, Fields(page ?? await person.GetAsync(path), values, sign));
    }

    private static Dictionary<string, string> Fields(Answer page, Dictionary<string, string> values, bool sign)
    {
        var fields = new Dictionary<string, string> { ["_kind"] = "填写错误", ["_text"] = "看错一行", ["_action"] = "Done" };
        foreach (var (name, value) in values.Where(v => sign || !v.Key.StartsWith("pin-", StringComparison.Ordinal))) fields[name] = value;
        (fields["_operation"], fields["_version"]) = (page.Hidden("_operation"), page.Hidden("_version"));
        if (sign) fields["_confirmed"] = page.Hidden("_confirmed");
        return fields;
    }

    /// <summary>What the form shows now.</summary>
    private static async Task<Dictionary<string, string>> ValuesAsync(Browser person, Guid visit, string step)
    {
        var page = await person.GetAsync($"/visits/{visit}/steps/{step}/amend");
        var inputs = System.Text.RegularExpressions.Regex.Matches(page.Body, "<input type=\"(?:text|date)\" id=\"[A-Za-z]+\" name=\"([A-Za-z]+)\" value=\"([^\"]*)\"").Select(m => (m.Groups[1].Value, m.Groups[2].Value))
            .Concat(System.Text.RegularExpressions.Regex.Matches(page.Body, "name=\"([A-Za-z]+)\" value=\"([^\"]*)\" checked").Select(m => (m.Groups[1].Value, m.Groups[2].Value)))
            .Concat(System.Text.RegularExpressions.Regex.Matches(page.Body, "<select id=\"([A-Za-z]+)\".*?</select>", System.Text.RegularExpressions.RegexOptions.Singleline)
                .Select(m => (m.Groups[1].Value, System.Text.RegularExpressions.Regex.Match(m.Value, "<option value=\"([^\"]*)\" selected").Groups[1].Value)));
        return inputs.GroupBy(i => i.Item1).ToDictionary(g => g.Key, g => System.Net.WebUtility.HtmlDecode(g.Last().Item2));
    }

    private async Task<JsonArray> SignersAsync(Guid visit, int version, string step = "tests") =>
        JsonNode.Parse((await _database.RowsAsync($"SELECT \"SignersJson\" FROM submissions WHERE {OfSubject(visit)} AND \"Step\" = '{step}' AND \"Version\" = {version}"))[0][0]!)!.AsArray();

    private Task<long> CountAsync(Guid visit, string step) => _database.CountAsync($"submissions WHERE {OfSubject(visit)} AND \"Step\" = '{step}'");

    private static string Of(Guid visit) => $"lower(CAST(\"VisitId\" AS text)) = '{visit}'";

    private static string OfSubject(Guid visit) => $"lower(CAST(\"SubjectId\" AS text)) = '{visit}'";
}
