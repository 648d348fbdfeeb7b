using System.Globalization;
using AcceptanceTests.Running;
using Harness;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;

namespace AcceptanceTests.Steps;

/// <summary>A visit from the identity card to the heat seal without a mouse.</summary>
[Binding]
public sealed class KeyboardSteps(Journey journey)
{
    private const string Nurse = "多面手护士";
    private const string TakeAll = "空着的都用上一次的";
    private const int MostPages = 30;
    private IPage _page = null!;

    [Given(@"^核对护士和检测员乙已设置 PIN$")]
    public async Task GivenSecondsAsync()
    {
        journey.GoTo("绍兴");
        foreach (var second in new[] { "核对护士", "检测员乙" }) await journey.KnowsPinAsync(second);
    }

    [Given(@"^绍兴刚为另一位献血者做过采前核对$")]
    public async Task GivenLastValuesAsync()
    {
        journey.GoTo("绍兴");
        journey.Donor = Donor.New("尚问渠", woman: false, 40, journey.Product.Today);
        await journey.PrepareRegistrationAsync();
        await journey.PrepareAsync("pre-collection-check");
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

    [When(@"^只用键盘和扫描枪办到热合核对$")]
    public async Task DoAllAsync()
    {
        for (var n = 0; n < MostPages && await journey.NextStepAsync() is { } step; n++)
        {
            if (!_page.Url.Contains("/steps/" + step, StringComparison.Ordinal)) await journey.OpenAsync(Nurse, $"/visits/{journey.VisitId}/steps/{step}");
            await new Keys(_page).FillAsync(await ValuesAsync(step));
        }
    }

    [When(@"^检查医师一格不填，只用键盘终止献血$")]
    public async Task EndAsync()
    {
        var form = new Keys(await journey.OpenAsync("检查医师", $"/visits/{journey.VisitId}/steps/general-check"));
        await form.UnfoldAsync("终止献血", "献血者改期");
        await form.FollowAsync("确认终止献血");
    }

    [Then(@"^耗材和设备是用上一次的填入的，穿刺时间是按“现在”填入的$")]
    public async Task ThenTakenAsync()
    {
        var page = await journey.OpenVisitAsync(Nurse);
        var text = await page.Locator("details").Filter(new() { HasText = "采前核对" }).First.TextContentAsync();
        foreach (var last in new[] { "separatorCode", "kitModel", "kitLot", "acdaLot", "salineLot" }) Assert.Contains(Material[last], text!, StringComparison.Ordinal);
        var needle = await page.Locator("dt", new() { HasText = "穿刺（开始）时间" }).Locator("xpath=../dd").First.TextContentAsync();
        Assert.InRange(journey.Product.Now - DateTime.Parse(needle!, CultureInfo.InvariantCulture), TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    [Then(@"^从头到尾没有用过鼠标$")]
    public async Task ThenNoMouseAsync() => Assert.Null(await _page.EvaluateAsync<string?>("() => localStorage.mouse ?? null"));

    private async Task<IReadOnlyDictionary<string, string>> ValuesAsync(string step) => step switch
    {
        "consent-inquiry" => await ExpectedAsync(),
        "general-check" => new Dictionary<string, string>(Visiting.GeneralCheck()) { ["wet-donor"] = "yes", ["identity-donor"] = "yes" },
        "tests" => Visiting.Tests(mpv: false),
        "assessment" => Visiting.Assessment(),
        "pre-collection-check" => BeforeCheck(await NumberAsync()),
        "collection-record" => new Dictionary<string, string>(Collecting.Record()) { ["needleAt"] = Keys.Now },
        "post-collection-check" => Collecting.AfterCheck(await NumberAsync()),
        _ => Collecting.HeatSeal(await NumberAsync()),
    };

    /// <summary>What the button for the whole section has filled in is left as it is.</summary>
    private Dictionary<string, string> BeforeCheck(string number)
    {
        var values = Collecting.BeforeCheck(journey.Donor.IdNumber, number).Where(v => !Material.ContainsKey(v.Key)).ToDictionary(StringComparer.Ordinal);
        (values[TakeAll], values["separatorCode"]) = ("", Keys.Last);
        return values;
    }

    private static Dictionary<string, string> Material => Collecting.BeforeCheck("", "")
        .Where(v => v.Key is "separatorCode" or "kitModel" || v.Key.EndsWith("Lot", StringComparison.Ordinal) || v.Key.EndsWith("ExpiresOn", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The expected answer of every question on the page.</summary>
    private async Task<IReadOnlyDictionary<string, string>> ExpectedAsync()
    {
        var pairs = await _page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('[data-expected]')].map(f => f.querySelector('input').name + '=' + f.dataset.expected)");
        return new Dictionary<string, string>(pairs.Select(p => KeyValuePair.Create(p.Split('=')[0], p.Split('=')[1]))) { ["identity-donor"] = "yes", ["wet-donor"] = "yes" };
    }

    private async Task<string> NumberAsync() => await (await journey.Product.Staff.AtAsync("shaoxing", Journey.AccountOf(Nurse))).DonationNumberAsync(journey.VisitId);
}
