using System.Text.RegularExpressions;
using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>Electronic signatures and record documents, as the pages say and as other programs find.</summary>
[Binding]
public sealed class ProofSteps(Journey journey, VisitSteps visit, LookingAfterSteps amending)
{
    private const string Consent = "献血者知情同意、健康状况征询及一般检查";

    [Then(@"^本次献血写明签名""(.+)""$")]
    public async Task ThenProofAsync(string words)
    {
        await journey.OpenVisitAsync("检查医师");
        await Expect(journey.Page.Locator("[data-proof]")).ToHaveTextAsync(words);
    }

    [Then(@"^本次献血有三张记录单据，别的程序核验每个签名都有效，最后一个签名覆盖整个文件$")]
    public async Task ThenRecordsAsync()
    {
        var titles = await journey.Page.Locator("[data-record]").EvaluateAllAsync<string[]>("links => links.map(link => link.dataset.record)");
        Assert.Equal(3, titles.Distinct().Count());
        foreach (var link in await journey.Page.Locator("[data-record]").AllAsync())
        {
            var said = await (await OpenAsync(link)).SignaturesAsync();
            Assert.True(Regex.Count(said, "Signature is Valid") == Regex.Count(said, "Signature #") && Regex.IsMatch(said, "(?s).*Total document signed"), said);
        }
    }

    [Then(@"^知情同意与征询表由(?:她|他)本人和检查医师依次签名$")]
    public async Task ThenOrderAsync() =>
        Assert.Matches($"(?s)Signature #1.*{journey.Donor.Name}.*Signature #2.*检查医师", await (await OpenAsync(Records(Consent).Last)).SignaturesAsync());

    [Then(@"^登记员看不到记录单据$")]
    public async Task ThenBarredAsync()
    {
        var address = await Records(Consent).Last.GetAttributeAsync("href");
        await journey.OpenVisitAsync("登记员");
        await Expect(Records(Consent)).ToHaveCountAsync(0);
        var answer = await journey.Page.Context.APIRequest.GetAsync(new Uri(new Uri(journey.Page.Url), address).ToString());
        Assert.Equal(403, answer.Status);
    }

    [Then(@"^知情同意与征询表上写明""(.+)""，没有电子签名$")]
    public async Task ThenPaperAsync(string words)
    {
        var record = await OpenAsync(Records(Consent).Last);
        Assert.Contains(words, await record.TextAsync(), StringComparison.Ordinal);
        Assert.Contains("does not contain any signatures", await record.SignaturesAsync(), StringComparison.Ordinal);
    }

    [When(@"^检查医师把征询复核与一般检查的""(.+)""更正为""(.+)""，原因""(.+)""$")]
    public async Task AmendAsync(string label, string value, string reason)
    {
        var form = await amending.OpenAmendmentAsync("检查医师", "征询复核与一般检查");
        await form.FillAsync(label, value);
        await amending.ShowChangesAsync(reason);
    }

    [When(@"^检查医师签名并更正$")]
    public async Task SignAsync()
    {
        var form = new StepForm(await journey.OfAsync("检查医师"));
        await VisitSteps.SignCheckAsync(form);
        await form.SubmitAsync();
    }

    [Then(@"^知情同意与征询表有 2 版，第 2 版上是""(.+)""，第 1 版上不是$")]
    public async Task ThenVersionsAsync(string value)
    {
        await Expect(Records(Consent)).ToHaveCountAsync(2);
        Assert.DoesNotContain(value, await (await OpenAsync(Records(Consent).First)).TextAsync(), StringComparison.Ordinal);
        Assert.Contains(value, await (await OpenAsync(Records(Consent).Last)).TextAsync(), StringComparison.Ordinal);
    }

    [When(@"^检查医师填好征询与一般检查，这时认证机构中断$")]
    public async Task GoDownAsync()
    {
        await VisitSteps.FillCheckAsync(await visit.OpenCheckAsync("检查医师"));
        journey.Product.Authority!.Stop();
    }

    [When(@"^检查医师签名提交$")]
    public async Task SubmitAsync() => await new StepForm(await journey.OfAsync("检查医师")).SubmitAsync();

    [When(@"^认证机构恢复，检查医师重新打开，再次核对证件并签名提交$")]
    public async Task ComeBackAsync()
    {
        journey.Product.Authority!.Start();
        var form = await journey.OpenStepAsync("检查医师", "征询复核与一般检查");
        await form.FillAsync("已核对证件原件与本人", "是");
        await VisitSteps.SignCheckAsync(form);
        await form.SubmitAsync();
    }

    private Task<IAPIResponse> AskAsync(string address) => journey.Page.Context.APIRequest.GetAsync(new Uri(new Uri(journey.Page.Url), address).ToString());

    /// <summary>Papers that name the donor open once a reason is written down.</summary>
    private async Task RevealAsync(string address)
    {
        var page = journey.Page;
        var shown = page.Url;
        await page.GotoAsync(new Uri(new Uri(shown), address).ToString());
        await page.GetByLabel("查看完整信息的原因").FillAsync("核对记录单据");
        await page.RunAndWaitForResponseAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "继续" }).ClickAsync(), answer => answer.Headers.GetValueOrDefault("content-type") == "application/pdf");
        await page.GotoAsync(shown);
    }

    private ILocator Records(string title) => journey.Page.Locator($"[data-record='{title}']");

    private async Task<PrintedPaper> OpenAsync(ILocator link)
    {
        var address = (await link.GetAttributeAsync("href"))!;
        var answer = await AskAsync(address);
        if (answer.Ok && answer.Headers["content-type"] != "application/pdf")
        {
            await RevealAsync(address);
            answer = await AskAsync(address);
        }
        return answer.Ok ? new PrintedPaper(await answer.BodyAsync()) : throw new InvalidOperationException($"{answer.Url}: {answer.Status}");
    }
}
