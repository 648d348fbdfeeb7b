using System.Text.Json.Nodes;
using Platform.Publishing;
using Xunit;

namespace FastTests.Publishing;

/// <summary>Cases belong to their pack or flow and hold before it does.</summary>
public sealed class CasesTests
{
    private const string Pack = "hangzhou";

    [Theory]
    [InlineData(DocumentKinds.RulePack, "hangzhou")]
    [InlineData(DocumentKinds.RulePack, "gb18467-2011")]
    [InlineData(DocumentKinds.Workflow, "apheresis-platelets")]
    public void Given_a_new_pack_or_flow_without_cases_When_checked_Then_found(string kind, string name)
    {
        var set = ShippedSet.New();
        var old = set.Documents.Single(d => d.Kind == kind && d.Name == name);
        set.Without(kind, name);

        Assert.Contains(set.Findings(set.Add(kind, name, old.Layer, old.Json)), f => f.Document == name + ".tests.json");
    }

    [Theory]
    [InlineData("{ \"packs\": [\"hangzhou\", \"gb18467-2011\"], \"facts\": {}, \"cases\": [] }", "$.cases")]
    [InlineData("{ \"packs\": [\"gb18467-2011\"], \"facts\": {}, \"cases\": [] }", "$.packs")]
    [InlineData("{ \"packs\": [\"hangzhou\"], ", "$")]
    [InlineData("[]", "$")]
    [InlineData("null", "$")]
    public void Given_cases_that_prove_nothing_When_checked_Then_found_in_their_file(string cases, string place)
    {
        var set = ShippedSet.New();
        var old = set.Documents.Single(d => d.Name == Pack);
        set.Without(DocumentKinds.RulePack, Pack);

        Assert.Contains(set.Findings(set.Add(DocumentKinds.RulePack, Pack, DocumentLayer.Station, old.Json, cases)), f => f.Document == Pack + ".tests.json" && f.ToString().Contains(place, StringComparison.Ordinal));
    }

    [Fact]
    public void Given_a_province_pack_changed_so_that_a_stations_case_fails_When_checked_Then_the_stations_case_is_named()
    {
        var set = ShippedSet.New().Edit(DocumentKinds.RulePack, Pack, _ => { });
        var national = set.Documents.Single(d => d.Name == "gb18467-2011");
        set.Edit(DocumentKinds.RulePack, "gb18467-2011", pack => pack["ruleSets"]!.AsArray().Single(s => s!["stage"]!.GetValue<string>() == "tests")!["rules"]!.AsArray()
            .Single(r => r!["id"]!.GetValue<string>() == "WBC-01")!["outcome"] = "prompt");

        var findings = set.Findings(set.Documents.Single(d => d.Name == "gb18467-2011"));

        Assert.Contains(findings, f => f.Document == Pack + ".tests.json");
        Assert.NotNull(national);
    }

    [Fact]
    public void Given_a_flow_that_goes_another_way_When_checked_Then_each_path_that_does_not_hold_is_named()
    {
        var set = ShippedSet.New();
        var old = set.Documents.Single(d => d is { Kind: DocumentKinds.Workflow, Name: "apheresis-platelets" });
        set.Without(DocumentKinds.Workflow, old.Name);
        var flow = JsonNode.Parse(old.Json)!;
        flow["root"]!["connections"]!.AsArray().Single(c => c!["source"]!["activity"]!.GetValue<string>() == "check-registration" && c["source"]!["port"]!.GetValue<string>() == "Defer")!["target"]!["activity"] = "withdraw";

        var findings = set.Findings(set.Add(DocumentKinds.Workflow, old.Name, DocumentLayer.Station, flow.ToJsonString(), old.CasesJson));

        Assert.Contains(findings, f => f is { Document: "apheresis-platelets.tests.json" } && f.Words.Contains("登记即暂缓", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"paths\":[]}")]
    [InlineData("nothing")]
    [InlineData("{\"paths\":[null]}")]
    [InlineData("{\"paths\":[{\"name\":\"a\",\"ends\":\"Finished\"}]}")]
    [InlineData("{\"paths\":[{\"name\":\"a\",\"actions\":[null],\"visits\":[],\"ends\":\"Finished\"}]}")]
    [InlineData("{\"paths\":[{\"name\":\"a\",\"actions\":[],\"visits\":null,\"ends\":\"Finished\"}]}")]
    [InlineData("{\"paths\":[{\"actions\":[\"=\"],\"visits\":[\"x\"],\"ends\":null}]}")]
    [InlineData("{\"paths\":[{\"name\":\"a\",\"rules\":{\"registration\":null},\"actions\":[],\"visits\":[],\"ends\":\"Finished\"}]}")]
    public void Given_paths_that_are_none_When_checked_Then_found_and_nothing_breaks(string paths)
    {
        var set = ShippedSet.New();
        var old = set.Documents.Single(d => d is { Kind: DocumentKinds.Workflow, Name: "apheresis-platelets" });
        set.Without(DocumentKinds.Workflow, old.Name);

        Assert.Contains(set.Findings(set.Add(DocumentKinds.Workflow, old.Name, DocumentLayer.Station, old.Json, paths)), f => f.Document == "apheresis-platelets.tests.json");
    }
}
