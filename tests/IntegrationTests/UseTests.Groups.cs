using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>RhD stands beside ABO wherever the group stands, and a group that does not fit the file is looked at before anybody is sent home.</summary>
public sealed partial class UseTests
{
    [Theory]
    [InlineData("neg", "RhD 阴性")]
    [InlineData("pos", "RhD 阳性")]
    [InlineData("", "RhD 未测")]
    public async Task Given_a_group_tested_When_it_is_shown_or_printed_Then_RhD_stands_beside_it(string rhd, string words)
    {
        var (nurse, idNumber) = (await NurseAsync(), Visiting.NewIdNumber());
        var visit = await nurse.RegisterAsync(Donor("血型甲", idNumber));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        await nurse.CompleteAsync(visit, "tests", new(Visiting.Tests(mpv: true)) { ["rhd"] = rhd });
        await nurse.CompleteAsync(visit, "assessment", Visiting.Assessment());
        var number = await nurse.DonationNumberAsync(visit);
        var group = $"A 型 {words}";

        Assert.Contains(group, Banner(await nurse.GetAsync($"/visits/{visit}")), StringComparison.Ordinal);
        var label = PdfText.Of((await nurse.GetAsync($"/visits/{visit}/documents/donation-label.pdf")).Bytes).Split('\n').Select(l => l.Trim()).ToList();
        Assert.True(label.Contains("A") && label.Contains(words), string.Join(" | ", label));
        await nurse.GetAsync("/donors");
        var donor = (await nurse.PostAsync("/donors/find", ("idNumber", idNumber))).Location!["/hangzhou".Length..];
        Assert.True((await nurse.GetAsync(donor)).Has(group));
        Assert.Contains(group, Part(await nurse.GetAsync("/donors"), $"<tr><td[^>]*><a href=\"/hangzhou{donor}\".*?</tr>"), StringComparison.Ordinal);

        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(idNumber, number));
        await nurse.CompleteAsync(visit, "collection-record", new(Collecting.Record()) { ["needleAt"] = Minute(), ["collectionEndedAt"] = Minute(50) });
        await nurse.CompleteAsync(visit, "post-collection-check", Collecting.AfterCheck(number));
        await nurse.CompleteAsync(visit, "heat-seal-check", Collecting.HeatSeal(number));
        var page = await nurse.GetAsync("/hand-overs");
        Assert.Contains(group, Part(page, $"<tr>(?:(?!</tr>).)*?{number}.*?</tr>"), StringComparison.Ordinal);
        await shared.Staff.AtAsync(Station, "rh01");
        var sheet = (await nurse.PostAsync("/hand-overs", Collecting.HandOver(page, visit, "rh01"))).Location!["/hangzhou".Length..];
        Assert.Contains(group, Part(await nurse.GetAsync(sheet), $"<tr>(?:(?!</tr>).)*?{number}.*?</tr>"), StringComparison.Ordinal);
        Assert.Contains(group, PdfText.Of((await nurse.GetAsync(sheet + "/sheet.pdf")).Bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abo", "B")]
    [InlineData("rhd", "neg")]
    public async Task Given_a_group_that_is_not_the_one_on_file_When_it_is_found_Then_stopping_and_testing_again_is_offered_first_and_nothing_is_ended_by_it(string field, string value)
    {
        var (nurse, idNumber) = (await NurseAsync(), Visiting.NewIdNumber());
        var first = await nurse.RegisterAsync(Donor("血型乙", idNumber));
        await nurse.CompleteAsync(first, "general-check", Visiting.GeneralCheck());
        await nurse.CompleteAsync(first, "tests", new(Visiting.Tests(mpv: true)) { ["rhd"] = "pos" });
        await nurse.PostAsync($"/visits/{first}/steps/assessment", new Dictionary<string, string>(Visiting.WithHidden(await nurse.GetAsync($"/visits/{first}/steps/assessment"), [])) { ["_action"] = "Withdraw", ["_reason-Withdraw"] = "改日" });
        var visit = await nurse.RegisterAsync(Donor("血型乙", idNumber));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        var tests = new Dictionary<string, string>(Visiting.Tests(mpv: true)) { ["rhd"] = "pos", [field] = value };
        var asked = await nurse.PostStepAsync(visit, "tests", tests);

        var page = System.Net.WebUtility.HtmlDecode(asked.Body);
        Assert.True(page.IndexOf("value=\"CheckAgain\"", StringComparison.Ordinal) is > 0 and var offer && offer < page.IndexOf("确认暂缓并结束本次献血</button>", StringComparison.Ordinal), Visiting.Words(asked));
        var stopped = await nurse.PostAsync($"/visits/{visit}/steps/tests", new Dictionary<string, string>(Visiting.WithHidden(asked, tests)) { ["_action"] = "CheckAgain" });
        Assert.Equal(302, stopped.Status);
        var anew = await nurse.GetAsync(stopped.Location!["/hangzhou".Length..]);
        Assert.Equal(200, anew.Status);
        Assert.Contains("重新采样", Part(anew, "<main.*?</main>"), StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"240\"", anew.Body, StringComparison.Ordinal);
        Assert.Contains("停下重新检测", Part(await nurse.GetAsync($"/visits/{visit}"), "<h2>操作记录</h2>.*?</table>"), StringComparison.Ordinal);
        await nurse.CompleteAsync(visit, "tests", new(Visiting.Tests(mpv: true)) { ["rhd"] = "pos" });
        Assert.Equal(200, (await nurse.GetAsync($"/visits/{visit}/steps/assessment")).Status);
    }
}
