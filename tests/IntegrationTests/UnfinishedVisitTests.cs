using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Visits that did not end on their day, donors who left early, and corrections while a needle may be in.</summary>
public sealed class UnfinishedVisitTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Station = "hangzhou";
    private readonly string _idNumber = Visiting.NewIdNumber();
    private readonly Database _database = new(shared.Server, Station);

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_a_visit_of_an_earlier_day_When_the_donor_comes_back_Then_nothing_goes_on_until_it_is_ended_and_registered_anew()
    {
        var (nurse, visit) = await ReadyAsync();
        var number = await nurse.DonationNumberAsync(visit);
        await AgeAsync(visit);

        var again = await nurse.PostRegistrationAsync(Visiting.Registration(_idNumber));
        Assert.Equal(visit, Visiting.VisitOf(again));
        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("当天没有采集"));
        Assert.True((await nurse.GetAsync($"/visits/{visit}/steps/pre-collection-check")).Has("请终止献血，再重新登记"));
        var check = await nurse.PostStepAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, number));
        Assert.True(check.Status == 422 && check.Has("征询、检查和检测只在当天有效"), Visiting.Words(check));
        Assert.Equal("0", (await _database.RowsAsync($"SELECT count(*) FROM submissions WHERE {OfSubject(visit)} AND \"Step\" = 'pre-collection-check'"))[0][0]);

        Assert.Equal(302, (await LeaveAsync(nurse, visit, "pre-collection-check", "Withdraw")).Status);
        Assert.NotEqual(visit, await nurse.RegisterOnlyAsync(Visiting.Registration(_idNumber)));
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_a_run_that_went_past_midnight_When_its_record_is_entered_Then_it_is_taken()
    {
        var (nurse, visit) = await ReadyAsync();
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, await nurse.DonationNumberAsync(visit)));
        await AgeAsync(visit);

        await nurse.CompleteAsync(visit, "collection-record", Collecting.Record());

        Assert.Equal(200, (await nurse.GetAsync($"/visits/{visit}/steps/post-collection-check")).Status);
    }

    [Fact]
    public async Task Given_an_answer_that_defers_for_ever_When_the_donor_leaves_before_it_is_judged_Then_it_is_in_the_file()
    {
        var nurse = await shared.Staff.SignInAsync(Station, "hs01");
        var visit = await nurse.RegisterOnlyAsync(Visiting.Registration(_idNumber));
        await nurse.InquireAsync(visit, ("hepatitis", "yes"));

        Assert.Equal(302, (await LeaveAsync(nurse, visit, "general-check", "Withdraw")).Status);

        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("已终止"));
        Assert.NotEmpty(await _database.RowsAsync($"SELECT \"Id\" FROM deferrals WHERE {Of(visit)}"));
        var again = await nurse.PostRegistrationAsync(Visiting.Registration(_idNumber));
        Assert.True(again.Has("得过病毒性肝炎"), Visiting.Words(again));
    }

    [Fact]
    public async Task Given_a_donor_who_leaves_with_nothing_found_When_he_comes_again_Then_nothing_is_held_against_him()
    {
        var nurse = await shared.Staff.SignInAsync(Station, "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(_idNumber));

        Assert.Equal(302, (await LeaveAsync(nurse, visit, "general-check", "Withdraw")).Status);

        Assert.Empty(await _database.RowsAsync($"SELECT \"Id\" FROM deferrals WHERE {Of(visit)}"));
        Assert.NotEqual(visit, await nurse.RegisterOnlyAsync(Visiting.Registration(_idNumber)));
    }

    [Fact]
    public async Task Given_a_needle_in_the_donor_When_tests_and_then_the_check_are_corrected_Then_the_run_is_still_recorded()
    {
        var (nurse, visit) = await ReadyAsync();
        var check = Collecting.BeforeCheck(_idNumber, await nurse.DonationNumberAsync(visit));
        await nurse.CompleteAsync(visit, "pre-collection-check", check);

        await nurse.AmendAsync(visit, "tests", Visiting.Tests(mpv: true, hb: "111"));
        await nurse.AmendAsync(visit, "pre-collection-check", new(check) { ["kitLot"] = "2607105152" });
        var record = await nurse.CompleteAsync(visit, "collection-record", Collecting.Record());

        Assert.EndsWith("/steps/post-collection-check", record.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_correction_that_makes_the_donor_unfit_and_one_that_takes_it_back_When_sent_back_to_the_assessment_Then_it_is_decided_anew()
    {
        var (nurse, visit) = await ReadyAsync();
        var number = await nurse.DonationNumberAsync(visit);
        await nurse.AmendAsync(visit, "tests", Visiting.Tests(mpv: true, hb: "111"));
        var refused = await nurse.PostStepAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, number));
        Assert.True(refused.Status == 422 && refused.Has("不能采集"), Visiting.Words(refused));

        Assert.Equal(302, (await LeaveAsync(nurse, visit, "pre-collection-check", "ReturnToAssessment")).Status);
        await nurse.AmendAsync(visit, "tests", Visiting.Tests(mpv: true, hb: "145"));
        await nurse.CompleteAsync(visit, "assessment", Visiting.Assessment());

        Assert.Equal(number, await nurse.DonationNumberAsync(visit));
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, number));
    }

    [Fact]
    public async Task Given_a_reaction_sent_twice_with_a_change_When_posted_Then_the_change_is_not_lost_silently_and_it_can_be_corrected()
    {
        var (nurse, visit) = await ReadyAsync();
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(_idNumber, await nurse.DonationNumberAsync(visit)));
        var path = $"/visits/{visit}/reactions/new";
        var form = Visiting.WithHidden(await nurse.GetAsync(path), Collecting.Reaction(DateOnly.FromDateTime(DateTime.UtcNow.AddDays(2))));
        Assert.Equal(302, (await nurse.PostAsync(path, form)).Status);

        var changed = await nurse.PostAsync(path, new Dictionary<string, string>(form) { ["reactionSigns"] = "抽搐" });
        Assert.True(changed.Status == 409 && changed.Has("之后的改动没有保存") && changed.Has("抽搐"), Visiting.Words(changed));
        await nurse.AmendAsync(visit, "donation-reaction-1", new(Collecting.Reaction()) { ["reactionSigns"] = "抽搐" });

        Assert.Equal([["1"], ["2"]], await _database.RowsAsync($"SELECT \"Version\" FROM submissions WHERE {OfSubject(visit)} AND \"Step\" = 'donation-reaction-1' ORDER BY \"Version\""));
        Assert.Empty(await _database.RowsAsync($"SELECT \"Id\" FROM follow_ups WHERE {Of(visit)} AND \"ClosedAt\" IS NULL"));
        var page = await nurse.GetAsync($"/visits/{visit}");
        Assert.True(page.Has("抽搐") && page.Has("更正第 1 版"), Visiting.Words(page));
    }

    private async Task<(Browser Nurse, Guid Visit)> ReadyAsync()
    {
        await shared.Staff.AtAsync(Station, Collecting.Second);
        var nurse = await shared.Staff.SignInAsync(Station, "hs01");
        return (nurse, await nurse.RunVisitAsync(Visiting.Registration(_idNumber), mpv: true));
    }

    /// <summary>The visit as it lies there some days later.</summary>
    private Task AgeAsync(Guid visit) => _database.ExecuteAsync($"UPDATE visits SET \"Day\" = '{DateTime.UtcNow.AddHours(8).AddDays(-3):yyyy-MM-dd}' WHERE lower(CAST(\"Id\" AS text)) = '{visit}'");

    private static async Task<Answer> LeaveAsync(Browser nurse, Guid visit, string step, string action)
    {
        var page = await nurse.GetAsync($"/visits/{visit}/steps/{step}");
        return await nurse.PostAsync($"/visits/{visit}/steps/{step}", new Dictionary<string, string>(Visiting.WithHidden(page, [])) { ["_action"] = action, ["_reason-" + action] = "献血者离开" });
    }

    private static string Of(Guid visit) => $"lower(CAST(\"VisitId\" AS text)) = '{visit}'";

    private static string OfSubject(Guid visit) => $"lower(CAST(\"SubjectId\" AS text)) = '{visit}'";
}
