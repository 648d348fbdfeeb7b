using System.Text.Json.Nodes;
using Harness;
using IntegrationTests.Support;
using Platform.Publishing;
using Xunit;

namespace IntegrationTests;

/// <summary>Stations that have drawn their flow or their form so that a needle would come too early: the gate stands behind all of them.</summary>
public sealed class NeedleGateTests
{
    private const string Check = "pre-collection-check";
    private readonly string _idNumber = Visiting.NewIdNumber();

    [Fact]
    public async Task Given_a_flow_that_forgets_consent_or_assessment_When_a_recipe_brings_it_Then_it_is_refused_with_the_way_that_leaves_it_out()
    {
        using var configuration = new TenantConfigCopy();
        WithoutAssessment.WriteTo(configuration, "shaoxing");

        var refused = await Assert.ThrowsAsync<SetException>(() => ProductHost.RunningAsync(configuration.Folder));

        Assert.All(refused.Findings, f => Assert.Equal("apheresis-platelets.workflow.json", f.Document));
        Assert.Contains(refused.Findings, f => f.Words.Contains(" → ", StringComparison.Ordinal) && f.Remedy.Contains("assessment", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_a_form_whose_second_signer_is_taken_away_When_a_recipe_brings_it_Then_each_flow_that_relies_on_it_is_named()
    {
        using var configuration = new TenantConfigCopy();
        configuration.Edit(form => form["signers"]!.AsArray().RemoveAt(1), "Default", "forms", "pre-collection-check.form.json");

        var refused = await Assert.ThrowsAsync<SetException>(() => ProductHost.RunningAsync(configuration.Folder));

        Assert.Equal(["apheresis-platelets.workflow.json", "special-matching.workflow.json"], refused.Findings.Select(f => f.Document).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Given_flows_changed_past_publishing_When_the_check_before_the_needle_is_posted_Then_the_gate_refuses_and_says_what_is_missing()
    {
        await using var server = await ProductHost.RunningAsync();
        var all = new FlowCopy().Bypass("consent-inquiry").Bypass("check-general", "Pass").Bypass("check-tests", "Pass").Bypass("check-assessment", "Pass");
        await ForgeAsync(server, ("hangzhou", "workflow", "apheresis-platelets", all.Json), ("shaoxing", "workflow", "apheresis-platelets", WithoutAssessment.Json));

        Assert.Contains("还没有签署知情同意", await RefusalAsync(server, "hangzhou", inquire: false), StringComparison.Ordinal);
        Assert.Contains("还没有献血前评估的判定", await RefusalAsync(server, "shaoxing", inquire: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_form_with_one_signer_and_a_flow_without_the_check_changed_past_publishing_When_posted_Then_nobody_collects_alone()
    {
        await using var server = await ProductHost.RunningAsync();
        var form = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Installation.Repository, "tenant-config", "Default", "forms", "pre-collection-check.form.json")))!;
        form["signers"]!.AsArray().RemoveAt(1);
        await ForgeAsync(server, ("hangzhou", "form", Check, form.ToJsonString()), ("shaoxing", "workflow", "apheresis-platelets", new FlowCopy().Bypass(Check).Bypass("check-setup", "Pass").Json));

        Assert.Contains("采前核对须由两人各自签名", await RefusalAsync(server, "hangzhou", inquire: true), StringComparison.Ordinal);
        var (nurse, visit) = await ReadyAsync(server, "shaoxing", inquire: true);
        var record = Collecting.Record();
        var asked = await nurse.PostStepAsync(visit, "collection-record", record);
        var answer = await nurse.PostAsync($"/visits/{visit}/steps/collection-record", Visiting.WithHidden(asked, record));
        Assert.True(answer.Status == 422 && answer.Has("还没有采前核对，不能采集"), Visiting.Words(answer));
    }

    [Fact]
    public async Task Given_a_flow_that_leads_back_behind_the_needle_When_the_donor_has_turned_out_unfit_Then_the_run_is_recorded_and_a_second_needle_is_refused()
    {
        using var configuration = new TenantConfigCopy();
        var again = """{"key":"Again","label":"重新穿刺","submits":false,"reason":true}""";
        new FlowCopy().AddAction("post-collection-check", again).Connect("post-collection-check", "Again", Check).WriteTo(configuration, "shaoxing");
        await using var server = await ProductHost.RunningAsync(configuration.Folder);
        var (nurse, visit) = await ReadyAsync(server, "shaoxing", inquire: true);
        var number = await nurse.DonationNumberAsync(visit);
        await nurse.CompleteAsync(visit, Check, Collecting.BeforeCheck(_idNumber, number));

        await nurse.AmendAsync(visit, "general-check", new(Visiting.GeneralCheck()) { ["systolic"] = "171" });
        await nurse.CompleteAsync(visit, "collection-record", Collecting.Record());
        var page = await nurse.GetAsync($"/visits/{visit}/steps/post-collection-check");
        var back = await nurse.PostAsync($"/visits/{visit}/steps/post-collection-check", new Dictionary<string, string>(Visiting.WithHidden(page, [])) { ["_action"] = "Again", ["_reason-Again"] = "流速不足" });
        Assert.Equal(302, back.Status);
        var second = await nurse.PostStepAsync(visit, Check, Collecting.BeforeCheck(_idNumber, number));

        Assert.Equal(422, second.Status);
        Assert.True(second.Has("最后一次判定为") && second.Has("不能采集"), Visiting.Words(second));
        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("采集被拒绝"));
    }

    private static FlowCopy WithoutAssessment => new FlowCopy().Bypass("check-assessment", "Pass");

    /// <summary>What no road lets into force is written into the stores by somebody who owns the database and the master key.</summary>
    private static async Task ForgeAsync(ProductHost server, params (string Station, string Kind, string Name, string Json)[] documents)
    {
        foreach (var (station, kind, name, json) in documents) await VouchedDocuments.ChangeAsync(server, station, kind, name, _ => json);
    }

    private async Task<string> RefusalAsync(ProductHost server, string station, bool inquire)
    {
        var (nurse, visit) = await ReadyAsync(server, station, inquire);
        var answer = await nurse.PostStepAsync(visit, Check, Collecting.BeforeCheck(_idNumber, await nurse.DonationNumberAsync(visit)));
        Assert.Equal(422, answer.Status);
        return Visiting.Words(answer);
    }

    /// <summary>A visit with a donation number, by one person with all the rights.</summary>
    private async Task<(Browser Nurse, Guid Visit)> ReadyAsync(ProductHost server, string station, bool inquire)
    {
        var staff = new Staff(server);
        foreach (var second in new[] { "jc02", Collecting.Second }) await staff.AtAsync(station, second);
        var nurse = await staff.AtAsync(station, "hs01");
        var visit = await nurse.RegisterOnlyAsync(Visiting.Registration(_idNumber));
        if (inquire) await nurse.InquireAsync(visit);
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        await nurse.CompleteAsync(visit, "tests", Visiting.Tests(mpv: station == "hangzhou"));
        await nurse.CompleteAsync(visit, "assessment", Visiting.Assessment());
        return (nurse, visit);
    }
}
