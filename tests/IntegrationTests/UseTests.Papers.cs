using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What a donor who cannot give today takes home.</summary>
public sealed partial class UseTests
{
    private static readonly string[] Internal = ["GB", "18467", "条号", "待核", "高危", "性关系", "性行为", "吸毒", "艾滋", "梅毒", "医师", "医生判断", "认错", "规则", "HB-0", "P-0", "D-3"];

    [Fact]
    public async Task Given_a_low_haemoglobin_When_the_slip_is_printed_Then_it_names_the_donor_and_the_reason_says_how_to_come_back_and_nothing_internal()
    {
        var (nurse, visit) = await DeferredAsync(Donor("宋时雨"), tests: new(Visiting.Tests(mpv: true, hb: "100")));
        var slip = await SlipAsync(nurse, visit, "deferral-slip");

        Assert.All(new[] { "宋时雨先生，您好", "血红蛋白", "再来", "身份证", "0571-5550 1001", "排队号" }, words => Assert.Contains(words, slip, StringComparison.Ordinal));
        Assert.DoesNotContain(Internal, words => slip.Contains(words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("riskPartner", "riskPartnerOn", -40, "再来")]
    [InlineData("tattoo", "tattooOn", -40, "纹身")]
    [InlineData("pregnantOrMiscarriage", "pregnantOrMiscarriageOn", -40, "再来")]
    public async Task Given_an_answer_of_one_own_life_When_it_defers_until_a_day_Then_the_slip_has_the_day_and_names_no_risk(string question, string when, int days, string words)
    {
        var donor = Donor("宋若雨", Visiting.NewIdNumber(female: true));
        var (nurse, visit) = await DeferredAsync(donor, [(question, "yes"), (when, Day(days)), ("pregnant", question == "pregnantOrMiscarriage" ? "no" : "")]);
        var slip = await SlipAsync(nurse, visit, "deferral-slip");

        Assert.Contains("宋若雨女士，您好", slip, StringComparison.Ordinal);
        Assert.Contains(words, slip, StringComparison.Ordinal);
        Assert.Matches("20[0-9]{2} 年 [0-9]{1,2} 月 [0-9]{1,2} 日", slip);
        Assert.DoesNotContain(Internal.Append("流产"), internals => slip.Contains(internals, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("generalFindingsNormal", "no", "generalFindings", "肘部皮疹，疑似")]
    [InlineData("review-underTreatment", "unfit", "review-underTreatment-other", "情况不明，不宜献血")]
    public async Task Given_what_an_examiner_has_found_When_it_defers_Then_his_words_stay_in_the_house(string field, string value, string other, string words)
    {
        var nurse = await NurseAsync();
        var visit = await nurse.RegisterOnlyAsync(Donor("宋晓雨"));
        await nurse.InquireAsync(visit, field.StartsWith("review", StringComparison.Ordinal) ? [("underTreatment", "yes"), ("underTreatmentWhat", "待查")] : []);
        await nurse.CompleteAsync(visit, "general-check", new(Visiting.GeneralCheck()) { [field] = value, [other] = words });
        var slip = await SlipAsync(nurse, visit, "deferral-slip");

        Assert.Contains("当面", slip, StringComparison.Ordinal);
        Assert.DoesNotContain(Internal.Append(words), internals => slip.Contains(internals, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_a_permanent_exclusion_When_papers_are_asked_for_Then_there_is_one_of_its_own_for_those_who_may_and_no_slip()
    {
        var (nurse, visit) = await DeferredAsync(Donor("宋知雨"), [("highRisk", "yes")]);
        var notice = await SlipAsync(nurse, visit, "exclusion-notice");

        Assert.All(new[] { "宋知雨先生", "保密", "当面", "0571-5550 1001" }, words => Assert.Contains(words, notice, StringComparison.Ordinal));
        Assert.DoesNotContain(Internal, words => notice.Contains(words, StringComparison.Ordinal));
        Assert.Equal(404, (await nurse.GetAsync($"/visits/{visit}/documents/deferral-slip.pdf")).Status);
        var receptionist = await shared.Staff.AtAsync(Station, "jd01");
        Assert.Equal(403, (await receptionist.GetAsync($"/visits/{visit}/documents/exclusion-notice.pdf")).Status);
        Assert.DoesNotContain("exclusion-notice", (await receptionist.GetAsync($"/visits/{visit}")).Body, StringComparison.Ordinal);
        Assert.Contains("exclusion-notice", (await nurse.GetAsync($"/visits/{visit}")).Body, StringComparison.Ordinal);
    }

    private static async Task<string> SlipAsync(Browser nurse, Guid visit, string name)
    {
        var answer = await nurse.GetAsync($"/visits/{visit}/documents/{name}.pdf");
        return answer.Status == 200 ? PdfText.Of(answer.Bytes).ReplaceLineEndings("") : throw new InvalidOperationException($"{name}: {answer.Status} {Visiting.Words(answer)}");
    }

    /// <summary>A visit that ends at its check, or at its tests where there are any.</summary>
    private async Task<(Browser Nurse, Guid Visit)> DeferredAsync(Dictionary<string, string> donor, (string, string)[]? answers = null, Dictionary<string, string>? tests = null)
    {
        var nurse = await NurseAsync();
        var visit = await nurse.RegisterOnlyAsync(donor);
        await nurse.InquireAsync(visit, answers ?? []);
        var flagged = (answers ?? []).Where(a => a.Item2 is "yes").Select(a => (a.Item1, "fit", "已核实")).ToArray();
        await nurse.CompleteAsync(visit, "general-check", Visiting.Reviewing(flagged));
        if (tests is not null) await nurse.CompleteAsync(visit, "tests", tests);
        return (nurse, visit);
    }
}
