using AcceptanceTests.Running;
using Harness;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;

namespace AcceptanceTests.Steps;

/// <summary>A visit to the needle without a mouse.</summary>
[Binding]
public sealed class KeyboardSteps(Journey journey)
{
    private const string Nurse = "多面手护士";
    private const string After = "collection-record";
    private const int MostPages = 30;
    private IPage _page = null!;

    [Given(@"^核对护士和检测员乙已设置 PIN$")]
    public async Task GivenSecondsAsync()
    {
        journey.GoTo("绍兴");
        foreach (var second in new[] { "核对护士", "检测员乙" }) await journey.KnowsPinAsync(second);
    }

    [When(@"^多面手护士在绍兴用扫描枪读""(.*)""的身份证""(.*)""，只用键盘登记$")]
    public async Task RegisterAsync(string name, string idNumber)
    {
        journey.Donor = new Donor(name, idNumber);
        _page = await journey.OfAsync(Nurse);
        await _page.AddInitScriptAsync("addEventListener('pointerdown', () => { localStorage.mouse = 'used'; }, true)");
        await journey.OpenAsync(Nurse, "/registration");
        await new Keys(_page).ScanAsync(idNumber);
        await new Keys(_page).FillAsync(new Dictionary<string, string>(Visiting.Registration(idNumber)) { ["name"] = name, ["donorCategory"] = "repeat" });
        journey.RememberVisit();
    }

    [When(@"^只用键盘和扫描枪办到采前核对$")]
    public async Task DoAllAsync()
    {
        for (var n = 0; n < MostPages && await journey.NextStepAsync() is { } step && step != After; n++)
        {
            if (!_page.Url.Contains("/steps/" + step, StringComparison.Ordinal)) await journey.OpenAsync(Nurse, $"/visits/{journey.VisitId}/steps/{step}");
            await new Keys(_page).FillAsync(await ValuesAsync(step));
        }
    }

    [Then(@"^下一步是采集记录$")]
    public async Task ThenDoneAsync() => Assert.Equal(After, await journey.NextStepAsync());

    [Then(@"^从头到尾没有用过鼠标$")]
    public async Task ThenNoMouseAsync() => Assert.Null(await _page.EvaluateAsync<string?>("() => localStorage.mouse ?? null"));

    private async Task<IReadOnlyDictionary<string, string>> ValuesAsync(string step) => step switch
    {
        "consent-inquiry" => await ExpectedAsync(),
        "general-check" => new Dictionary<string, string>(Visiting.GeneralCheck()) { ["wet-donor"] = "yes", ["identity-donor"] = "yes" },
        "tests" => Visiting.Tests(mpv: false),
        "assessment" => Visiting.Assessment(),
        _ => Collecting.BeforeCheck(journey.Donor.IdNumber, await NumberAsync()),
    };

    /// <summary>The expected answer of every question on the page.</summary>
    private async Task<IReadOnlyDictionary<string, string>> ExpectedAsync()
    {
        var pairs = await _page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('[data-expected]')].map(f => f.querySelector('input').name + '=' + f.dataset.expected)");
        return new Dictionary<string, string>(pairs.Select(p => KeyValuePair.Create(p.Split('=')[0], p.Split('=')[1]))) { ["identity-donor"] = "yes", ["wet-donor"] = "yes" };
    }

    private async Task<string> NumberAsync() => await (await journey.Product.Staff.AtAsync("shaoxing", Journey.AccountOf(Nurse))).DonationNumberAsync(journey.VisitId);
}
