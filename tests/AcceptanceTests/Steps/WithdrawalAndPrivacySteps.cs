using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>The donor's own say: ending the visit, and who may see personal data.</summary>
[Binding]
public sealed class WithdrawalAndPrivacySteps(Journey journey, VisitSteps visit)
{
    private ILocator Donor => journey.Page.Locator("[data-revealed]");

    [When(@"^检查医师终止本次献血，原因为空$")]
    public Task WithdrawAsync() => WithdrawAsync("");

    [When(@"^检查医师终止本次献血，原因为""(.+)""$")]
    public async Task WithdrawAsync(string reason)
    {
        await visit.OpenCheckAsync("检查医师");
        await journey.Page.Locator("details > summary").Filter(new() { HasText = "终止献血" }).ClickAsync();
        await journey.Page.GetByLabel("终止献血的原因").FillAsync(reason);
        await journey.Page.LeaveByAsync(journey.Page.GetByRole(AriaRole.Button, new() { Name = "确认终止献血" }));
    }

    [When(@"^(登记员|站点管理员)打开献血者档案$")]
    public async Task OpenDonorAsync(string person)
    {
        await journey.OpenVisitAsync(person);
        await journey.Page.LeaveByAsync(journey.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "献血者档案" }));
    }

    [Then(@"^姓名显示为""(.+)""，身份证号码不完整$")]
    public async Task ThenMaskedAsync(string name)
    {
        await Expect(Donor).ToContainTextAsync(name);
        Assert.DoesNotContain(journey.Donor.Name, await journey.Page.ContentAsync());
        Assert.DoesNotContain(journey.Donor.IdNumber, await journey.Page.ContentAsync());
    }

    [Then(@"^没有查看完整信息的入口$")]
    public Task ThenNoRevealAsync() => Expect(journey.Page.GetByRole(AriaRole.Button, new() { Name = "查看完整信息" })).ToHaveCountAsync(0);

    [When(@"^站点管理员查看完整信息，原因为""(.+)""$")]
    public async Task RevealAsync(string reason)
    {
        await journey.Page.GetByLabel("查看完整信息的原因").FillAsync(reason);
        await journey.Page.LeaveByAsync(journey.Page.GetByRole(AriaRole.Button, new() { Name = "查看完整信息" }));
    }

    [Then(@"^页面要求写明原因，信息仍然隐去$")]
    public async Task ThenReasonWantedAsync()
    {
        await Expect(journey.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("请写明查看完整信息的原因");
        Assert.DoesNotContain(journey.Donor.IdNumber, await journey.Page.ContentAsync());
    }

    [Then(@"^姓名和身份证号码完整显示$")]
    public async Task ThenRevealedAsync()
    {
        await Expect(Donor).ToContainTextAsync(journey.Donor.Name);
        await Expect(Donor).ToContainTextAsync(journey.Donor.IdNumber);
    }
}
