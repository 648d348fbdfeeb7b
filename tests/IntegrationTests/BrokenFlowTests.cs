using System.Text.Json.Nodes;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A flow that names what is not there, in force all the same: it was never looked at, or what it names went afterwards. Nobody stands before a closed door.</summary>
public sealed class BrokenFlowTests : IAsyncLifetime
{
    private const string Station = "shaoxing";
    private ProductHost _server = null!;
    private Staff _staff = null!;

    public async Task InitializeAsync()
    {
        _server = await ProductHost.RunningAsync();
        _staff = new Staff(_server);
        foreach (var account in new[] { "jc02", Collecting.Second }) await _staff.AtAsync(Station, account);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("\\\"key\\\": \\\"heat-seal-check\\\"", "\\\"key\\\": \\\"heat-seal-gone\\\"", "heat-seal-gone")]
    [InlineData("\"collection.heat-seal\"", "\"collection.heat-sealing\"", "collection.heat-sealing")]
    public async Task Given_a_last_step_nobody_can_open_When_the_donor_has_given_Then_it_is_an_exception_that_can_be_skipped_and_the_visit_is_completed(string was, string now, string name)
    {
        await ChangeFlowAsync(was, now);
        var (nurse, manager) = (await _staff.AtAsync(Station, "hs01"), await _staff.AtAsync(Station, "gl01"));
        var idNumber = Visiting.NewIdNumber();
        var visit = await nurse.RunVisitAsync(Visiting.Registration(idNumber), mpv: false);
        var number = await nurse.DonationNumberAsync(visit);
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(idNumber, number));
        await nurse.CompleteAsync(visit, "collection-record", Collecting.Record());
        await nurse.CompleteAsync(visit, "post-collection-check", Collecting.AfterCheck(number));

        var page = await manager.GetAsync($"/visits/{visit}/exception");
        Assert.True(page.Status == 200 && page.Has(name) && page.Has("跳过这一步") && !page.Has("热合核对</h1>"), Visiting.Words(page));
        Assert.True((await manager.GetAsync("/worklist")).Has("流程异常"));
        Assert.Equal(422, (await HandleAsync(manager, visit, "Skip", "")).Status);
        Assert.Equal(302, (await HandleAsync(manager, visit, "Skip", "已在纸上核对热合")).Status);

        var done = await manager.GetAsync($"/visits/{visit}");
        Assert.True(done.Has("已完成") && done.Has("已在纸上核对热合") && done.Has("跳过步骤"), Visiting.Words(done));
        Assert.Equal("0", await ValueAsync($"SELECT count(*) FROM user_tasks WHERE \"ClosedAt\" IS NULL AND \"Subject\" = 'visit:{visit}'"));
        Assert.Equal("1", await ValueAsync($"SELECT count(*) FROM donations WHERE lower(CAST(\"Id\" AS text)) = '{visit}'"));
    }

    [Fact]
    public async Task Given_a_stage_the_rules_do_not_have_When_the_flow_comes_to_it_Then_what_was_submitted_is_kept_and_the_visit_can_be_ended()
    {
        await ChangeFlowAsync("\"献血前检测判定\"", "\"献血前检测判定\"", flow => flow["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.GetValue<string>() == "check-tests")!["stage"]!["expression"]!["value"] = "tets");
        var (nurse, manager) = (await _staff.AtAsync(Station, "hs01"), await _staff.AtAsync(Station, "gl01"));
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());

        await nurse.CompleteAsync(visit, "tests", Visiting.Tests(mpv: false));

        var page = await manager.GetAsync($"/visits/{visit}/exception");
        Assert.True(page.Has("没有判定步骤“tets”"), Visiting.Words(page));
        Assert.Equal("1", await ValueAsync($"SELECT count(*) FROM submissions WHERE \"Step\" = 'tests' AND lower(CAST(\"SubjectId\" AS text)) = '{visit}'"));
        Assert.Equal(302, (await HandleAsync(manager, visit, "End", "流程写错")).Status);
    }

    [Fact]
    public async Task Given_a_paper_without_a_layout_When_its_step_is_submitted_Then_the_step_is_done_without_it()
    {
        await ChangeFlowAsync("record-consent", "record-consnet");
        var nurse = await _staff.AtAsync(Station, "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));

        var answer = await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());

        Assert.EndsWith("/steps/tests", answer.Location, StringComparison.Ordinal);
    }

    /// <summary>Past the product, as a version of before that was never looked at.</summary>
    private Task ChangeFlowAsync(string was, string now, Action<JsonNode>? change = null) => VouchedDocuments.ChangeAsync(_server, Station, "workflow", null, before =>
    {
        Assert.Contains(was, before, StringComparison.Ordinal);
        var flow = JsonNode.Parse(before.Replace(was, now, StringComparison.Ordinal))!;
        change?.Invoke(flow);
        return flow.ToJsonString();
    });

    private async Task<string?> ValueAsync(string sql) => (await new Database(_server, Station).RowsAsync(sql))[0][0];

    private static async Task<Answer> HandleAsync(Browser manager, Guid visit, string action, string reason)
    {
        var page = await manager.GetAsync($"/visits/{visit}/exception");
        return await manager.PostAsync($"/visits/{visit}/exception", new Dictionary<string, string>
        {
            ["_operation"] = page.Hidden("_operation"), ["_revision"] = page.Hidden("_revision"), ["_action"] = action, [$"_reason-{action}"] = reason,
        });
    }
}
