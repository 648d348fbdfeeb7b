using AcceptanceTests.Running;
using TechTalk.SpecFlow;

namespace AcceptanceTests.Steps;

/// <summary>What has already been done when a scenario begins: whatever a sentence calls done (已) was posted without a browser.</summary>
[Binding]
public sealed class PreparedSteps(Journey journey)
{
    private const string Registered = "登记";

    private static readonly Dictionary<string, string> LastSteps = new()
    {
        ["完成征询"] = "consent-inquiry", ["完成一般检查"] = "general-check", ["完成献血前检测"] = "tests", ["取得献血编号"] = "assessment",
        ["完成采前核对"] = "pre-collection-check", ["献完血小板"] = "heat-seal-check",
    };

    [Given(@"^(?:她|他)已在(杭州|绍兴)(登记|完成征询|完成一般检查|完成献血前检测|取得献血编号|完成采前核对|献完血小板)$")]
    public async Task BringAsync(string station, string stage)
    {
        journey.GoTo(station);
        await journey.PrepareRegistrationAsync();
        if (stage != Registered) await GoOnAsync(stage);
    }

    [Given(@"^(?:她|他)已(完成征询|完成一般检查|完成献血前检测|取得献血编号|完成采前核对|献完血小板)$")]
    public Task GoOnAsync(string stage) => journey.PrepareAsync(LastSteps[stage]);
}
