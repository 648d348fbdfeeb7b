using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>The same step twice: by one impatient hand, by the network, by two people.</summary>
[Binding]
public sealed class ConcurrencySteps(Journey journey, VisitSteps visit)
{
    /// <summary>What a browser would post, sent twice at once past the page's own guard; gives where each led.</summary>
    private const string SendTwice = """
        async () => {
          const form = document.querySelector("form[data-enter]");
          const content = new URLSearchParams([...new FormData(form), ["_action", "Done"]]);
          const send = async () => { const answer = await fetch(form.action, { method: "POST", body: content }); return answer.status + " " + answer.url; };
          return Promise.all([send(), send()]);
        }
        """;

    private string[] _answers = [];

    [When(@"^检查医师填好征询与一般检查并连点两次提交$")]
    public async Task DoubleClickAsync()
    {
        var form = await visit.OpenCheckAsync("检查医师");
        await VisitSteps.FillCheckAsync(form);
        await form.Submit.DblClickAsync();
        await Expect(journey.Page.Locator("[data-visit-state]")).ToBeVisibleAsync();
    }

    [When(@"^检查医师填好征询与一般检查，同一内容同时送出两遍$")]
    public async Task SendCheckTwiceAsync()
    {
        await VisitSteps.FillCheckAsync(await visit.OpenCheckAsync("检查医师"));
        _answers = await journey.Page.EvaluateAsync<string[]>(SendTwice);
    }

    [When(@"^登记员在(.+)填好登记，同一内容同时送出两遍$")]
    public async Task SendRegistrationTwiceAsync(string station)
    {
        await visit.FillRegistrationAsync(station);
        _answers = await journey.Page.EvaluateAsync<string[]>(SendTwice);
        await journey.Page.GotoAsync(_answers[0].Split(' ')[1]);
        journey.RememberVisit();
    }

    [Then(@"^两遍都得到同一个结果$")]
    public void ThenSameAnswer()
    {
        Assert.StartsWith("200 ", _answers[0]);
        Assert.Equal(_answers[0], _answers[1]);
    }

    [Then(@"^献血者档案里有 (\d+) 次就诊$")]
    public async Task ThenVisitsAsync(int count)
    {
        await journey.OpenVisitAsync("登记员");
        await journey.Page.LeaveByAsync(journey.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "献血者档案" }));
        await Expect(journey.Page.GetByRole(AriaRole.Main).Locator("a[href*='/visits/']")).ToHaveCountAsync(count);
    }

    [When(@"^检查医师和多面手护士都打开征询与一般检查$")]
    public async Task BothOpenAsync()
    {
        await visit.OpenCheckAsync("检查医师");
        await visit.OpenCheckAsync("多面手护士");
    }

    [Then(@"^多面手护士看到检查医师正在办理$")]
    public async Task ThenHeldAsync() =>
        await Expect((await journey.OfAsync("多面手护士")).GetByText("检查医师甲（")).ToContainTextAsync("正在办理此步骤");

    [When(@"^(检查医师|多面手护士)以体重""(.+)""提交$")]
    public async Task SubmitAsync(string person, string weight)
    {
        var form = new StepForm(await journey.OfAsync(person));
        await VisitSteps.FillCheckAsync(form);
        await form.FillAsync("体重", weight);
        await form.SubmitAsync();
    }

    [Then(@"^多面手护士看到冲突：已保存的""(.+)""是""(.+)""，自己填的是""(.+)""$")]
    public async Task ThenConflictAsync(string label, string theirs, string mine)
    {
        var conflict = (await journey.OfAsync("多面手护士")).Locator("[data-conflict]");
        await Expect(conflict).ToContainTextAsync("检查医师甲");
        await Expect(conflict.GetByRole(AriaRole.Row).Filter(new() { HasText = label }).GetByRole(AriaRole.Cell)).ToHaveTextAsync([label, theirs, mine]);
    }
}
