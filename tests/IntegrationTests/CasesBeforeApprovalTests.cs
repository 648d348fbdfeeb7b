using System.Text.Json.Nodes;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>The cases of a pack and the paths of a flow are stored with it and hold before anybody can approve it, on every road.</summary>
[Collection(PublishingDesk.Name)]
public sealed class CasesBeforeApprovalTests(PublishingDesk desk)
{
    private static readonly string Flows = Path.Combine(Harness.Installation.Repository, "workflows");

    [Fact]
    public async Task Given_a_pack_without_cases_When_published_Then_refused() =>
        (await desk.PublishAsync(("bare.rules.json", PublishingDesk.Text(OneLayerOneNameTests.Pack("bare"))))).Refused("bare.tests.json");

    [Fact]
    public async Task Given_a_pack_whose_case_does_not_hold_When_published_Then_refused_naming_the_case() =>
        (await desk.PublishAsync(("wrong.rules.json", PublishingDesk.Text(OneLayerOneNameTests.Pack("wrong"))), OneLayerOneNameTests.Cases("wrong", "{\"outcome\":\"pass\"}"))).Refused("wrong.tests.json", "缺资料");

    [Fact]
    public async Task Given_cases_that_do_not_ask_the_pack_itself_When_published_Then_refused()
    {
        var (name, text) = OneLayerOneNameTests.Cases("aside");

        (await desk.PublishAsync(("aside.rules.json", PublishingDesk.Text(OneLayerOneNameTests.Pack("aside"))), (name, text.Replace(", \"aside\"", "", StringComparison.Ordinal)))).Refused("aside.tests.json", "$.packs");
    }

    [Fact]
    public async Task Given_a_flow_without_rule_checks_and_without_paths_When_published_Then_refused()
    {
        var flow = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Flows, "apheresis-platelets.workflow.json")))!;
        WithoutChecks(flow);

        (await desk.PublishAsync(("apheresis-platelets.workflow.json", PublishingDesk.Text(flow)))).Refused("apheresis-platelets.tests.json");
    }

    [Fact]
    public async Task Given_a_flow_that_goes_another_way_than_its_paths_When_published_Then_refused_naming_the_path()
    {
        var flow = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Flows, "apheresis-platelets.workflow.json")))!;
        WithoutChecks(flow);
        var paths = await File.ReadAllTextAsync(Path.Combine(Flows, "apheresis-platelets.tests.json"));

        (await desk.PublishAsync(("apheresis-platelets.workflow.json", PublishingDesk.Text(flow)), ("apheresis-platelets.tests.json", paths))).Refused("apheresis-platelets.tests.json", "登记即暂缓");
    }

    [Fact]
    public async Task Given_a_stations_recipe_with_a_pack_without_cases_When_planned_Then_it_is_a_finding_and_applying_refuses()
    {
        desk.Configuration.Write(PublishingDesk.Text(OneLayerOneNameTests.Pack("bare")), PublishingDesk.Station, "rule-packs", "bare.rules.json");
        try
        {
            var (plan, apply) = (await desk.VerbAsync(null, "recipe", "plan", PublishingDesk.Station), await desk.VerbAsync(null, "recipe", "apply", PublishingDesk.Station));

            plan.Refused("bare.tests.json");
            apply.Refused("bare.tests.json");
            Assert.Equal((1, 2), (plan.Exit, apply.Exit));
        }
        finally
        {
            File.Delete(desk.Configuration.PathOf(PublishingDesk.Station, "rule-packs", "bare.rules.json"));
        }
    }

    /// <summary>Every rule check goes, its Pass arrow leads on from what came before.</summary>
    private static void WithoutChecks(JsonNode flow)
    {
        var (activities, connections) = (flow["root"]!["activities"]!.AsArray(), flow["root"]!["connections"]!.AsArray());
        foreach (var check in activities.Where(a => a!["type"]!.GetValue<string>() == "Station.RuleCheck").Select(a => a!["id"]!.GetValue<string>()).ToList())
        {
            var next = connections.Single(c => End(c, "source") == check && c!["source"]!["port"]!.GetValue<string>() == "Pass")!["target"]!["activity"]!.GetValue<string>();
            foreach (var arrow in connections.Where(c => End(c, "target") == check)) arrow!["target"]!["activity"] = next;
            connections.RemoveAll(c => End(c, "source") == check);
            activities.RemoveAll(a => a!["id"]!.GetValue<string>() == check);
        }
        activities.RemoveAll(a => a!["id"]!.GetValue<string>() == "defer");
        connections.RemoveAll(c => End(c, "source") == "defer");

        static string End(JsonNode? connection, string end) => connection![end]!["activity"]!.GetValue<string>();
    }
}
