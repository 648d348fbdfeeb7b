using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>The donor's answers, and what the examiner makes of them.</summary>
[Binding]
public sealed class InquirySteps(Journey journey, VisitSteps visit)
{
    [Then(@"^征询页面(有|没有)""(.+)""一题$")]
    public async Task ThenAskedAsync(string asked, string question)
    {
        var form = await journey.OpenStepAsync("登记员", "知情同意与健康征询");
        await Expect(form.Field("您今天感觉身体健康")).ToHaveCountAsync(1);
        await Expect(form.Field(question)).ToHaveCountAsync(asked == "有" ? 1 : 0);
    }

    [Then(@"^检查医师要复核 (\d+) 条回答，其中""(.+)""的日期是 (\d+) 天前$")]
    public async Task ThenFlaggedAsync(int count, string question, int days)
    {
        await visit.OpenCheckAsync("检查医师");
        await Expect(journey.Page.Locator("[data-review]")).ToHaveCountAsync(count);
        await Expect(journey.Page.Locator("[data-review]").Filter(new() { HasText = question })).ToContainTextAsync($"{journey.Product.Today.AddDays(-days):yyyy-MM-dd}");
    }

    [When(@"^检查医师复核如下并完成一般检查$")]
    public async Task ReviewAsync(Table reviews) => await ReviewAsync(await visit.OpenCheckAsync("检查医师"), reviews);

    [When(@"^检查医师改为复核如下并完成一般检查$")]
    public async Task ReviewAgainAsync(Table reviews) => await ReviewAsync(new StepForm(await journey.OfAsync("检查医师")), reviews);

    private static async Task ReviewAsync(StepForm form, Table reviews)
    {
        foreach (var row in reviews.Rows) await form.ReviewAsync(row["问题"], row["结论"], row["理由"]);
        await VisitSteps.FillCheckAsync(form);
        await form.SubmitAsync();
    }

    [Then(@"^本次献血记录了 (\d+) 条复核，其中""(.+)""为""(.+)""，理由是""(.+)""$")]
    public async Task ThenRecordedAsync(int count, string question, string decision, string reason)
    {
        await journey.OpenVisitAsync("检查医师");
        await journey.Page.Locator("details > summary").Filter(new() { HasText = "征询复核与一般检查" }).ClickAsync();
        var rows = journey.Page.Locator("[data-reviews] tbody").GetByRole(AriaRole.Row);
        await Expect(rows).ToHaveCountAsync(count);
        await Expect(rows.Filter(new() { HasText = question }).GetByRole(AriaRole.Cell).Nth(2)).ToHaveTextAsync(decision);
        await Expect(rows.Filter(new() { HasText = question }).GetByRole(AriaRole.Cell).Nth(3)).ToHaveTextAsync(reason);
    }
}
