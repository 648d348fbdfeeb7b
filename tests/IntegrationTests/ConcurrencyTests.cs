using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Several people and several clicks at once: one effect, one answer, numbers without gaps.</summary>
[Trait("Store", "postgres")]
public sealed class ConcurrencyTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int Posts = 20;
    private readonly Database _database = new(shared.Server, "hangzhou");

    [Fact]
    public async Task Given_one_click_that_arrives_twenty_times_at_once_When_posted_Then_there_is_one_submission_and_every_answer_is_the_same()
    {
        var (nurse, visit, page) = await OpenedAsync();
        var fields = Visiting.WithHidden(page, Visiting.GeneralCheck());

        var answers = await Task.WhenAll(Enumerable.Range(0, Posts).Select(_ => nurse.PostAsync($"/visits/{visit}/steps/general-check", fields)));

        Assert.Equal([(302, $"/hangzhou/visits/{visit}/steps/tests")], answers.Select(a => (a.Status, a.Location!)).Distinct());
        Assert.Equal(1, await CountAsync("submissions", visit, "\"Step\" = 'general-check'"));
        Assert.Equal(2, await CountAsync("verdicts", visit, "\"Stage\" = 'general-check'"));
    }

    [Fact]
    public async Task Given_twenty_submissions_of_one_step_at_once_When_posted_Then_one_wins_and_the_others_see_the_conflict()
    {
        var (nurse, visit, page) = await OpenedAsync();
        var posts = Enumerable.Range(0, Posts).Select(i => new Dictionary<string, string>(Visiting.WithHidden(page, Visiting.GeneralCheck())) { ["_operation"] = Guid.NewGuid().ToString(), ["weight"] = $"{60 + i}" });

        var answers = await Task.WhenAll(posts.Select(fields => nurse.PostAsync($"/visits/{visit}/steps/general-check", fields)).ToList());

        Assert.Equal([302, .. Enumerable.Repeat(409, Posts - 1)], answers.Select(a => a.Status).Order());
        Assert.All(answers.Where(a => a.Status == 409), a => Assert.True(a.Has("您填写的") && a.Has("体重"), Visiting.Words(a)));
        Assert.Equal(1, await CountAsync("submissions", visit, "\"Step\" = 'general-check'"));
    }

    [Fact]
    public async Task Given_an_operation_id_used_again_with_other_values_When_posted_Then_nothing_changes()
    {
        var (nurse, visit, page) = await OpenedAsync();
        var fields = Visiting.WithHidden(page, Visiting.GeneralCheck());
        await nurse.PostAsync($"/visits/{visit}/steps/general-check", fields);

        var answer = await nurse.PostAsync($"/visits/{visit}/steps/general-check", new Dictionary<string, string>(fields) { ["weight"] = "51" });

        Assert.Equal(409, answer.Status);
        Assert.Equal(1, await CountAsync("submissions", visit, "\"Step\" = 'general-check'"));
    }

    [Fact]
    public async Task Given_two_counters_When_both_register_the_same_new_donor_at_once_Then_there_is_one_visit_and_both_are_led_to_it()
    {
        for (var round = 0; round < 5; round++)
        {
            var counters = new[] { await shared.Staff.SignInAsync("hangzhou", "jd01"), await shared.Staff.SignInAsync("hangzhou", "hs01") };
            var values = Visiting.Registration(Visiting.NewIdNumber());
            var answers = await Task.WhenAll(counters.Select(c => c.PostRegistrationAsync(values)));

            Assert.All(answers, a => Assert.Equal(302, a.Status));
            Assert.Single(answers.Select(Visiting.VisitOf).Distinct());
        }
    }

    [Fact]
    public async Task Given_visits_of_eight_donors_at_once_When_assessed_Then_donation_numbers_have_neither_gaps_nor_doubles()
    {
        const int nurses = 8, visitsEach = 4;
        var year = $"{DateTime.UtcNow.AddHours(8):yy}";
        var before = await NumbersAsync();

        await Parallel.ForEachAsync(Enumerable.Range(0, nurses), new ParallelOptions { MaxDegreeOfParallelism = nurses }, async (_, _) =>
        {
            var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
            for (var i = 0; i < visitsEach; i++) await nurse.RunVisitAsync(Visiting.Registration(Visiting.NewIdNumber()), mpv: true);
        });

        var numbers = await NumbersAsync();
        Assert.Equal(nurses * visitsEach, numbers.Count - before.Count);
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => $"99101{year}{n:000000}"), numbers);
    }

    private async Task<(Browser Nurse, Guid Visit, Answer Page)> OpenedAsync()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        return (nurse, visit, await nurse.GetAsync($"/visits/{visit}/steps/general-check"));
    }

    private async Task<IReadOnlyList<string>> NumbersAsync() =>
        [.. (await _database.RowsAsync("""SELECT "DonationNumber" FROM visits WHERE "DonationNumber" IS NOT NULL ORDER BY 1""")).Select(r => r[0]!)];

    private Task<long> CountAsync(string table, Guid visit, string condition) =>
        _database.CountAsync($"{table} WHERE lower(CAST(\"{(table == "submissions" ? "SubjectId" : "VisitId")}\" AS text)) = '{visit}' AND {condition}");
}
