using System.Text.Json;
using System.Text.Json.Nodes;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Two stations nobody has programmed for, added as folders: ningbo with a field and a rule of its own, jiaxing with a flow that leaves out a step.</summary>
public sealed class NewStations : IAsyncLifetime
{
    public const string Phone = "0574-5550 3003";
    private readonly TenantConfigCopy _configuration = new();

    public ProductHost Server { get; private set; } = null!;

    internal Staff Staff { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Add("ningbo", number: 777, optionalTests: ["mpv"]);
        Add("jiaxing", number: 778, optionalTests: []);
        AddFieldAndRule();
        LeaveOutTheTests();
        Server = await ProductHost.RunningAsync(_configuration.Folder);
        Staff = new Staff(Server);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _configuration.Dispose();
    }

    private void Add(string tenant, int number, string[] optionalTests)
    {
        _configuration.Edit(tenants => tenants[tenant] = new JsonObject { ["State"] = "Uninitialized", ["RequestUrlHost"] = "", ["RequestUrlPrefix"] = tenant }, "tenants.json");
        _configuration.Write($$"""{ "RecipeName": "{{tenant}}", "Description": "{{tenant}} 血站（试验）" }""", tenant, "appsettings.json");
        _configuration.Write(_configuration.Read("shaoxing", "shaoxing.recipe.json").Replace("shaoxing", tenant, StringComparison.Ordinal), tenant, tenant + ".recipe.json");
        _configuration.EditRecipe(tenant, steps =>
        {
            var settings = TenantConfigCopy.Step(steps, "settings");
            settings["SiteName"] = tenant + " 血站（试验）";
            settings["OptionalTests"] = new JsonArray([.. optionalTests.Select(t => (JsonNode)t)]);
            settings["Flows"] = new JsonArray(new JsonObject { ["Flow"] = "apheresis-platelets" });
            settings["Station"]!["stationPhone"] = Phone;
            OwnStation.Number(steps, number);
            steps.Remove(TenantConfigCopy.Step(steps, "Station.RulePacks"));
            steps.Remove(TenantConfigCopy.Step(steps, "Donors.Import"));
            var afterProvince = steps.IndexOf(TenantConfigCopy.Step(steps, "Station.ProvinceDocuments")) + 1;
            foreach (var (name, files) in new[] { ("Station.RulePacks", "rule-packs/*.rules.json"), ("Station.Forms", "forms/*.form.json"), ("Station.Workflows", "workflows/*.workflow.json") }.Reverse())
                steps.Insert(afterProvince, new JsonObject { ["name"] = name, ["Files"] = new JsonArray(new JsonObject { ["SourcePath"] = files }) });
        });
        foreach (var folder in new[] { "rule-packs", "forms", "workflows" }) Directory.CreateDirectory(_configuration.PathOf(tenant, folder));
        var (pack, cases) = OwnStation.Packs(_configuration.Read("hangzhou", "rule-packs", "hangzhou.rules.json"), _configuration.Read("hangzhou", "rule-packs", "hangzhou.tests.json"), "hangzhou", tenant);
        _configuration.Write(pack, tenant, "rule-packs", tenant + ".rules.json");
        _configuration.Write(cases, tenant, "rule-packs", tenant + ".tests.json");
    }

    private void AddFieldAndRule()
    {
        var form = JsonNode.Parse(_configuration.Read("Default", "forms", "general-check.form.json"))!;
        form["title"] = "征询与体格检查（本站）";
        form["sections"]!.AsArray()[^1]!["fields"]!.AsArray().Add(JsonNode.Parse("""{ "code": "gripStrength", "type": "number", "label": "握力", "labelEn": "Grip strength", "unit": "kg", "min": 1, "max": 120, "decimals": 1, "required": true }"""));
        _configuration.Write(form.ToJsonString(), "ningbo", "forms", "general-check.form.json");
        _configuration.Edit(pack => pack["ruleSets"] = JsonNode.Parse("""
            [ { "stage": "general-check", "rules": [ { "id": "NB-01", "clause": "本站规定 1", "title": "握力", "titleEn": "Grip strength", "require": { "fact": "gripStrength", "op": ">=", "value": 20, "unit": "kg" },
                "outcome": "defer-visit", "text": "握力 {gripStrength} kg，低于本站要求 20 kg", "donorText": "今天握力 {gripStrength} kg", "source": "试验", "status": "S" } ] } ]
            """), "ningbo", "rule-packs", "ningbo.rules.json");
        // The station's rule asks the fact in every case.
        _configuration.Edit(tests => tests["facts"]!["gripStrength"] = 35, "ningbo", "rule-packs", "ningbo.tests.json");
    }

    /// <summary>The flow goes from the general check straight to the assessment.</summary>
    private void LeaveOutTheTests()
    {
        var flow = JsonNode.Parse(File.ReadAllText(Path.Combine(Installation.Repository, "workflows", "apheresis-platelets.workflow.json")))!;
        var (activities, connections) = (flow["root"]!["activities"]!.AsArray(), flow["root"]!["connections"]!.AsArray());
        string[] left = ["tests", "check-tests"];
        foreach (var activity in activities.Where(a => left.Contains(a!["id"]!.GetValue<string>())).ToList()) activities.Remove(activity);
        connections.First(c => Activity(c, "source") == "check-general" && c!["source"]!["port"]!.GetValue<string>() == "Pass")!["target"]!["activity"] = "assessment";
        // What leads back to a step goes with it.
        var assessment = activities.Single(a => a!["id"]!.GetValue<string>() == "assessment")!["actionDefinitions"]!["expression"]!;
        assessment["value"] = new JsonArray([.. JsonNode.Parse(assessment["value"]!.GetValue<string>())!.AsArray().Where(a => a!["key"]!.GetValue<string>() != "ReturnToTests").Select(a => a!.DeepClone())]).ToJsonString();
        foreach (var connection in connections.Where(c => left.Contains(Activity(c, "source")) || left.Contains(Activity(c, "target"))).ToList()) connections.Remove(connection);
        _configuration.Write(flow.ToJsonString(), "jiaxing", "workflows", "apheresis-platelets.workflow.json");
        _configuration.Write(FlowCopy.Paths, "jiaxing", "workflows", "apheresis-platelets.tests.json");

        static string Activity(JsonNode? connection, string end) => connection![end]!["activity"]!.GetValue<string>();
    }
}

public sealed class NewStationTests(NewStations stations) : IClassFixture<NewStations>
{
    private static Dictionary<string, string> Checked(string grip) => new(Visiting.GeneralCheck()) { ["gripStrength"] = grip };

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_a_station_added_as_a_folder_When_a_visit_runs_Then_its_own_texts_tests_and_numbers_are_used()
    {
        await stations.Staff.AtAsync("ningbo", "jc02");
        var nurse = await stations.Staff.AtAsync("ningbo", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        var check = await nurse.GetAsync($"/visits/{visit}/steps/general-check");
        await nurse.CompleteAsync(visit, "general-check", Checked("35.5"));
        var tests = await nurse.GetAsync($"/visits/{visit}/steps/tests");
        await nurse.CompleteAsync(visit, "tests", Visiting.Tests(mpv: true));
        await nurse.CompleteAsync(visit, "assessment", Visiting.Assessment());
        var file = await nurse.GetAsync($"/visits/{visit}");

        Assert.True(check.Has("握力") && check.Has("ningbo 血站（试验）"), Visiting.Words(check));
        Assert.True(tests.Has("平均血小板体积"), Visiting.Words(tests));
        Assert.True(file.Has("97777") && file.Has("35.5") && file.Has("征询与体格检查（本站）"), Visiting.Words(file));
        Assert.Equal(200, (await nurse.GetAsync($"/visits/{visit}/documents/donation-label.pdf")).Status);
    }

    [Fact]
    public async Task Given_a_field_added_to_a_form_file_When_used_Then_it_is_required_stored_a_fact_and_decides_by_the_stations_rule()
    {
        var nurse = await stations.Staff.AtAsync("ningbo", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        var without = await nurse.PostStepAsync(visit, "general-check", Visiting.GeneralCheck());
        var asked = await nurse.PostStepAsync(visit, "general-check", Checked("12"));
        await nurse.CompleteAsync(visit, "general-check", Checked("12"));
        var stored = await new Database(stations.Server, "ningbo").RowsAsync($"SELECT \"ValuesJson\" FROM submissions WHERE \"Step\" = 'general-check' AND lower(CAST(\"SubjectId\" AS text)) = '{visit}'");
        var (_, facts, _) = await stations.Server.VerbAsync(["rules", "facts", "--station", "ningbo", "--json"]);
        var (_, elsewhere, _) = await stations.Server.VerbAsync(["rules", "facts", "--station", "shaoxing", "--json"]);
        var fact = JsonDocument.Parse(facts).RootElement.EnumerateArray().Single(f => f.GetProperty("code").GetString() == "gripStrength");

        Assert.True(without.Status == 422 && without.Has("握力"), Visiting.Words(without));
        Assert.True(asked.Status == 200 && asked.Has("握力 12 kg，低于本站要求 20 kg"), Visiting.Words(asked));
        Assert.Contains("gripStrength", stored.Single()[0], StringComparison.Ordinal);
        Assert.Equal(("握力", "kg", 1m, 120m), (fact.GetProperty("label").GetString(), fact.GetProperty("unit").GetString(), fact.GetProperty("min").GetDecimal(), fact.GetProperty("max").GetDecimal()));
        Assert.DoesNotContain("gripStrength", elsewhere, StringComparison.Ordinal);
        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("已暂缓"));
    }

    [Fact]
    public async Task Given_a_deferral_at_the_new_station_When_its_slip_is_printed_Then_it_carries_this_stations_phone()
    {
        var nurse = await stations.Staff.AtAsync("ningbo", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await nurse.CompleteAsync(visit, "general-check", Checked("12"));

        var slip = PdfText.Of((await nurse.GetAsync($"/visits/{visit}/documents/deferral-slip.pdf")).Bytes);

        Assert.Contains(NewStations.Phone, slip, StringComparison.Ordinal);
        Assert.Contains("握力12kg", slip.Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings(""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_flow_without_the_tests_When_a_visit_runs_Then_the_step_is_in_no_list_and_what_it_would_have_found_still_counts_as_missing()
    {
        var nurse = await stations.Staff.AtAsync("jiaxing", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        var worklist = await nurse.GetAsync("/worklist");
        var check = await nurse.GetAsync($"/visits/{visit}/steps/general-check");
        var next = await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        var assessed = await nurse.PostStepAsync(visit, "assessment", Visiting.Assessment());

        Assert.False(worklist.Has("献血前检测") || check.Has("献血前检测"), Visiting.Words(worklist) + Visiting.Words(check));
        Assert.True((await (await stations.Staff.AtAsync("ningbo", "hs01")).GetAsync("/worklist")).Has("献血前检测"));
        Assert.Equal($"/jiaxing/visits/{visit}/steps/assessment", next.Location);
        Assert.Equal(404, (await nurse.GetAsync($"/visits/{visit}/steps/tests")).Status);
        Assert.True(assessed.Status == 422 && assessed.Has("缺少"), Visiting.Words(assessed));
    }
}
