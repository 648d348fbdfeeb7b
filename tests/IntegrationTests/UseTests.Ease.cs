using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What saves a hand: last values, one way to the visit and back, a name to look for, one answer to change.</summary>
public sealed partial class UseTests
{
    [Fact]
    public async Task Given_consumables_typed_once_When_the_next_donor_is_checked_Then_they_are_offered_and_not_filled_in()
    {
        var (nurse, idNumber) = (await NurseAsync(), Visiting.NewIdNumber());
        var before = await nurse.RunVisitAsync(Donor("耗材甲", idNumber), mpv: true);
        await nurse.CompleteAsync(before, "pre-collection-check", new(Collecting.BeforeCheck(idNumber, await nurse.DonationNumberAsync(before))) { ["kitLot"] = "LOT-7788", ["separatorCode"] = "SEP-77" });
        var visit = await nurse.RunVisitAsync(Donor("耗材乙"), mpv: true);
        var page = await nurse.GetAsync($"/visits/{visit}/steps/pre-collection-check");

        foreach (var (field, value) in new[] { ("kitLot", "LOT-7788"), ("separatorCode", "SEP-77"), ("kitExpiresOn", "2099-07-01") })
        {
            var part = System.Text.RegularExpressions.Regex.Match(page.Body, $"data-field=\"{field}\".*?<div class=\"field[ \"]", System.Text.RegularExpressions.RegexOptions.Singleline).Value;
            Assert.Contains($"data-take=\"{value}\"", part, StringComparison.Ordinal);
            Assert.DoesNotContain($"value=\"{value}\" ", part, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(idNumber, page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("data-take=\"yes\"", page.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("阿依古丽·买买提", "阿依古丽・买买提")]
    [InlineData("尉迟寻人", " 尉迟 寻人 ")]
    [InlineData("𠮷寻人", "𠮷寻人")]
    public async Task Given_a_full_name_however_typed_When_looked_for_Then_its_donors_are_listed_masked_and_it_stands_in_no_address(string name, string typed)
    {
        var nurse = await NurseAsync();
        await nurse.RegisterOnlyAsync(Donor(name));
        await nurse.GetAsync("/donors");
        var found = await nurse.PostAsync("/donors/find", ("name", typed));
        if (found.Status == 302) found = await nurse.GetAsync(found.Location!["/hangzhou".Length..]);

        Assert.Equal(200, found.Status);
        Assert.Contains(char.ConvertFromUtf32(char.ConvertToUtf32(name, 0)) + "*", Part(found, "<tbody>.*?</tbody>"), StringComparison.Ordinal);
        Assert.False(found.Has(name));
        var none = await nurse.PostAsync("/donors/find", ("name", "查无此人"));
        Assert.True(none.Has("没有找到"), Visiting.Words(none));
    }

    [Fact]
    public async Task Given_the_summary_at_a_terminal_When_one_answer_is_changed_Then_the_next_page_is_the_summary_again()
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "改一题");
        var sign = await terminal.AnswerAllAsync(await terminal.IdentifyAsync(Visiting.NewIdNumber(), "改题甲"), Standing.Typed());
        var link = System.Text.RegularExpressions.Regex.Match(System.Net.WebUtility.HtmlDecode(sign.Body), "<dt>最近 2 年内您是否纹身.*?href=\"/hangzhou(/kiosk/screen/[^\"]+)\"", System.Text.RegularExpressions.RegexOptions.Singleline).Groups[1].Value;
        var screen = await terminal.GetAsync(System.Net.WebUtility.HtmlDecode(link));
        Assert.True(screen.Has("纹身"), Visiting.Words(screen));
        var answers = new Dictionary<string, string> { ["_move"] = "next", ["_then"] = "sign", ["tattoo"] = "yes", ["transfusion"] = "no", ["sharpsInjury"] = "no" };
        Assert.Equal(422, (await terminal.PostAsync(link.Split('?')[0], answers)).Status);
        answers["tattooOn"] = Day(-900);
        var back = await terminal.PostAsync(link.Split('?')[0], answers);
        var summary = await terminal.GetAsync(back.Location!["/hangzhou".Length..]);

        Assert.True(summary.Body.Contains("heading-answers", StringComparison.Ordinal) && summary.Has(Day(-900)), Visiting.Words(summary));
        Assert.EndsWith("/kiosk/done/room", (await terminal.SignAsync(summary)).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_one_donation_type_on_offer_When_a_donor_comes_to_it_at_a_terminal_Then_it_is_chosen_already()
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "一种");
        var answer = await terminal.IdentifyAsync(Visiting.NewIdNumber(), "一种甲");
        var typed = Standing.Typed();
        for (var number = 1; answer.Status == 302 && number < 10; number++)
        {
            var page = await terminal.GetAsync($"/kiosk/screen/{number}");
            if (page.Body.Contains("data-field=\"donationType\"", StringComparison.Ordinal))
            {
                Assert.Contains(" checked", Regexed(page, "<input type=\"radio\"[^>]*name=\"donationType\"[^>]*>"), StringComparison.Ordinal);
                return;
            }
            answer = await terminal.PostAsync($"/kiosk/screen/{number}", typed.Append(new("_move", "next")));
        }
        Assert.Fail("The donation type was not asked.");
    }

    [Fact]
    public async Task Given_a_visit_When_its_page_is_read_Then_the_way_to_the_step_and_back_is_there_the_chart_is_closed_and_no_code_hash_or_address_stands_in_the_words()
    {
        var nurse = await NurseAsync();
        var visit = await nurse.RegisterAsync(Donor("页面甲"));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        var (page, step) = (await nurse.GetAsync($"/visits/{visit}"), await nurse.GetAsync($"/visits/{visit}/steps/tests"));

        Assert.Contains($"href=\"/hangzhou/visits/{visit}/steps/tests\"", Regexed(page, "<main.*?</main>"), StringComparison.Ordinal);
        Assert.Contains($"href=\"/hangzhou/visits/{visit}\"", Regexed(step, "<main.*?</main>"), StringComparison.Ordinal);
        Assert.Matches("<details class=\"details\">\\s*<summary>流程图", page.Body);
        Assert.All(new[] { page, step }, p => Assert.DoesNotMatch("[0-9a-f]{8}…|[0-9a-f]{16,}|[A-Z]{2,4}-[0-9]{2}|https?://|[a-z0-9]+\\.(com|cn|org)", Visiting.Words(p)));
    }

    private static string Regexed(Answer page, string pattern) =>
        System.Text.RegularExpressions.Regex.Match(page.Body, pattern, System.Text.RegularExpressions.RegexOptions.Singleline) is { Success: true } found ? found.Value : throw new InvalidOperationException(pattern + "\n" + Visiting.Words(page));
}
