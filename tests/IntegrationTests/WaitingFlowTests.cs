using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A server whose first station has a flow that waits for the analyser and for nobody longer than two seconds, and whose second one waits by itself and fails.</summary>
public sealed class WaitingFlows : IAsyncLifetime
{
    private readonly TenantConfigCopy _configuration = new();

    public int Analyser { get; } = Installation.FreePort();
    public ProductHost Server { get; private set; } = null!;
    internal Staff Staff { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _configuration.Enrol("hangzhou", ("analyser", "mindray/bc-5380", Analyser, "127.0.0.1"));
        _configuration.AddOnePersonPerRole("hangzhou");
        new FlowCopy()
            .Insert("print-sample-label", "Done", "await-results", "Collection.AwaitReading", "\"items\":{\"typeName\":\"Object\",\"expression\":{\"type\":\"Object\",\"value\":\"[\\\"hb\\\",\\\"plt\\\"]\"}}", "Received")
            .Set("general-check", "dueAfter", FlowCopy.Literal("00:00:02")).Set("general-check", "escalateTo", FlowCopy.Literal("collection.escalated"))
            .WriteTo(_configuration, "hangzhou");
        new FlowCopy()
            .Insert("print-sample-label", "Done", "pause", "Elsa.Delay", "\"timeSpan\":" + FlowCopy.Literal("00:00:02"))
            .Insert("pause", "Done", "check-again", "Station.RuleCheck", "\"stage\":" + FlowCopy.Literal("general-check"), "Pass").Connect("check-again", "Defer", "defer")
            .Insert("tests", "Done", "broken", "Elsa.RunJavaScript", "\"script\":" + FlowCopy.Literal("throw new Error('脚本写错了');"))
            .WriteTo(_configuration, "shaoxing");
        Server = await ProductHost.RunningAsync(_configuration.Folder);
        Staff = new Staff(Server);
        foreach (var tenant in new[] { "hangzhou", "shaoxing" }) await Staff.AtAsync(tenant, "jc02");
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _configuration.Dispose();
    }
}

/// <summary>Flows that go on by themselves: after a time, when results come, and after a fault.</summary>
public sealed class WaitingFlowTests(WaitingFlows shared) : IClassFixture<WaitingFlows>
{
    private static readonly string Normal = DeviceSimulator.Recording("01-mindray-bc5380-normal.hl7");
    private static int _serial;

    [Fact]
    public async Task Given_a_delay_and_a_prompt_after_it_When_the_server_is_killed_while_it_waits_Then_nobody_confirms_it_but_a_person_with_a_reason()
    {
        var (nurse, manager) = (await shared.Staff.AtAsync("shaoxing", "hs01"), await shared.Staff.AtAsync("shaoxing", "gl01"));
        var visit = await nurse.RegisterOnlyAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await nurse.InquireAsync(visit, ("alcohol", "yes"), ("alcoholOn", $"{DateTime.UtcNow.AddHours(8):yyyy-MM-dd}"), ("_reason", "已询问，清醒"));
        await nurse.CompleteAsync(visit, "general-check", new(Visiting.Reviewing(("alcohol", "fit", "已询问，清醒"))) { ["_reason"] = "已询问，清醒" });

        await shared.Server.StopAsync();
        await Task.Delay(2500);
        await shared.Server.StartAsync();
        var stopped = await UntilAsync(() => manager.GetAsync($"/visits/{visit}"), page => page.Has("处理异常"));

        Assert.True(stopped.Has("判定有需要确认的提示"), Visiting.Words(stopped));
        Assert.Equal("1", await ValueAsync("shaoxing", $"SELECT count(*) FROM timers WHERE \"DoneAt\" IS NOT NULL AND \"Kind\" = 'Delay' AND {Instance(visit)}"));
        Assert.Equal(403, (await nurse.GetAsync($"/visits/{visit}/exception")).Status);
        Assert.True((await manager.GetAsync("/worklist?step=exception")).Has("判定有需要确认的提示"));
        Assert.Equal(422, (await HandleAsync(manager, visit, "Retry", "")).Status);
        var goesOn = await HandleAsync(manager, visit, "Retry", "医生已再次询问");
        Assert.Equal((302, $"/shaoxing/visits/{visit}"), (goesOn.Status, goesOn.Location));
        Assert.Equal(200, (await nurse.GetAsync($"/visits/{visit}/steps/tests")).Status);
        Assert.Equal("0", await ValueAsync("shaoxing", $"SELECT count(*) FROM user_tasks WHERE \"Step\" = 'exception' AND \"ClosedAt\" IS NULL AND {Instance(visit)}"));
    }

    [Fact]
    public async Task Given_a_fault_behind_a_persons_step_When_submitted_Then_the_form_is_kept_a_retry_says_that_it_stays_and_the_visit_can_be_ended()
    {
        var (nurse, manager) = (await shared.Staff.AtAsync("shaoxing", "hs01"), await shared.Staff.AtAsync("shaoxing", "gl01"));
        var visit = await CheckedAsync(nurse);
        await UntilAsync(() => nurse.GetAsync($"/visits/{visit}/steps/tests"), page => page.Status == 200);

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
    public async Task Given_a_step_with_a_limit_When_the_time_is_over_while_the_server_is_down_Then_it_is_escalated_once_and_goes_on_waiting()
    {
        var (nurse, quality) = (await shared.Staff.AtAsync("hangzhou", "hs01"), await shared.Staff.AtAsync("hangzhou", "as-quality-manager"));
        var visit = await WaitingAsync(nurse);
        var page = await nurse.GetAsync($"/visits/{visit}/steps/general-check");
        Assert.Equal(403, (await quality.GetAsync($"/visits/{visit}/steps/general-check")).Status);

        await shared.Server.StopAsync();
        await Task.Delay(2500);
        await shared.Server.StartAsync();
        await UntilAsync(() => nurse.GetAsync("/worklist"), list => list.Has("超时") && list.Body.Contains(visit.ToString(), StringComparison.Ordinal));
        await UntilAsync(() => quality.GetAsync($"/visits/{visit}/steps/general-check"), answer => answer.Status == 200);

        Assert.Equal("1", await ValueAsync("hangzhou", $"SELECT count(*) FROM audit WHERE \"Action\" = '超时' AND \"Subject\" = 'visit:{visit}'"));
        var submitted = await nurse.PostAsync($"/visits/{visit}/steps/general-check", Visiting.WithHidden(page, Visiting.GeneralCheck()));
        Assert.Equal(302, submitted.Status);
    }

    [Fact]
    public async Task Given_a_step_done_in_time_When_its_limit_passes_Then_nothing_happens()
    {
        var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
        var visit = await CheckedAsync(nurse);
        var late = await LateAsync();
        await Task.Delay(3000);
        // A slow machine may have taken longer than the limit before the step was done; afterwards nothing may come.
        Assert.Equal(late, await LateAsync());
        Assert.Equal("0", await ValueAsync("hangzhou", $"SELECT count(*) FROM timers WHERE \"DoneAt\" IS NULL AND {Instance(visit)}"));

        Task<string?> LateAsync() => ValueAsync("hangzhou", $"SELECT count(*) FROM audit WHERE \"Action\" = '超时' AND \"Subject\" = 'visit:{visit}'");
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
        await Task.Delay(1500);
        Assert.Equal(302, (await nurse.GetAsync($"/visits/{visit}/steps/tests")).Status);
        await device.SendForCodeAsync(Of(Normal, sample));

        var page = await UntilAsync(() => nurse.GetAsync($"/visits/{visit}/steps/tests"), answer => answer.Status == 200);
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

    private static async Task<Answer> HandleAsync(Browser manager, Guid visit, string action, string reason) =>
        await manager.PostAsync($"/visits/{visit}/exception", Handling(await manager.GetAsync($"/visits/{visit}/exception"), action, reason));

    private static Dictionary<string, string> Handling(Answer page, string action, string reason) => new()
    {
        ["_operation"] = page.Hidden("_operation"), ["_revision"] = page.Hidden("_revision"), ["_action"] = action, ["_reason-" + action] = reason,
    };

    private static Task<Answer> AssignAsync(Browser person, Guid visit, Answer form, string to, string reason) =>
        person.PostAsync($"/visits/{visit}/steps/general-check/assign", ("_operation", form.Hidden("_operation")), ("_revision", form.Hidden("_revision")), ("_person", to), ("_reason", reason));

    private static async Task<Answer> UntilAsync(Func<Task<Answer>> ask, Predicate<Answer> holds)
    {
        for (var until = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(200))
        {
            var answer = await ask();
            if (holds(answer)) return answer;
            if (DateTime.UtcNow > until) throw new TimeoutException(Visiting.Words(answer));
        }
    }

    private static string Instance(Guid visit) => $"\"InstanceId\" IN (SELECT \"Id\" FROM workflow_instances WHERE \"Subject\" = 'visit:{visit}')";

    private async Task<string?> ValueAsync(string tenant, string sql) => (await new Database(shared.Server, tenant).RowsAsync(sql))[0][0];

    private static string Of(string recording, string sample) => Regex.Replace(recording, @"\rOBR\|1\|\|[^|]*\|", $"\rOBR|1||{sample}|").Replace("||ORU^R01|", $"||ORU^R01|W{Interlocked.Increment(ref _serial)}");
}
