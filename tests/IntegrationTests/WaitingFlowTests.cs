using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A server whose first station has a flow that waits for the analyser and for nobody longer than an hour, and whose second one waits by itself and fails.</summary>
public sealed class WaitingFlows : IAsyncLifetime
{
    public static readonly TimeSpan Limit = TimeSpan.FromHours(1);
    private readonly TenantConfigCopy _configuration = new();

    public int Analyser { get; } = Installation.FreePort();
    public ProductHost Server { get; private set; } = null!;
    internal Staff Staff { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Configure(_configuration, Limit, Analyser);
        Server = await ProductHost.RunningAsync(_configuration.Folder);
        Staff = new Staff(Server);
        foreach (var tenant in new[] { "hangzhou", "shaoxing" }) await Staff.AtAsync(tenant, "jc02");
    }

    /// <param name="limit">How long a general check may wait at the first station, and how long the flow of the second pauses.</param>
    internal static void Configure(TenantConfigCopy configuration, TimeSpan limit, int analyser)
    {
        configuration.Enrol("hangzhou", ("analyser", "mindray/bc-5380", analyser, "127.0.0.1"));
        configuration.AddOnePersonPerRole("hangzhou");
        foreach (var tenant in new[] { "hangzhou", "shaoxing" }) configuration.StaySignedIn(tenant);
        new FlowCopy()
            .Insert("print-sample-label", "Done", "await-results", "Collection.AwaitReading", "\"items\":{\"typeName\":\"Object\",\"expression\":{\"type\":\"Object\",\"value\":\"[\\\"hb\\\",\\\"plt\\\"]\"}}", "Received")
            .Set("general-check", "dueAfter", FlowCopy.Literal($"{limit}")).Set("general-check", "escalateTo", FlowCopy.Literal("collection.escalated"))
            .WriteTo(configuration, "hangzhou");
        new FlowCopy()
            .Insert("print-sample-label", "Done", "pause", "Elsa.Delay", "\"timeSpan\":" + FlowCopy.Literal($"{limit}"))
            .Insert("pause", "Done", "check-again", "Station.RuleCheck", "\"stage\":" + FlowCopy.Literal("general-check"), "Pass").Connect("check-again", "Defer", "defer")
            .Insert("tests", "Done", "broken", "Elsa.RunJavaScript", "\"script\":" + FlowCopy.Literal("throw new Error('脚本写错了');"))
            .WriteTo(configuration, "shaoxing");
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _configuration.Dispose();
    }
}

/// <summary>Flows that go on by themselves: after a time, when results come, and after a fault.</summary>
[Trait("Store", "postgres")]
public sealed class WaitingFlowTests(WaitingFlows shared) : IClassFixture<WaitingFlows>
{
    private static readonly string Normal = DeviceSimulator.Recording("01-mindray-bc5380-normal.hl7");
    private static int _serial;

    [Fact]
    public async Task Given_a_fault_behind_a_persons_step_When_submitted_Then_the_form_is_kept_a_retry_says_that_it_stays_and_the_visit_can_be_ended()
    {
        var (nurse, manager) = (await shared.Staff.AtAsync("shaoxing", "hs01"), await shared.Staff.AtAsync("shaoxing", "gl01"));
        var visit = await CheckedAsync(nurse);
        await shared.Server.PassAsync(WaitingFlows.Limit);
        Assert.Equal(200, (await nurse.GetAsync($"/visits/{visit}/steps/tests")).Status);

        var answer = await nurse.CompleteAsync(visit, "tests", Visiting.Tests(mpv: false));

        Assert.Equal($"/shaoxing/visits/{visit}", answer.Location);
        var page = await nurse.GetAsync($"/visits/{visit}");
        Assert.True(page.Has("脚本写错了") && page.Has("已提交的内容都已保存") && page.Has("145 g/L"), Visiting.Words(page));
        var again = await HandleAsync(manager, visit, "Retry", "");
        Assert.Equal($"/shaoxing/visits/{visit}/exception", again.Location);
        var old = await manager.GetAsync($"/visits/{visit}/exception");
        Assert.True(old.Has("共出错 2 次"), Visiting.Words(old));
        Assert.Equal(422, (await HandleAsync(manager, visit, "End", "")).Status);
        Assert.Equal(302, (await HandleAsync(manager, visit, "End", "献血者等不及")).Status);
        Assert.Equal(409, (await manager.PostAsync($"/visits/{visit}/exception", Handling(old, "Retry", ""))).Status);
        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("已终止"));
        Assert.Equal("Cancelled", await ValueAsync("shaoxing", $"SELECT \"Status\" FROM workflow_instances WHERE \"Subject\" = 'visit:{visit}'"));
    }

    [Fact]
    public async Task Given_a_step_done_in_time_When_its_limit_passes_Then_nothing_happens()
    {
        var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
        var visit = await CheckedAsync(nurse);

        await shared.Server.PassAsync(TimeSpan.FromHours(2));

        Assert.Equal("0", await ValueAsync("hangzhou", $"SELECT count(*) FROM audit WHERE \"Action\" = '超时' AND \"Subject\" = 'visit:{visit}'"));
        Assert.Equal("0", await ValueAsync("hangzhou", $"SELECT count(*) FROM timers WHERE \"DoneAt\" IS NULL AND {Instance(visit)}"));
    }

    [Fact]
    public async Task Given_a_step_with_a_limit_When_a_second_is_left_and_then_none_Then_it_is_escalated_by_then_and_once()
    {
        var (nurse, quality) = (await shared.Staff.AtAsync("hangzhou", "hs01"), await shared.Staff.AtAsync("hangzhou", "as-quality-manager"));
        var visit = await WaitingAsync(nurse);

        await shared.Server.PassAsync(WaitingFlows.Limit - TimeSpan.FromMinutes(1));
        Assert.Equal(403, (await quality.GetAsync($"/visits/{visit}/steps/general-check")).Status);
        await shared.Server.PassAsync(TimeSpan.FromMinutes(1));
        await shared.Server.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(200, (await quality.GetAsync($"/visits/{visit}/steps/general-check")).Status);
        Assert.Equal("1", await ValueAsync("hangzhou", $"SELECT count(*) FROM audit WHERE \"Action\" = '超时' AND \"Subject\" = 'visit:{visit}'"));
    }

    [Fact]
    public async Task Given_a_flow_that_waits_for_results_When_those_that_count_have_come_Then_the_step_opens_by_itself()
    {
        var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
        var visit = await CheckedAsync(nurse, female: true);
        var sample = (await ValueAsync("hangzhou", $"SELECT \"SampleNumber\" FROM visits WHERE lower(CAST(\"Id\" AS text)) = '{visit}'"))!;
        await using var device = new DeviceSimulator(shared.Analyser);
        Assert.Equal(302, (await nurse.GetAsync($"/visits/{visit}/steps/tests")).Status);

        await device.SendForCodeAsync(Of(Normal, sample).Replace("130|g/L|110-150|N|", "130|g/L|110-150|H~A|"));
        await shared.Server.DrainAsync();
        Assert.Equal(302, (await nurse.GetAsync($"/visits/{visit}/steps/tests")).Status);
        await device.SendForCodeAsync(Of(Normal, sample));

        await shared.Server.DrainAsync();
        var page = await nurse.GetAsync($"/visits/{visit}/steps/tests");
        Assert.Contains("name=\"hb\" value=\"130\"", page.Body, StringComparison.Ordinal);
        // Sent back and done again: they are there already.
        var back = await nurse.PostAsync($"/visits/{visit}/steps/tests", new Dictionary<string, string>(Visiting.WithHidden(page, [])) { ["_action"] = "ReturnToGeneralCheck", ["_reason-ReturnToGeneralCheck"] = "复测血压" });
        Assert.Equal((302, $"/hangzhou/visits/{visit}/steps/general-check"), (back.Status, back.Location));
        var answer = await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        Assert.EndsWith("/steps/tests", answer.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_step_handed_to_a_colleague_When_others_open_it_Then_only_the_colleague_and_those_who_may_reassign_can()
    {
        var (nurse, examiner, manager) = (await shared.Staff.SignInAsync("hangzhou", "hs01"), await shared.Staff.AtAsync("hangzhou", "yj01"), await shared.Staff.AtAsync("hangzhou", "gl01"));
        var visit = await WaitingAsync(nurse);
        Assert.Equal(403, (await nurse.GetAsync($"/visits/{visit}/steps/general-check/assign")).Status);
        var open = await nurse.GetAsync($"/visits/{visit}/steps/general-check");
        var form = await nurse.GetAsync($"/visits/{visit}/steps/general-check/assign");
        var colleague = Regex.Match(form.Body, "<option value=\"([^\"]+)\"[^>]*>[^<]*yj01").Groups[1].Value;

        var without = await AssignAsync(nurse, visit, form, colleague, "");
        var answer = await AssignAsync(nurse, visit, form, colleague, "到点交班");
        var twice = await AssignAsync(nurse, visit, form, colleague, "到点交班");

        Assert.Equal((422, 302, 302), (without.Status, answer.Status, twice.Status));
        var barred = await nurse.GetAsync($"/visits/{visit}/steps/general-check");
        Assert.Equal(403, barred.Status);
        Assert.True(barred.Has("已转交给 检查医师甲"), Visiting.Words(barred));
        Assert.Equal(403, (await nurse.PostAsync($"/visits/{visit}/steps/general-check", Visiting.WithHidden(open, Visiting.GeneralCheck()))).Status);
        Assert.True((await examiner.GetAsync("/worklist")).Has("指派给我"));
        Assert.Equal(200, (await manager.GetAsync($"/visits/{visit}/steps/general-check/assign")).Status);
        Assert.Equal(302, (await examiner.CompleteAsync(visit, "general-check", Visiting.GeneralCheck())).Status);
        Assert.Equal("检查医师甲 到点交班", string.Join(' ', (await new Database(shared.Server, "hangzhou").RowsAsync($"SELECT \"New\", \"Reason\" FROM audit WHERE \"Subject\" = 'visit:{visit}' AND \"Action\" LIKE '转交%'")).Single()));
    }

    [Fact]
    public async Task Given_two_who_hand_the_same_step_on_at_once_When_posted_Then_one_wins_and_the_other_is_told()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        var visit = await WaitingAsync(nurse);
        var managers = new[] { await shared.Staff.SignInAsync("hangzhou", "gl01"), await shared.Staff.SignInAsync("hangzhou", "gl01") };
        var forms = await Task.WhenAll(managers.Select(m => m.GetAsync($"/visits/{visit}/steps/general-check/assign")));
        var people = new[] { "yj01", "hs01" }.Select(a => Regex.Match(forms[0].Body, $"<option value=\"([^\"]+)\"[^>]*>[^<]*{a}").Groups[1].Value).ToList();

        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => AssignAsync(managers[i], visit, forms[i], people[i], "改派")));

        Assert.Equal([302, 409], answers.Select(a => a.Status).Order());
    }

    private static Task<Guid> WaitingAsync(Browser nurse, bool female = false) => nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber(female)));

    private static async Task<Guid> CheckedAsync(Browser nurse, bool female = false)
    {
        var visit = await WaitingAsync(nurse, female);
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        return visit;
    }

    internal static async Task<Answer> HandleAsync(Browser manager, Guid visit, string action, string reason) =>
        await manager.PostAsync($"/visits/{visit}/exception", Handling(await manager.GetAsync($"/visits/{visit}/exception"), action, reason));

    private static Dictionary<string, string> Handling(Answer page, string action, string reason) => new()
    {
        ["_operation"] = page.Hidden("_operation"), ["_revision"] = page.Hidden("_revision"), ["_action"] = action, ["_reason-" + action] = reason,
    };

    private static Task<Answer> AssignAsync(Browser person, Guid visit, Answer form, string to, string reason) =>
        person.PostAsync($"/visits/{visit}/steps/general-check/assign", ("_operation", form.Hidden("_operation")), ("_revision", form.Hidden("_revision")), ("_person", to), ("_reason", reason));

    internal static string Instance(Guid visit) => $"\"InstanceId\" IN (SELECT \"Id\" FROM workflow_instances WHERE \"Subject\" = 'visit:{visit}')";

    private async Task<string?> ValueAsync(string tenant, string sql) => (await new Database(shared.Server, tenant).RowsAsync(sql))[0][0];

    private static string Of(string recording, string sample) => Regex.Replace(recording, @"\rOBR\|1\|\|[^|]*\|", $"\rOBR|1||{sample}|").Replace("||ORU^R01|", $"||ORU^R01|W{Interlocked.Increment(ref _serial)}");
}
