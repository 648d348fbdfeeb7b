using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>The ABO group typed today: compared with the file, kept for the next visit, and the only one printed on blood.</summary>
public sealed class BloodGroupTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly Database _database = new(shared.Server, "hangzhou");
    private readonly string _idNumber = Visiting.NewIdNumber();

    [Fact]
    public async Task Given_a_donor_without_a_group_on_file_When_the_tests_are_signed_Then_the_label_and_the_file_have_the_group_of_today()
    {
        var (nurse, visit) = await AtTestsAsync();

        await nurse.CompleteAsync(visit, "tests", Tests("AB"));
        await nurse.CompleteAsync(visit, "assessment", Visiting.Assessment());

        Assert.Contains("AB", PdfText.Of((await nurse.GetAsync($"/visits/{visit}/documents/donation-label.pdf")).Bytes).Split('\n').Select(l => l.Trim()));
        Assert.Equal(["AB"], await EnteredAsync());
        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("AB 型"));
    }

    [Fact]
    public async Task Given_a_group_on_file_When_another_is_typed_Then_it_stops_the_visit_and_the_file_stays()
    {
        var (nurse, first) = await AtTestsAsync();
        await nurse.CompleteAsync(first, "tests", Tests("A"));
        await LeaveAsync(nurse, first, "assessment", "Withdraw");
        var (_, visit) = await AtTestsAsync(nurse);

        var asked = await nurse.PostStepAsync(visit, "tests", Tests("B"));

        Assert.True(asked.Has("确认暂缓并结束本次献血") && asked.Has("本次检测为 B 型，档案为 A 型"), Visiting.Words(asked));
        await nurse.CompleteAsync(visit, "tests", Tests("B"));
        var page = await nurse.GetAsync($"/visits/{visit}");
        Assert.Contains("data-visit-state=\"deferred\"", page.Body, StringComparison.Ordinal);
        Assert.True(page.Has("A 型"), Visiting.Words(page));
        Assert.Equal(["A"], await EnteredAsync());
        Assert.Equal(404, (await nurse.GetAsync($"/visits/{visit}/documents/donation-label.pdf")).Status);
    }

    [Fact]
    public async Task Given_the_same_group_again_When_typed_Then_the_visit_goes_on_to_its_label()
    {
        var (nurse, first) = await AtTestsAsync();
        await nurse.CompleteAsync(first, "tests", Tests("O"));
        await LeaveAsync(nurse, first, "assessment", "Withdraw");
        var (_, visit) = await AtTestsAsync(nurse);

        await nurse.CompleteAsync(visit, "tests", Tests("O"));
        await nurse.CompleteAsync(visit, "assessment", Visiting.Assessment());

        Assert.Equal(200, (await nurse.GetAsync($"/visits/{visit}/documents/donation-label.pdf")).Status);
    }

    [Fact]
    public async Task Given_a_slip_of_the_pen_When_the_tests_are_done_again_Then_the_file_follows_the_visit_that_gave_it()
    {
        var (nurse, visit) = await AtTestsAsync();
        await nurse.CompleteAsync(visit, "tests", Tests("A"));
        await LeaveAsync(nurse, visit, "assessment", "ReturnToTests");

        await nurse.CompleteAsync(visit, "tests", Tests("B"));
        await nurse.CompleteAsync(visit, "assessment", Visiting.Assessment());

        Assert.Contains("B", PdfText.Of((await nurse.GetAsync($"/visits/{visit}/documents/donation-label.pdf")).Bytes).Split('\n').Select(l => l.Trim()));
        Assert.Equal(["A", "B"], await EnteredAsync());
    }

    [Fact]
    public async Task Given_a_lipaemic_sample_When_the_tests_are_signed_Then_the_donor_is_deferred()
    {
        var (nurse, visit) = await AtTestsAsync();

        var asked = await nurse.PostStepAsync(visit, "tests", new(Tests("A")) { ["lipaemia"] = "yes" });

        Assert.True(asked.Has("确认暂缓并结束本次献血") && asked.Has("样本为乳糜血"), Visiting.Words(asked));
    }

    [Fact]
    public async Task Given_a_value_just_below_a_limit_When_typed_as_measured_Then_it_is_taken_and_judged_unrounded()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber(female: true)));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());

        var asked = await nurse.PostStepAsync(visit, "tests", Visiting.Tests(mpv: true, hb: "114.6"));

        Assert.True(asked.Has("血红蛋白 114.6 g/L，低于女性下限 115 g/L"), Visiting.Words(asked));
    }

    private static Dictionary<string, string> Tests(string group) => new(Visiting.Tests(mpv: true)) { ["abo"] = group };

    private async Task<(Browser Nurse, Guid Visit)> AtTestsAsync(Browser? nurse = null)
    {
        nurse ??= await shared.Staff.SignInAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(_idNumber));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        return (nurse, visit);
    }

    private static async Task LeaveAsync(Browser nurse, Guid visit, string step, string action)
    {
        var page = await nurse.GetAsync($"/visits/{visit}/steps/{step}");
        var fields = new Dictionary<string, string>(Visiting.WithHidden(page, [])) { ["_action"] = action, ["_reason-" + action] = "演示" };
        var answer = await nurse.PostAsync($"/visits/{visit}/steps/{step}", fields);
        Assert.True(answer.Status == 302, Visiting.Words(answer));
    }

    /// <summary>Groups entered in the file of this test's donor, oldest first.</summary>
    private async Task<IEnumerable<string?>> EnteredAsync() => (await _database.RowsAsync(
        $"""SELECT a."New" FROM audit a JOIN visits v ON lower(a."Subject") = 'donor:' || lower(CAST(v."DonorId" AS text)) WHERE a."Field" = 'abo' AND v."Id" = (SELECT "Id" FROM visits ORDER BY "RegisteredAt" DESC LIMIT 1) ORDER BY a."At" """)).Select(r => r[0]);
}
