using System.Text.RegularExpressions;
using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>The visit as staff work through it, each at the own desk.</summary>
[Binding]
public sealed partial class VisitSteps(Journey journey)
{
    private static readonly (string Label, string Value)[] Measured =
        [("身高", "168"), ("体重", "62"), ("收缩压", "118"), ("舒张压", "76"), ("脉搏", "72"), ("体温", "36.5")];
    private static readonly (string Label, string Value)[] Tested =
        [("血红蛋白", "138"), ("红细胞比容", "0.410"), ("采前血小板", "260"), ("白细胞", "6.20")];

    [Given(@"^一位(\d+)岁的(女|男)性献血者""(.+)""从未献过血$")]
    public void GivenNewDonor(int age, string sex, string name) => journey.Donor = Donor.New(name, sex == "女", age, journey.Product.Today);

    [Given(@"^10 天前在绍兴献过血小板的""何若水""$")]
    public void GivenPlateletDonor() => journey.Donor = Donor.HeRuoshui;

    [Given(@"^61 天前在杭州献过全血的""沈一诺""$")]
    public void GivenWholeBloodDonor() => journey.Donor = Donor.ShenYinuo;

    [Given(@"^绍兴档案中为 O 型的""陆长风""$")]
    public void GivenDonorOnFile() => journey.Donor = Donor.LuChangfeng;

    [When(@"^登记员在(杭州|绍兴)为(?:她|他)登记$")]
    public Task RegisterAsync(string station) => RegisterAsync(station, "");

    [When(@"^登记员在(杭州|绍兴)为(?:她|他)登记，配型申请单号为""(.+)""$")]
    public async Task RegisterAsync(string station, string request)
    {
        var form = await FillRegistrationAsync(station);
        if (request.Length > 0)
        {
            await form.FillAsync("配型申请单号", request);
            await form.FillAsync("申请医院", "演示医院");
        }
        await form.SubmitAsync();
        journey.RememberVisit();
    }

    public async Task<StepForm> FillRegistrationAsync(string station)
    {
        journey.GoTo(station);
        var page = await journey.OpenAsync("登记员", "/registration");
        await page.GetByLabel("居民身份证号码").FillAsync(journey.Donor.IdNumber);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "查找" }));
        var form = new StepForm(page);
        await form.FillIfEmptyAsync("姓名", journey.Donor.Name);
        await form.FillIfEmptyAsync("联系电话", "13900000000");
        await form.FillIfEmptyAsync("现住址", "演示路 100 号");
        await form.FillAsync("献血者类别", "首次献血");
        await form.FillAsync("以往献血有无不良反应", "否");
        return form;
    }

    [When(@"^献血者完成知情同意与征询$")]
    public Task InquireAsync() => InquireAsync(new Table("项目", "结果"));

    /// <summary>At the reception, where the receptionist asks and types, unless it is done already.</summary>
    [When(@"^献血者完成知情同意与征询，其中$")]
    public async Task InquireAsync(Table other)
    {
        if (await journey.NextStepAsync() != "consent-inquiry") return;
        var page = await journey.OpenVisitAsync("登记员");
        await page.LeaveByAsync(page.Locator("[data-step=consent-inquiry] a"));
        var form = new StepForm(page);
        await form.AnswerAsExpectedAsync();
        await OverrideAsync(form, Dated(other));
        await form.DrawAsync();
        await form.SubmitAsync();
    }

    /// <summary>The review and general check of a visit whose questions have been answered, by anybody who may do it.</summary>
    public async Task<StepForm> OpenCheckAsync(string person)
    {
        await InquireAsync();
        return await journey.OpenStepAsync(person, "征询复核与一般检查");
    }

    [When(@"^检查医师完成(?:征询与|征询复核与)一般检查$")]
    public Task CheckAsync() => CheckAsync(new Table("项目", "结果"));

    [When(@"^检查医师完成(?:征询与|征询复核与)一般检查，其中$")]
    public async Task CheckAsync(Table other)
    {
        var form = await OpenCheckAsync("检查医师");
        await FillCheckAsync(form, other);
        await form.SubmitAsync();
    }

    [When(@"^检查医师重新打开征询与一般检查$")]
    public Task OpenCheckAsync() => OpenCheckAsync("检查医师");

    /// <summary>A normal check, but for the rows of the table, signed.</summary>
    public static async Task FillCheckAsync(StepForm form, Table? other = null)
    {
        await form.AnswerAsExpectedAsync();
        foreach (var (label, value) in Measured) await form.FillAsync(label, value);
        if (other is not null) await OverrideAsync(form, other);
        await SignCheckAsync(form);
    }

    /// <summary>The donor by hand, then the examiner.</summary>
    public static async Task SignCheckAsync(StepForm form)
    {
        await form.DrawAsync();
        await form.SignAsync("征询与检查人");
    }

    [When(@"^检测员填写检测结果并由检测员乙核对$")]
    public Task TestAsync() => TestAsync(new Table("项目", "结果"));

    [When(@"^检测员填写检测结果并由检测员乙核对，其中$")]
    public async Task TestAsync(Table other)
    {
        var form = await FillTestsAsync(other);
        await SignTestsAsync(form, "检测员乙", Product.Pin);
        await form.SubmitAsync();
    }

    [When(@"^检测员填写检测结果，核对人填(检测员甲|检测员乙)，PIN 填""(\d+)""$")]
    public async Task TestAsync(string checker, string pin)
    {
        var form = await FillTestsAsync(new Table("项目", "结果"));
        await SignTestsAsync(form, checker, pin);
        await form.SubmitAsync();
    }

    [When(@"^检测员改正核对人的 PIN 后提交$")]
    public async Task CorrectPinAsync()
    {
        var form = new StepForm(await journey.OfAsync("检测员"));
        await SignTestsAsync(form, "检测员乙", Product.Pin);
        await form.SubmitAsync();
    }

    private async Task<StepForm> FillTestsAsync(Table other)
    {
        var form = await journey.OpenStepAsync("检测员", "献血前检测");
        foreach (var (label, value) in Tested) await form.FillAsync(label, value);
        if (await form.Field("平均血小板体积").CountAsync() > 0) await form.FillAsync("平均血小板体积", "10.0");
        await form.FillAsync("ABO 血型", journey.Donor.BloodGroup + " 型");
        await form.FillAsync("是否乳糜血", "否");
        await OverrideAsync(form, other);
        return form;
    }

    public async Task SignTestsAsync(StepForm form, string checker, string pin)
    {
        await journey.KnowsPinAsync(checker);
        await journey.OfAsync("检测员");
        await form.SignAsync("检测人");
        await form.SignSecondAsync("核对人", Journey.AccountOf(checker), pin);
    }

    [When(@"^评估医师评估为""(.+)""$")]
    public async Task AssessAsync(string target)
    {
        var form = await journey.OpenStepAsync("评估医师", "献血前评估");
        await form.FillAsync("目标采集量", target);
        await form.SignAsync("评估人");
        await form.SubmitAsync();
    }

    [Then(@"^(.+)不能办理""(.+)""$")]
    public async Task ThenMayNotAsync(string person, string step)
    {
        var page = await journey.OpenAsync(person, "/worklist?step=matching-approval");
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^" + step) })).ToBeVisibleAsync();
        await Expect(page.Locator($"a.primary[href*='{journey.VisitId}/steps/']")).ToHaveCountAsync(0);
    }

    [When(@"^批准医师批准特殊配型$")]
    public async Task ApproveAsync()
    {
        var form = await journey.OpenStepAsync("批准医师", "特殊配型批准");
        await form.FillAsync("已核对配型申请单与本次检测结果？", "是");
        await form.FillAsync("批准理由", "HLA 配型相合，患者急需");
        await form.SignAsync("特殊配型批准医生");
        await form.SubmitAsync();
    }

    [When(@"^(登记员|检查医师)确认暂缓$")]
    public async Task ConfirmAsync(string person)
    {
        var form = new StepForm(await journey.OfAsync(person));
        if (person == "检查医师") await SignCheckAsync(form);
        await form.SubmitAsync();
        journey.RememberVisit();
    }

    [When(@"^检测员确认暂缓，由检测员乙核对$")]
    public async Task ConfirmTestsAsync()
    {
        var form = new StepForm(await journey.OfAsync("检测员"));
        await SignTestsAsync(form, "检测员乙", Product.Pin);
        await form.SubmitAsync();
    }

    private static async Task OverrideAsync(StepForm form, Table other)
    {
        foreach (var row in other.Rows) await form.FillAsync(row["项目"], row["结果"]);
    }

    /// <summary>The rows with days ago as dates.</summary>
    private Table Dated(Table rows)
    {
        foreach (var row in rows.Rows)
            if (DaysAgo().Match(row["结果"]) is { Success: true } days) row["结果"] = $"{journey.Product.Today.AddDays(-int.Parse(days.Groups[1].ValueSpan)):yyyy-MM-dd}";
        return rows;
    }

    [GeneratedRegex(@"^(\d+) 天前$")]
    private static partial Regex DaysAgo();
}
