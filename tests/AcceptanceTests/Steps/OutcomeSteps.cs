using System.Text.RegularExpressions;
using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>What the pages and papers say.</summary>
[Binding]
public sealed class OutcomeSteps(Journey journey)
{
    [Then(@"^检测页面(有|没有)""(.+)""一项$")]
    public async Task ThenFieldAsync(string shown, string label)
    {
        var form = await journey.OpenStepAsync("检测员", "献血前检测");
        await Expect(form.Field("血红蛋白")).ToHaveCountAsync(1);
        await Expect(form.Field(label)).ToHaveCountAsync(shown == "有" ? 1 : 0);
    }

    [Then(@"^献血编号以""(\d+)""开头，共 (\d+) 位$")]
    public async Task ThenNumberAsync(string start, int length)
    {
        var number = await DonationNumberAsync();
        Assert.StartsWith(start, number);
        Assert.Equal(length, number.Length);
    }

    [Then(@"^本次献血记录了""(.+)""为""(.+)""$")]
    public async Task ThenRecordedAsync(string label, string value)
    {
        await journey.OpenVisitAsync("评估医师");
        foreach (var form in await journey.Page.Locator("details > summary").AllAsync()) await form.ClickAsync();
        await Expect(journey.Page.Locator($"dt:text-is('{label}') + dd")).ToHaveTextAsync(value);
    }

    [Then(@"^献血标签印有献血编号，条码扫描得到同一编号$")]
    public async Task ThenLabelAsync()
    {
        var number = await DonationNumberAsync();
        await journey.OpenVisitAsync("评估医师");
        var label = await journey.PrintAsync("donation-label");
        Assert.Contains(number, await label.TextAsync());
        Assert.Equal(number, await label.BarcodeAsync());
    }

    [Then(@"^本次献血的状态(?:为|仍为)""(.+)""$")]
    public async Task ThenStateAsync(string state)
    {
        await journey.OpenVisitAsync("登记员");
        await Expect(journey.Page.Locator("[data-visit-state]")).ToHaveTextAsync(state);
    }

    [Then(@"^下一步是""(.+)""$")]
    public async Task ThenNextAsync(string step)
    {
        await journey.OpenVisitAsync("登记员");
        await Expect(journey.Page.Locator(".rail .current")).ToContainTextAsync(step);
    }

    [Then(@"^提示单上有""(.+)""，没有""(.+)""$")]
    public async Task ThenSlipAsync(string present, string absent)
    {
        var text = await SlipAsync();
        Assert.Contains(present, text);
        Assert.DoesNotContain(absent, text);
    }

    [Then(@"^提示单上有""([^""]+)""$")]
    public async Task ThenSlipAsync(string present) => Assert.Contains(present, await SlipAsync());

    [Then(@"^判定为""(.+)""，原因是""(.+)""$")]
    public async Task ThenVerdictAsync(string words, string reason)
    {
        var confirm = journey.Page.Locator("[data-confirm]");
        await Expect(confirm).ToContainTextAsync(words);
        await Expect(confirm).ToContainTextAsync(reason);
    }

    [Then(@"^页面写明可从 (\d+) 天后的日期起再献$")]
    public Task ThenUntilAsync(int days) => UntilAsync(journey.Product.Today.AddDays(days));

    [Then(@"^页面写明可从那次全血满 3 个月的日期起再献$")]
    public Task ThenUntilThreeMonthsAsync() => UntilAsync(journey.Product.Today.AddDays(-61).AddMonths(3));

    [Then(@"^确认之前本次献血仍为""(.+)""，没有""(.+)""的记录$")]
    public async Task ThenUnwrittenAsync(string state, string form)
    {
        await ThenStateAsync(state);
        await Expect(Forms(form)).ToHaveCountAsync(0);
    }

    [Then(@"^本次献血有 (\d+) 份""(.+)""的记录$")]
    public async Task ThenFormsAsync(int count, string form)
    {
        await journey.OpenVisitAsync("登记员");
        await Expect(journey.Page.Locator("[data-visit-state]")).ToHaveCountAsync(1);
        await Expect(Forms(form)).ToHaveCountAsync(count);
    }

    [Then(@"^本次献血没有""(.+)""的记录$")]
    public Task ThenNoFormAsync(string form) => ThenFormsAsync(0, form);

    [Then(@"^本次献血还没有献血编号$")]
    public async Task ThenNoNumberAsync()
    {
        await ThenStateAsync("进行中");
        await Expect(journey.Page.Locator("[data-donation-number]")).ToHaveCountAsync(0);
    }

    [Then(@"^下一步""(.+)""正等着办理$")]
    public async Task ThenWaitingAsync(string step) => Assert.NotNull(await journey.OpenStepAsync("检测员", step));

    [Then(@"^审计记录里有""(.+)""，原因是""(.+)""$")]
    public async Task ThenAuditedAsync(string action, string reason)
    {
        await journey.OpenVisitAsync("登记员");
        await Expect(journey.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = action }).Filter(new() { HasText = reason })).ToHaveCountAsync(1);
    }

    [Then(@"^页面指出""(.+)""有错：""(.+)""$")]
    public Task ThenErrorAsync(string label, string message) =>
        Expect(journey.Page.GetByRole(AriaRole.Alert).GetByRole(AriaRole.Listitem).Filter(new() { HasText = label })).ToContainTextAsync(message);

    [Then(@"^页面拒绝""(.+)""的签名：""(.+)""$")]
    public Task ThenSignatureRefusedAsync(string role, string message) => Expect(new StepForm(journey.Page).Signature(role)).ToContainTextAsync(message);

    [Then(@"^页面提示草稿已恢复$")]
    public Task ThenDraftAsync() => Expect(journey.Page.GetByText(new Regex(@"^草稿 \d\d:\d\d 已恢复"))).ToBeVisibleAsync();

    [Then(@"^""(.+)""仍是""(.+)""$")]
    public async Task ThenValueAsync(string label, string value) => Assert.Equal(value, await new StepForm(journey.Page).ValueAsync(label));

    private ILocator Forms(string title) => journey.Page.Locator("details > summary").Filter(new() { HasText = title });

    private Task UntilAsync(DateOnly until) => Expect(journey.Page.Locator("[data-confirm]")).ToContainTextAsync($"可于 {until:yyyy-MM-dd} 起再献");

    private async Task<string> DonationNumberAsync() =>
        (await journey.Page.Locator("[data-donation-number]").InnerTextAsync()).Replace("献血编号", "", StringComparison.Ordinal).Trim();

    private async Task<string> SlipAsync()
    {
        await journey.OpenVisitAsync("登记员");
        return await (await journey.PrintAsync("deferral-slip")).TextAsync();
    }
}
