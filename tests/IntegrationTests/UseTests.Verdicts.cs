using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A verdict passes only when all of it has been judged; what stands against a donation is said at once; what nobody can give here is not spoken of.</summary>
public sealed partial class UseTests
{
    [Fact]
    public async Task Given_a_visit_When_it_goes_from_step_to_step_Then_it_is_not_judged_yet_until_the_last_stage_and_only_then_passes()
    {
        var nurse = await NurseAsync();
        var visit = await nurse.RegisterOnlyAsync(Donor("未判甲"));
        async Task<string> At(string? step) => Panel(await nurse.GetAsync(step is null ? $"/visits/{visit}" : $"/visits/{visit}/steps/{step}"));
        void NotYet(string panel) => Assert.True(panel.Contains("单采血小板：尚未判定", StringComparison.Ordinal) && !panel.Contains("：合格", StringComparison.Ordinal) && !panel.Contains("全血", StringComparison.Ordinal), panel);

        NotYet(await At("consent-inquiry"));
        NotYet(await At(null));
        await nurse.InquireAsync(visit);
        NotYet(await At("general-check"));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        NotYet(await At("tests"));
        await nurse.CompleteAsync(visit, "tests", Visiting.Tests(mpv: true));
        NotYet(await At(null));
        var before = await nurse.GetAsync($"/visits/{visit}");
        Assert.DoesNotContain("合格", Part(before, "<h2>操作记录</h2>.*?</table>").Replace("未见不合格", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await nurse.CompleteAsync(visit, "assessment", Visiting.Assessment());
        Assert.Contains("单采血小板：合格", await At(null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_answers_that_defer_When_submitted_Then_the_next_page_and_the_visit_say_so_at_once()
    {
        var nurse = await NurseAsync();
        var visit = await nurse.RegisterOnlyAsync(Donor("当即甲"));
        await nurse.InquireAsync(visit, ("tattoo", "yes"), ("tattooOn", Day(-30)));

        foreach (var path in new[] { $"/visits/{visit}/steps/general-check", $"/visits/{visit}" })
        {
            var panel = Panel(await nurse.GetAsync(path));
            Assert.True(panel.Contains("单采血小板：不合格", StringComparison.Ordinal) && panel.Contains("起再献", StringComparison.Ordinal) && !panel.Contains("：合格", StringComparison.Ordinal), panel);
        }
    }

    [Theory]
    [InlineData("consent-inquiry", "toothExtraction", "yes", "toothExtractionOn", "", "不合格")]
    [InlineData("general-check", "systolic", "190", "diastolic", "80", "收缩压")]
    [InlineData("tests", "hb", "90", "hct", "0.40", "血红蛋白 90 g/L")]
    public async Task Given_a_value_typed_that_defers_When_the_page_keeps_its_draft_Then_it_is_told_before_anything_is_signed(string step, string field, string value, string other, string otherValue, string words)
    {
        var nurse = await NurseAsync();
        var visit = await nurse.RegisterOnlyAsync(Donor("草稿甲"));
        if (step != "consent-inquiry") await nurse.InquireAsync(visit);
        if (step == "tests") await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        await nurse.GetAsync($"/visits/{visit}/steps/{step}");

        var kept = await nurse.PostAsync($"/visits/{visit}/steps/{step}/draft", (field, value), (other, otherValue.Length > 0 ? otherValue : Day()));
        var told = System.Text.Json.JsonDocument.Parse(kept.Body).RootElement.GetProperty("against").GetString();
        Assert.Contains(words, told, StringComparison.Ordinal);
        Assert.Contains(words, Panel(await nurse.GetAsync($"/visits/{visit}/steps/{step}")), StringComparison.Ordinal);
        kept = await nurse.PostAsync($"/visits/{visit}/steps/{step}/draft", (field, ""), (other, ""));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, System.Text.Json.JsonDocument.Parse(kept.Body).RootElement.GetProperty("against").ValueKind);
    }
}
