using System.Globalization;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What a correction does to the donor's history: deferrals, volume, type and reactions follow, at the station and at every other one.</summary>
[Trait("Store", "postgres")]
public sealed class CorrectedHistoryTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Inquiry = "consent-inquiry";
    private readonly Database _database = new(shared.Server, "hangzhou");
    private readonly Database _province = new(shared.Server, "Default");
    private string _idNumber = Visiting.NewIdNumber();

    [Fact]
    public async Task Given_a_wrong_answer_that_deferred_for_ever_When_corrected_Then_the_donor_may_give_again_at_every_station()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        var visit = await DeferredAsync(nurse, ("cardiovascular", "yes"));
        await UntilAsync(page => page.Contains("data-label=\"至\">永久<", StringComparison.Ordinal));

        await nurse.AmendAsync(visit, Inquiry, await AnswersAsync(nurse, visit));
        await UntilAsync(page => !page.Contains("永久", StringComparison.Ordinal));

        var second = await (await shared.Staff.SignInAsync("shaoxing", "hs01")).RunVisitAsync(Visiting.Registration(_idNumber), mpv: false);
        Assert.NotEqual(visit, second);
        var donor = await DonorPageAsync(nurse);
        Assert.True(donor.Has("已解除") && donor.Has("多面手护士甲") && donor.Has("看错一行"), Visiting.Words(donor));
        Assert.Equal(["P-05", "永久屏蔽", "多面手护士甲", "填写错误：看错一行"],
            Assert.Single(await _database.RowsAsync($"SELECT \"Field\", \"Old\", \"PersonName\", \"Reason\" FROM audit WHERE \"Subject\" = 'visit:{visit}' AND \"Action\" = '解除暂缓'")));
    }

    [Fact]
    public async Task Given_a_lifted_deferral_When_its_first_message_comes_once_more_Then_it_stays_lifted_in_the_province()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        var visit = await DeferredAsync(nurse, ("cardiovascular", "yes"));
        await UntilAsync(page => page.Contains("永久", StringComparison.Ordinal));
        await nurse.AmendAsync(visit, Inquiry, await AnswersAsync(nurse, visit));
        await UntilAsync(page => !page.Contains("永久", StringComparison.Ordinal));

        var deferral = (await _database.RowsAsync($"SELECT lower(CAST(\"Id\" AS text)) FROM deferrals WHERE {Of(visit)}"))[0][0];
        await _database.ExecuteAsync($"UPDATE jobs SET \"DoneAt\" = NULL WHERE \"PayloadJson\" LIKE '%{deferral}%' AND \"PayloadJson\" LIKE '%\"Lifted\":false%'");
        await nurse.RegisterOnlyAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await EventuallyAsync(shared.Server, async () => await _database.CountAsync("jobs WHERE \"DoneAt\" IS NULL AND \"Kind\" = 'donor-index'") == 0);

        Assert.DoesNotContain("永久", await HistoryAtShaoxingAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_donor_pregnant_at_one_visit_When_asked_again_at_the_next_Then_the_undated_deferral_is_told_everywhere_until_then()
    {
        _idNumber = Visiting.NewIdNumber(female: true);
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        await DeferredAsync(nurse, ("pregnantOrMiscarriage", "yes"), ("pregnant", "yes"));
        await UntilAsync(page => page.Contains("data-label=\"至\">日期待定<", StringComparison.Ordinal) && !page.Contains("永久", StringComparison.Ordinal));

        await nurse.RunVisitAsync(Visiting.Registration(_idNumber), mpv: true);

        await UntilAsync(page => !page.Contains("日期待定", StringComparison.Ordinal));
        Assert.True((await DonorPageAsync(nurse)).Has("已解除"));
    }

    [Fact]
    public async Task Given_a_visit_before_the_needle_When_a_wrong_correction_is_corrected_back_Then_the_needle_is_allowed()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        await shared.Staff.AtAsync("hangzhou", Collecting.Second);
        var visit = await nurse.RunVisitAsync(Visiting.Registration(_idNumber), mpv: true);
        var number = await nurse.DonationNumberAsync(visit);

        await nurse.AmendAsync(visit, Inquiry, await AnswersAsync(nurse, visit, ("tattoo", "yes"), ("tattooOn", Days(-10))));
        var refused = await nurse.PostStepAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, number));
        await nurse.AmendAsync(visit, Inquiry, await AnswersAsync(nurse, visit));
        var answer = await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, number));

        Assert.Equal((422, 302), (refused.Status, answer.Status));
    }

    [Fact]
    public async Task Given_a_date_that_deferred_for_too_long_When_corrected_Then_the_shorter_deferral_rules_and_what_another_visit_entered_stays()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        var visit = await DeferredAsync(nurse, ("tattoo", "yes"), ("tattooOn", Days(-10)));
        var (longer, shorter) = (Today.AddDays(-10).AddYears(1), Today.AddDays(-300).AddYears(1));
        await UntilAsync(page => page.Contains($"{longer:yyyy-MM-dd}", StringComparison.Ordinal));
        foreach (var other in new[] { "NULL", NewId() })
            await _database.ExecuteAsync($"""
                INSERT INTO deferrals ("Id", "DonorId", "VisitId", "RuleId", "From", "Until", "Reason")
                SELECT {NewId()}, "DonorId", {other}, "RuleId", "From", "Until", 'elsewhere' FROM deferrals WHERE {Of(visit)}
                """);

        await nurse.AmendAsync(visit, Inquiry, await AnswersAsync(nurse, visit, ("tattoo", "yes"), ("tattooOn", Days(-300))));
        await UntilAsync(page => !page.Contains($"{longer:yyyy-MM-dd}", StringComparison.Ordinal));

        Assert.Contains($"{shorter:yyyy-MM-dd}", await HistoryAtShaoxingAsync(), StringComparison.Ordinal);
        Assert.Equal([($"{longer:yyyy-MM-dd}", true), ($"{shorter:yyyy-MM-dd}", false)],
            (await _database.RowsAsync($"SELECT \"Until\", \"LiftedAt\" FROM deferrals WHERE {Of(visit)}")).Select(r => (Iso(r[0]!), r[1] is not null)).Order().Reverse());
        Assert.Equal(2, await _database.CountAsync($"deferrals WHERE \"Reason\" = 'elsewhere' AND \"LiftedAt\" IS NULL AND \"DonorId\" IN (SELECT \"DonorId\" FROM deferrals WHERE {Of(visit)})"));
        Assert.True((await DonorPageAsync(nurse)).Has($"改为暂缓至 {shorter:yyyy-MM-dd}"));
    }

    [Fact]
    public async Task Given_a_donation_When_its_volume_is_corrected_and_a_reaction_reported_Then_every_station_knows()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        await shared.Staff.AtAsync("hangzhou", Collecting.Second);
        var visit = await nurse.RunVisitAsync(Visiting.Registration(_idNumber), mpv: true);
        await nurse.CollectAsync(visit, _idNumber);
        await UntilAsync(page => page.Contains("220 mL", StringComparison.Ordinal) && page.Contains("data-label=\"反应\">无<", StringComparison.Ordinal));

        await nurse.AmendAsync(visit, "collection-record", Collecting.Record(volume: "300", yield: "2.90"));
        await UntilAsync(page => page.Contains("270 mL", StringComparison.Ordinal) && !page.Contains("220 mL", StringComparison.Ordinal));
        var form = await nurse.GetAsync($"/visits/{visit}/reactions/new");
        Assert.Equal(302, (await nurse.PostAsync($"/visits/{visit}/reactions/new", Visiting.WithHidden(form, Collecting.Reaction()))).Status);
        await UntilAsync(page => page.Contains("270 mL", StringComparison.Ordinal) && page.Contains("data-label=\"反应\">有<", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_a_donation_of_the_wrong_type_When_the_registration_is_corrected_Then_own_history_and_index_have_the_right_one()
    {
        using var configuration = new TenantConfigCopy();
        configuration.Edit(form => form["sections"]!.AsArray().SelectMany(s => s!["fields"]!.AsArray()).Single(f => f!["code"]!.GetValue<string>() == "donationType")!["options"] =
            System.Text.Json.Nodes.JsonNode.Parse("""[{"code": "apheresis-platelets", "label": "单采血小板"}, {"code": "whole-blood", "label": "全血"}]"""), "Default", "forms", "registration.form.json");
        await using var server = await ProductHost.RunningAsync(configuration.Folder);
        var staff = new Staff(server);
        foreach (var second in new[] { "jc02", Collecting.Second }) await staff.AtAsync("hangzhou", second);
        var nurse = await staff.AtAsync("hangzhou", "hs01");
        var visit = await nurse.RunVisitAsync(Visiting.Registration(_idNumber), mpv: true);
        await nurse.CollectAsync(visit, _idNumber);

        await nurse.AmendAsync(visit, "registration", new(Visiting.Registration(_idNumber)) { ["donationType"] = "whole-blood", ["pin-corrector"] = Staff.Pin });

        var (own, province) = (new Database(server, "hangzhou"), new Database(server, "Default"));
        Assert.Equal("whole-blood", (await own.RowsAsync($"SELECT \"DonationType\" FROM donations WHERE lower(CAST(\"Id\" AS text)) = '{visit}'"))[0][0]);
        await EventuallyAsync(server, async () => await province.CountAsync($"donor_index WHERE lower(CAST(\"SourceId\" AS text)) = '{visit}' AND \"DonationType\" = 'whole-blood'") == 1);
    }

    [Fact]
    public async Task Given_no_answer_to_the_question_for_earlier_reactions_When_registered_Then_it_is_asked_and_nothing_is_preselected()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        var values = Visiting.Registration(_idNumber);
        values.Remove("priorReaction");

        var refused = await nurse.PostRegistrationAsync(values);

        Assert.Equal(422, refused.Status);
        Assert.True(refused.Has("href=\"#priorReaction\""), Visiting.Words(refused));
    }

    private async Task<Guid> DeferredAsync(Browser nurse, params (string Question, string Answer)[] answers)
    {
        var visit = await nurse.RegisterOnlyAsync(Visiting.Registration(_idNumber));
        await nurse.InquireAsync(visit, answers);
        await nurse.CompleteAsync(visit, "general-check", Visiting.Reviewing((answers[0].Question, "fit", "已核实")));
        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("已暂缓"));
        return visit;
    }

    private static async Task<Dictionary<string, string>> AnswersAsync(Browser nurse, Guid visit, params (string Question, string Answer)[] others)
    {
        var answers = Visiting.HealthyAnswers(await nurse.GetAsync($"/visits/{visit}/steps/{Inquiry}/amend"));
        foreach (var (question, answer) in others) answers[question] = answer;
        return answers;
    }

    private async Task<Answer> DonorPageAsync(Browser nurse)
    {
        await nurse.GetAsync("/donors");
        var found = await nurse.PostAsync("/donors/find", ("idNumber", _idNumber));
        return await nurse.GetAsync(found.Location![nurse.Prefix.Length..]);
    }

    /// <summary>What the other station's registration shows of the donor.</summary>
    private async Task<string> HistoryAtShaoxingAsync()
    {
        var person = await shared.Staff.AtAsync("shaoxing", "jd01");
        await person.GetAsync("/registration");
        return System.Net.WebUtility.HtmlDecode((await person.PostAsync("/registration/find", ("idNumber", _idNumber))).Body);
    }

    private Task UntilAsync(Func<string, bool> seen) => EventuallyAsync(shared.Server, async () => seen(await HistoryAtShaoxingAsync()));

    /// <summary>The province learns of it by a message.</summary>
    private static async Task EventuallyAsync(ProductHost server, Func<Task<bool>> seen)
    {
        await server.DrainAsync();
        Assert.True(await seen());
    }

    private static DateOnly Today => DateOnly.FromDateTime(DateTime.UtcNow.AddHours(8));

    private static string Days(int days) => Today.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Iso(string stored) => DateTime.TryParse(stored, CultureInfo.InvariantCulture, out var day) ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : stored;

    private static string NewId() => Database.IsSqlite ? $"'{Guid.NewGuid().ToString().ToUpperInvariant()}'" : $"'{Guid.NewGuid()}'::uuid";

    private static string Of(Guid visit) => $"lower(CAST(\"VisitId\" AS text)) = '{visit}'";
}
