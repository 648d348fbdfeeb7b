using System.Text;
using System.Text.RegularExpressions;
using AcceptanceTests.Running;
using Harness;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>What happens from the analyser's message to the hand-over of the bags.</summary>
[Binding]
public sealed class CollectionSteps(Journey journey, OutcomeSteps outcome)
{
    private string _handOver = "";

    private DateTime Now => journey.Product.Now;

    [When(@"^血细胞分析仪传来(?:她|他)的(正常|贫血)结果$")]
    public async Task MeasureAsync(string which)
    {
        var recording = DeviceSimulator.Recording(which == "正常" ? "01-mindray-bc5380-normal.hl7" : "02-mindray-bc5380-anemia-flags.hl7");
        await SendAsync(recording.Replace(which == "正常" ? "20250220001" : "20250220002", await SampleNumberAsync(), StringComparison.Ordinal));
    }

    [When(@"^血细胞分析仪用(?:她|他)的样本号传来质控结果$")]
    public async Task MeasureQcAsync() =>
        await SendAsync(Regex.Replace(DeviceSimulator.Recording("04-mindray-bc5300-qc.hl7"), @"(OBR\|[^|]*\|[^|]*\|)6(?=\|)", "${1}" + await SampleNumberAsync()));

    [When(@"^血细胞分析仪传来(?:她|他)的带可疑标志的血红蛋白$")]
    public async Task MeasureDoubtfulAsync() =>
        await SendAsync(DeviceSimulator.Recording("01-mindray-bc5380-normal.hl7").Replace("20250220001", await SampleNumberAsync(), StringComparison.Ordinal).Replace("|g/L|110-150|N|", "|g/L|110-150|A|", StringComparison.Ordinal));

    [Then(@"^检测页面上""(.+)""已是""(.+)""，写明来自仪器$")]
    public async Task ThenMeasuredAsync(string label, string value)
    {
        var form = await journey.OpenStepAsync("检测员", "献血前检测");
        Assert.Equal(value, await form.ValueAsync(label));
        await Expect(form.Field(label)).ToContainTextAsync("来自 血细胞分析仪");
    }

    [Then(@"^检测页面上""(.+)""是空的，写明不采用的原因$")]
    public async Task ThenNotMeasuredAsync(string label)
    {
        var form = await journey.OpenStepAsync("检测员", "献血前检测");
        Assert.Equal("", await form.ValueAsync(label));
        await Expect(form.Field(label)).ToContainTextAsync("不采用");
    }

    [Then(@"^待处理结果里有""(.+)""$")]
    public async Task ThenWaitingResultAsync(string reason)
    {
        await journey.OpenAsync("检测员", "/devices/queue");
        await Expect(journey.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = reason }).First).ToBeVisibleAsync();
    }

    [When(@"^检测员补齐其余结果并由检测员乙核对$")]
    [When(@"^检测员补齐其余结果，由检测员乙核对，等待确认$")]
    public async Task CompleteTestsAsync()
    {
        await journey.KnowsPinAsync("检测员乙");
        var form = await journey.OpenStepAsync("检测员", "献血前检测");
        foreach (var (label, value) in new[] { ("血红蛋白", "138"), ("红细胞比容", "0.410"), ("采前血小板", "260"), ("白细胞", "6.20"), ("平均血小板体积", "10.0") })
            if (await form.Field(label).CountAsync() > 0) await form.FillIfEmptyAsync(label, value);
        await form.FillAsync("ABO 血型", journey.Donor.BloodGroup + " 型");
        await form.FillAsync("是否乳糜血", "否");
        await form.SignAsync("检测人");
        await form.SignSecondAsync("核对人", Journey.AccountOf("检测员乙"));
        await form.SubmitAsync();
    }

    [When(@"^单采护士在床旁扫码，与核对护士完成采前核对$")]
    public Task CheckBeforeAsync() => CheckBeforeAsync((_, _) => Task.CompletedTask);

    [When(@"^单采护士采前核对时血袋扫成了""(.+)""$")]
    public Task WrongBagAsync(string number) => CheckBeforeAsync((form, _) => form.FillAsync("血袋", number));

    [When(@"^单采护士采前核对时读到另一人的证件$")]
    public Task WrongDocumentAsync() => CheckBeforeAsync((form, _) => form.FillAsync("证件号码", "330106199509123283"));

    [When(@"^单采护士采前核对时让自己当核对人$")]
    public Task SamePersonAsync() => CheckBeforeAsync((form, _) => form.SignSecondAsync("核对人", Journey.AccountOf("单采护士")));

    [When(@"^单采护士采前核对时耗材有效期填成昨天$")]
    public Task ExpiredKitAsync() => CheckBeforeAsync((form, _) => form.FillNativeAsync("耗材有效期", $"{Now.AddDays(-1):yyyy-MM-dd}"));

    [When(@"^单采护士重新扫对血袋，与核对护士完成采前核对$")]
    public async Task CorrectBagAsync()
    {
        var form = new StepForm(await journey.OfAsync("单采护士"));
        await ScanAsync("血袋", await NumberOnPageAsync());
        await SignBothAsync(form, "采集人");
        await form.SubmitAsync();
    }

    [Then(@"^页面写明应为她的献血编号，读到""(.+)""$")]
    public async Task ThenMismatchAsync(string read) => await Expect(journey.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync($"应为 {await NumberOnPageAsync()}，读到 {read}");

    [Then(@"^审计记录里有""([^""]+)""$")]
    public async Task ThenAuditedAsync(string action)
    {
        await journey.OpenVisitAsync("登记员");
        await Expect(journey.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = action })).ToHaveCountAsync(1);
        await journey.OfAsync("单采护士");
    }

    [When(@"^单采护士导入机器的运行记录，完成采集记录$")]
    public async Task ImportAndRecordAsync()
    {
        var form = await journey.OpenStepAsync("单采护士", "采集记录");
        var number = await NumberOnPageAsync();
        await journey.Page.LeaveByAsync(journey.Page.GetByRole(AriaRole.Link, new() { Name = "导入机器运行记录" }));
        var xml = (await journey.Page.Locator("#device").InnerTextAsync()).Contains("XML", StringComparison.Ordinal);
        var file = xml
            ? $"<Runs><Run><DonationNumber>{number}</DonationNumber><ProcessedBlood unit=\"mL\">4200</ProcessedBlood><ACUsed unit=\"mL\">420</ACUsed><ACInProduct unit=\"mL\">30</ACInProduct><ProductVolume unit=\"mL\">250</ProductVolume><PlateletYield unit=\"10^11\">2.60</PlateletYield></Run></Runs>"
            : $"献血码,全血处理量,抗凝剂用量,产品中的抗凝剂,采集容量,血小板产量\r\n{number},4200,420,30,250,2.60\r\n";
        await journey.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = xml ? "run.xml" : "run.csv", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes(file) });
        await journey.Page.LeaveByAsync(journey.Page.GetByRole(AriaRole.Button, new() { Name = "导入", Exact = true }));
        await Expect(journey.Page.Locator("[data-imported]")).ToContainTextAsync("已对应到本次献血");
        form = await journey.OpenStepAsync("单采护士", "采集记录");
        Assert.Equal("250", await form.ValueAsync("采集容量"));
        await FillRunAsync(form);
        await form.SignAsync("采集人");
        await form.SubmitAsync();
    }

    [When(@"^单采护士填写采集记录，采集容量为""(.+)""$")]
    public async Task RecordAsync(string volume)
    {
        var form = await journey.OpenStepAsync("单采护士", "采集记录");
        await FillRunAsync(form);
        var (yield, units) = volume == "250" ? ("2.60", "1") : ("5.60", "2");
        foreach (var (label, value) in new[] { ("全血处理量", "4200"), ("抗凝剂（ACD-A）用量", "420"), ("采集容量", volume), ("产品中的抗凝剂", "30"), ("血小板产量", yield), ("采集治疗量", units) }) await form.FillAsync(label, value);
        await SignBothAsync(form, "采集人");
        await form.SubmitAsync();
    }

    [When(@"^单采护士确认，原因是""(.+)""$")]
    public async Task ConfirmAsync(string reason)
    {
        var form = new StepForm(await journey.OfAsync("单采护士"));
        await journey.Page.GetByLabel("确认原因").FillAsync(reason);
        await SignBothAsync(form, "采集人");
        await form.SubmitAsync();
    }

    [When(@"^单采护士扫码，与核对护士完成采后核对$")]
    public async Task CheckAfterAsync()
    {
        var form = await journey.OpenStepAsync("单采护士", "采后核对");
        var number = await NumberOnPageAsync();
        foreach (var label in new[] { "记录单", "血袋上", "试管上" }) await ScanAsync(label, number);
        await form.FillAsync("血袋数", "2");
        await form.FillAsync("留样试管数", "4");
        await form.FillAsync("献血者是否感觉良好", "是");
        await SignBothAsync(form, "采集人");
        await form.SubmitAsync();
    }

    [When(@"^热合员扫码，与核对护士完成热合核对$")]
    public async Task SealAsync()
    {
        await journey.KnowsPinAsync("核对护士");
        var form = await journey.OpenStepAsync("热合员", "热合核对");
        var number = await NumberOnPageAsync();
        foreach (var label in new[] { "血袋上", "留样管" }) await ScanAsync(label, number);
        await form.FillAsync("热合完好", "是");
        await SignBothAsync(form, "热合人", "热合员");
        await form.SubmitAsync();
    }

    [When(@"^单采护士完成采集、采后核对和热合核对$")]
    public async Task FinishAsync()
    {
        await RecordAsync("250");
        await CheckAfterAsync();
        await SealAsync();
        await outcome.ThenStateAsync("已完成");
    }

    [Then(@"^献血凭证上有""(.+)""和她的献血编号$")]
    public async Task ThenCertificateAsync(string phone)
    {
        await journey.OpenVisitAsync("登记员");
        var number = await NumberOnPageAsync();
        var text = await (await journey.PrintAsync("donation-certificate")).TextAsync();
        Assert.Contains(phone, text);
        Assert.Contains(number, text);
        Assert.Contains(journey.Donor.Name, text);
    }

    [Then(@"^献血者档案里有今天的""(.+)""(\d+) 毫升$")]
    public async Task ThenHistoryAsync(string type, int volume)
    {
        await OpenDonorAsync();
        await Expect(journey.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = $"{Now:yyyy-MM-dd}" }).Filter(new() { HasText = type }).Filter(new() { HasText = $"{volume}" })).ToHaveCountAsync(1);
    }

    [Then(@"^献血者档案写明这次献血有反应$")]
    public async Task ThenReactionKnownAsync()
    {
        await OpenDonorAsync();
        await Expect(journey.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = $"{Now:yyyy-MM-dd}" }).Filter(new() { HasText = "有" })).ToHaveCountAsync(1);
    }

    [When(@"^单采护士把她的血袋交接给热合员$")]
    public async Task HandOverAsync()
    {
        await journey.KnowsPinAsync("热合员");
        var page = await journey.OpenAsync("单采护士", "/hand-overs");
        foreach (var box in await page.Locator($"input[name=visit]:not([value='{journey.VisitId}'])").AllAsync()) await box.UncheckAsync();
        await page.Locator("#pin-giver").FillAsync(Product.Pin);
        await page.Locator("#signer-taker").FillAsync(Journey.AccountOf("热合员"));
        await page.Locator("#pin-taker").FillAsync(Product.Pin);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "双方签名并交接" }));
        _handOver = page.Url;
    }

    [Then(@"^交接单上有她的献血编号$")]
    public async Task ThenHandedOverAsync()
    {
        await journey.OpenVisitAsync("单采护士");
        var number = await NumberOnPageAsync();
        await journey.Page.GotoAsync(_handOver);
        await Expect(journey.Page.GetByRole(AriaRole.Cell, new() { Name = number })).ToBeVisibleAsync();
    }

    [When(@"^单采护士登记采集中的献血反应，两天后随访$")]
    public async Task ReactAsync()
    {
        await journey.OpenStepAsync("单采护士", "采集记录");
        await journey.Page.LeaveByAsync(journey.Page.GetByRole(AriaRole.Link, new() { Name = "登记献血反应" }));
        var form = new StepForm(journey.Page);
        await form.FillAsync("发生阶段", "采集中");
        await form.FillNativeAsync("发生时间", $"{Now:yyyy-MM-ddTHH:mm}");
        await form.FillAsync("分类", "C 单采相关（枸橼酸盐反应、溶血、空气栓塞等）");
        await form.FillAsync("严重程度", "轻度");
        await form.FillAsync("与献血的相关性", "很可能");
        await form.FillAsync("表现", "口周麻木");
        await form.FillAsync("处理措施", "减慢流速，口服葡萄糖酸钙，十分钟后缓解");
        await form.FillAsync("结果", "已恢复");
        await form.FillAsync("是否需要随访", "是");
        await form.FillNativeAsync("随访日期", $"{Now.AddDays(2):yyyy-MM-dd}");
        await form.SignAsync("登记人");
        await form.SubmitAsync();
    }

    [Then(@"^随访列表里(有|没有)她的献血编号$")]
    public async Task ThenFollowUpAsync(string there)
    {
        await journey.OpenVisitAsync("核对护士");
        var number = await NumberOnPageAsync();
        await journey.OpenAsync("核对护士", "/follow-ups");
        await Expect(journey.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("随访");
        await Expect(journey.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = number })).ToHaveCountAsync(there == "有" ? 1 : 0);
    }

    [When(@"^核对护士电话随访，她已恢复$")]
    public async Task FollowUpAsync()
    {
        await journey.OpenVisitAsync("核对护士");
        var number = await NumberOnPageAsync();
        var page = await journey.OpenAsync("核对护士", "/follow-ups");
        await page.LeaveByAsync(page.GetByRole(AriaRole.Row).Filter(new() { HasText = number }).GetByRole(AriaRole.Link, new() { Name = "随访" }));
        var form = new StepForm(page);
        await form.FillNativeAsync("联系时间", $"{Now:yyyy-MM-ddTHH:mm}");
        await form.FillAsync("联系结果", "已联系上");
        await form.FillAsync("目前情况", "已恢复");
        await form.FillAsync("是否需要再次随访", "否");
        await form.SignAsync("随访人");
        await form.SubmitAsync();
    }

    /// <summary>The check before collection, filled in and signed by both, not yet submitted.</summary>
    public async Task<StepForm> FillCheckBeforeAsync()
    {
        StepForm filled = null!;
        await FillCheckBeforeAsync((form, _) => Task.FromResult(filled = form));
        return filled;
    }

    /// <summary>Everything as it should be, then what the scenario does differently, then both sign.</summary>
    private async Task CheckBeforeAsync(Func<StepForm, IPage, Task> otherwise)
    {
        await FillCheckBeforeAsync(otherwise);
        await new StepForm(journey.Page).SubmitAsync();
    }

    private async Task FillCheckBeforeAsync(Func<StepForm, IPage, Task> otherwise)
    {
        await journey.KnowsPinAsync("核对护士");
        var form = await journey.OpenStepAsync("单采护士", "采前核对");
        var number = await NumberOnPageAsync();
        await form.FillAsync("献血者自报的姓名", "是");
        await form.FillAsync("证件号码", journey.Donor.IdNumber);
        foreach (var label in new[] { "记录单", "血袋", "试管" }) await ScanAsync(label, number);
        foreach (var (label, value) in new[] { ("血细胞分离机编号", "SEP-01"), ("耗材型号", "80300"), ("耗材批号", "2607105151"), ("抗凝剂（ACD-A）批号", "26092441"), ("生理盐水批号", "260426299") }) await form.FillAsync(label, value);
        foreach (var label in new[] { "耗材有效期", "抗凝剂有效期", "生理盐水有效期" }) await form.FillNativeAsync(label, "2099-08-31");
        await SignBothAsync(form, "采集人");
        await otherwise(form, journey.Page);
    }

    private async Task FillRunAsync(StepForm form)
    {
        await form.FillAsync("穿刺手臂", "左臂");
        await form.FillNativeAsync("穿刺（开始）时间", $"{Now.Date:yyyy-MM-dd}T00:01");
        await form.FillNativeAsync("结束时间", $"{Now.Date:yyyy-MM-dd}T01:01");
        await form.FillAsync("是否按计划完成采集", "是");
        await form.FillAsync("红细胞是否已全部回输", "是");
        await form.FillAsync("领用抗凝剂袋数", "1");
        await form.FillIfEmptyAsync("采集治疗量", "1");
    }

    private static async Task SignBothAsync(StepForm form, string first, string person = "单采护士")
    {
        Assert.NotEqual("核对护士", person);
        await form.SignAsync(first);
        await form.SignSecondAsync("核对人", Journey.AccountOf("核对护士"));
    }

    /// <summary>A scanner types into the field it was clicked into, far faster than a person, and ends with Enter.</summary>
    private async Task ScanAsync(string label, string code)
    {
        var input = new StepForm(journey.Page).Field(label).Locator("input");
        await input.FillAsync("");
        await input.FocusAsync();
        await journey.Page.Keyboard.TypeAsync(code, new() { Delay = 1 });
        await journey.Page.Keyboard.PressAsync("Enter");
        await Expect(input).ToHaveValueAsync(code);
    }

    private async Task SendAsync(string message)
    {
        await using var device = journey.Analyser;
        Assert.Equal("AA", await device.SendForCodeAsync(message));
    }

    private async Task<string> SampleNumberAsync()
    {
        await journey.OpenVisitAsync("检测员");
        return (await journey.Page.Locator("[data-sample-number]").InnerTextAsync()).Replace("样本号", "", StringComparison.Ordinal).Trim();
    }

    private async Task<string> NumberOnPageAsync() =>
        (await journey.Page.Locator("[data-donation-number]").InnerTextAsync()).Replace("献血编号", "", StringComparison.Ordinal).Trim();

    private async Task OpenDonorAsync()
    {
        await journey.OpenVisitAsync("登记员");
        await journey.Page.LeaveByAsync(journey.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "献血者档案" }));
    }
}
