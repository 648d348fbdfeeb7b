using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Exercise;
using IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Platform;
using Platform.Tenancy;
using Web.Host;
using Xunit;

namespace IntegrationTests;

/// <summary>A house with one module more: the line in its composition, and a station whose documents use what the module brings.</summary>
public sealed class CalibratedStation : IAsyncLifetime
{
    internal const string Station = "hangzhou";
    private readonly TenantConfigCopy _configuration = new();

    public ProductHost Server { get; private set; } = null!;
    internal Staff Staff { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Configure(_configuration);
        Server = await ProductHost.InstallAsync(_configuration.Folder);
        Server.Modules = [.. Composition.Modules, new CalibrationModule()];
        await Server.StartAsync();
        Staff = new Staff(Server);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _configuration.Dispose();
    }

    internal static void Configure(TenantConfigCopy configuration)
    {
        configuration.Write(Form("calibration", """{"code":"calibrationDue","type":"yes-no","label":"已过期？","labelEn":"Overdue","required":true,"visibleWhen":{"fact":"calibrationDays","op":">","value":365}}"""), Station, "forms", "calibration.form.json");
        configuration.Write(Form("calibration-check", """{"code":"calibrationResult","type":"text","label":"检定结果","labelEn":"Result","required":true,"maxLength":20}"""), Station, "forms", "calibration-check.form.json");
        configuration.Write("""
            {"document":"calibration-label","title":"检定 {device}","page":{"width":50,"height":25,"margin":2},
             "elements":[{"type":"text","text":"{device} {calibrationLaboratory}","y":1,"width":40,"height":6,"size":8,"minSize":6}]}
            """, Station, "layouts", "calibration-label.layout.json");
        new FlowCopy().Insert("print-sample-label", "Done", "calibrated", "Calibration.Require", "\"name\":\"检定\"").WriteTo(configuration, Station);
        configuration.EditRecipe(Station, steps =>
        {
            TenantConfigCopy.Step(steps, "feature")["enable"]!.AsArray().Add("calibration");
            TenantConfigCopy.Step(steps, "settings")["Station"]!["calibrationLaboratory"] = "省计量院";
            steps.Add(JsonNode.Parse("""{ "name": "Station.Forms", "Files": [ { "SourcePath": "forms/calibration*.form.json" } ] }"""));
            steps.Add(JsonNode.Parse("""{ "name": "Station.Layouts", "Files": [ { "SourcePath": "layouts/calibration-label.layout.json" } ] }"""));
            TenantConfigCopy.Step(steps, "Roles")["Roles"]!.AsArray().Add(JsonNode.Parse($$"""{ "Name": "metrologist", "Description": "计量员", "Permissions": [ "{{CalibrationModule.Work}}" ] }"""));
        });
        configuration.AddOnePersonPerRole(Station);
        configuration.StaySignedIn(Station);
    }

    private static string Form(string code, string field) => $$"""
        {"code":"{{code}}","title":"{{code}} 表","titleEn":"{{code}}","version":"1.0","documentCode":"JL/{{code}}","footer":"受控文件",
         "sections":[{"code":"main","title":"检定","titleEn":"Calibration","fields":[{"code":"{{(code == "calibration" ? "calibrated" : "checked")}}Device","type":"text","label":"设备","labelEn":"Device","required":true,"maxLength":20},{{field}}]}],
         "signers":[{"role":"metrologist","label":"检定人","labelEn":"By","permission":"{{CalibrationModule.Work}}","pin":true}]}
        """;
}

/// <summary>Whoever adds a module writes its folder and one line in the composition: everything else the house reads from what the module declares.</summary>
public sealed class AddedModuleTests(CalibratedStation shared) : IClassFixture<CalibratedStation>
{
    private readonly Database _database = new(shared.Server, CalibratedStation.Station);

    [Fact]
    public async Task Given_the_added_module_When_its_people_sign_in_Then_they_arrive_at_its_page_and_the_menu_says_so()
    {
        var metrologist = await shared.Staff.AtAsync(CalibratedStation.Station, "as-metrologist");

        Assert.Equal("/hangzhou/calibrations", (await metrologist.GetAsync("/")).Location);
        var page = await metrologist.GetAsync("/calibrations");
        Assert.Matches("<a href=\"/hangzhou/calibrations\" aria-current=\"page\">检定</a>", System.Net.WebUtility.HtmlDecode(page.Body));
        Assert.True(page.Has("calibration 表；calibration-check 表"), page.Body);
        Assert.False((await (await shared.Staff.AtAsync(CalibratedStation.Station, "as-receptionist")).GetAsync("/worklist")).Has("检定</a>"));
        Assert.Equal(403, (await (await shared.Staff.AtAsync(CalibratedStation.Station, "as-receptionist")).GetAsync("/calibrations")).Status);
    }

    [Fact]
    public async Task Given_its_two_forms_When_filled_in_Then_a_record_without_a_visit_is_kept_by_whom_and_what_is_wrong_is_said_at_the_field()
    {
        var metrologist = await shared.Staff.AtAsync(CalibratedStation.Station, "as-metrologist");
        await metrologist.GetAsync("/calibrations");

        var wrong = await metrologist.PostAsync("/calibrations/calibration-check", ("checkedDevice", "MCS+ 01"));
        Assert.Equal(422, wrong.Status);
        Assert.True(wrong.Has("检定结果："), wrong.Body);
        Assert.Equal(302, (await metrologist.PostAsync("/calibrations/calibration-check", ("checkedDevice", "MCS+ 01"), ("calibrationResult", "合格"))).Status);
        Assert.Equal(302, (await metrologist.PostAsync("/calibrations/calibration", ("calibratedDevice", "MCS+ 02"))).Status);

        var rows = await _database.RowsAsync("SELECT \"Subject\", \"PersonName\", \"New\" FROM audit WHERE \"Subject\" LIKE 'calibration:%' ORDER BY \"Id\"");
        Assert.Equal([("calibration:calibration-check", "演示metrologist"), ("calibration:calibration", "演示metrologist")], rows.Select(r => (r[0]!, r[1]!)));
        Assert.Contains("合格", Regex.Unescape(rows[0][2]!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_its_recurring_work_When_its_hour_passes_Then_every_station_has_done_it_once_and_again_an_hour_later()
    {
        string[] stations = ["hangzhou", "shaoxing", "Default"];
        await shared.Server.DrainAsync();
        var before = await DoneAsync(stations[0]);

        await shared.Server.PassAsync(TimeSpan.FromHours(1));
        await shared.Server.DrainAsync();
        foreach (var station in stations) Assert.Equal(before + 1, await DoneAsync(station));

        await shared.Server.PassAsync(TimeSpan.FromHours(1));
        foreach (var station in stations) Assert.Equal(before + 2, await DoneAsync(station));
    }

    [Fact]
    public void Given_the_house_with_it_When_it_is_asked_for_its_settings_Then_the_modules_own_stands_among_them() =>
        Assert.Contains(shared.Server.Services.GetServices<Setting>(), s => s is { Code: "calibrationLaboratory", Title: "检定机构", Default: "计量院" });

    [Fact]
    public async Task Given_the_house_without_it_When_the_stations_recipe_is_planned_Then_its_feature_is_missed_and_then_its_right() =>
        Assert.All([await PlanAsync(_ => { }), await PlanAsync(WithoutFeature)], plan => Assert.Contains(plan.Missed, plan.Output, StringComparison.Ordinal));

    [Theory]
    [InlineData(false, "没有单据 calibration-label", "Calibration.Require")]
    [InlineData(true, "calibrationLaboratory", "calibrationDays", CalibrationModule.Work)]
    public async Task Given_the_house_without_it_When_only_the_stations_documents_name_what_it_brings_Then_each_is_missed(bool readable, params string[] missed)
    {
        var (_, output) = await PlanAsync(steps =>
        {
            WithoutFeature(steps);
            foreach (var step in new[] { "Roles", "Users" }) TenantConfigCopy.Step(steps, step)[step]!.AsArray().RemoveAt(TenantConfigCopy.Step(steps, step)[step]!.AsArray().Count - 1);
            if (readable) foreach (var step in new[] { "Station.Layouts", "Station.Workflows" }) steps.Remove(TenantConfigCopy.Step(steps, step));
        });

        Assert.All(missed, name => Assert.Contains(name, output, StringComparison.Ordinal));
    }

    [Fact]
    public void Given_the_source_When_searched_Then_no_other_file_knows_of_modules_by_a_list() =>
        Assert.Equal(["Composition.cs"], Directory.GetFiles(Path.Combine(Installation.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("new CollectionModule()", StringComparison.Ordinal)).Select(Path.GetFileName));

    private static void WithoutFeature(JsonArray steps) => TenantConfigCopy.Step(steps, "feature")["enable"]!.AsArray().RemoveAt(TenantConfigCopy.Step(steps, "feature")["enable"]!.AsArray().Count - 1);

    private static async Task<(string Missed, string Output)> PlanAsync(Action<JsonArray> change)
    {
        using var configuration = new TenantConfigCopy();
        CalibratedStation.Configure(configuration);
        configuration.EditRecipe(CalibratedStation.Station, change);
        await using var server = await ProductHost.InstallAsync(configuration.Folder);
        var plan = await server.VerbAsync(["recipe", "plan", CalibratedStation.Station]);
        Assert.NotEqual(0, plan.Exit);
        return (change == WithoutFeature ? CalibrationModule.Work : "没有功能 calibration", plan.Output + plan.Error);
    }

    private async Task<long> DoneAsync(string station) => await new Database(shared.Server, station).CountAsync("jobs WHERE \"Kind\" = 'calibration.remind' AND \"Outcome\" = 'done'");
}
