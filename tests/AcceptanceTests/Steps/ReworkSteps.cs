using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>Sending a visit back, and doing steps again.</summary>
[Binding]
public sealed class ReworkSteps(Journey journey, VisitSteps visit)
{
    private string _sample = "";

    [When(@"^(检测员|评估医师)以""(.+)""把(.+)退回(一般检查|检测)$")]
    public async Task ReturnAsync(string person, string reason, string step, string target)
    {
        await journey.OpenStepAsync(person, step);
        _sample = await SampleAsync();
        await journey.Page.Locator("details > summary").Filter(new() { HasText = "退回" + target }).ClickAsync();
        await journey.Page.GetByLabel($"退回{target}的原因").FillAsync(reason);
        await journey.Page.LeaveByAsync(journey.Page.GetByRole(AriaRole.Button, new() { Name = $"确认退回{target}" }));
    }

    [When(@"^检测员以空的原因把献血前检测退回一般检查$")]
    public Task ReturnAsync() => ReturnAsync("检测员", "", "献血前检测", "一般检查");

    [When(@"^检查医师把""(.+)""改为""(.+)""后重新提交$")]
    public async Task CheckAgainAsync(string label, string value)
    {
        var form = await journey.OpenStepAsync("检查医师", "征询复核与一般检查");
        await form.FillAsync(label, value);
        // The donor signs anew, so the document is looked at anew.
        await form.FillAsync("已核对证件原件与本人", "是");
        await VisitSteps.SignCheckAsync(form);
        await form.SubmitAsync();
    }

    [When(@"^检测员确认原来的检测结果并由检测员乙核对$")]
    public async Task TestAgainAsync()
    {
        var form = await journey.OpenStepAsync("检测员", "献血前检测");
        await visit.SignTestsAsync(form, "检测员乙", Product.Pin);
        await form.SubmitAsync();
    }

    [Then(@"^征询与一般检查的页面写明""(.+)""，体重仍为""(.+)""$")]
    public async Task ThenWhyAsync(string why, string value)
    {
        var form = await journey.OpenStepAsync("检查医师", "征询复核与一般检查");
        await Expect(journey.Page.Locator("[data-why]")).ToContainTextAsync(why);
        Xunit.Assert.Equal(value, await form.ValueAsync("体重"));
    }

    [Then(@"^步骤栏里""(.+)""是""(.+)""$")]
    public async Task ThenRailAsync(string step, string state)
    {
        await journey.OpenVisitAsync("登记员");
        await Expect(journey.Page.Locator(".rail li").Filter(new() { HasText = step }).Locator(".rail__state")).ToHaveTextAsync(state);
    }

    [Then(@"^样本号没有变$")]
    public async Task ThenSampleAsync()
    {
        await journey.OpenVisitAsync("登记员");
        Xunit.Assert.Equal(_sample, await SampleAsync());
    }

    private Task<string> SampleAsync() => journey.Page.Locator("[data-sample-number]").InnerTextAsync();
}
