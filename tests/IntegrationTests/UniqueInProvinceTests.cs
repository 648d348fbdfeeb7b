using System.Text.Json.Nodes;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A station made by copying another's folder uses what is the other's until it is changed.</summary>
public sealed class CopiedStation : IAsyncLifetime
{
    public const string Copy = "lishui";
    public const string Original = "hangzhou";
    private readonly TenantConfigCopy _configuration = new();

    internal ProductHost Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await ProductHost.RunningAsync(_configuration.Folder);
        _configuration.Edit(tenants => tenants[Copy] = new JsonObject { ["State"] = "Uninitialized", ["RequestUrlHost"] = "", ["RequestUrlPrefix"] = Copy }, "tenants.json");
    }

    /// <summary>The folder of the copy as it was copied, with what is the station's own changed, but for one thing.</summary>
    public void WriteCopy(string? same)
    {
        Directory.CreateDirectory(_configuration.PathOf(Copy, "rule-packs"));
        _configuration.Write($$"""{ "RecipeName": "{{Copy}}", "Description": "复制的血站（试验）" }""", Copy, "appsettings.json");
        _configuration.Write("[]", Copy, "donors.json");
        var recipe = JsonNode.Parse(_configuration.Read(Original, Original + ".recipe.json"))!;
        var steps = recipe["steps"]!.AsArray();
        var values = TenantConfigCopy.Step(steps, "settings")["Station"]!;
        if (same != "donationNumberPattern") values["donationNumberPattern"] = "99555{yy}{serial}";
        if (same != "archiveNumberPattern") values["archiveNumberPattern"] = "Z055-YW·XX-{yyyy}-{retention}-{department}-{item:0000}";
        if (same != "Port") TenantConfigCopy.Step(steps, "Station.Devices")["Devices"]![0]!["Port"] = 5955;
        _configuration.Write(recipe.ToJsonString(), Copy, Copy + ".recipe.json");
        var pack = same == "id" ? Original : Copy;
        foreach (var file in Directory.GetFiles(_configuration.PathOf(Copy, "rule-packs"))) File.Delete(file);
        foreach (var ending in new[] { ".rules.json", ".tests.json" })
            _configuration.Write(_configuration.Read(Original, "rule-packs", Original + ending).Replace($"\"{Original}\"", $"\"{pack}\"", StringComparison.Ordinal), Copy, "rule-packs", pack + ending);
    }

    internal async Task<VerbResult> RecipeAsync(string what)
    {
        var (exit, output, error) = await Server.VerbAsync(["recipe", what, Copy]);
        return new VerbResult(exit, output, error);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _configuration.Dispose();
    }
}

public sealed class UniqueInProvinceTests(CopiedStation copied) : IClassFixture<CopiedStation>
{
    [Theory]
    [InlineData("donationNumberPattern", "99101")]
    [InlineData("archiveNumberPattern", "Z001")]
    [InlineData("Port", "5981")]
    [InlineData("id", "hangzhou.rules.json")]
    public async Task Given_a_copied_station_that_still_has_one_thing_of_the_other_When_planned_and_applied_Then_refused_naming_it_and_its_owner(string same, string value)
    {
        copied.WriteCopy(same);

        var (plan, apply) = (await copied.RecipeAsync("plan"), await copied.RecipeAsync("apply"));

        plan.Refused(value, CopiedStation.Original);
        apply.Refused(value, CopiedStation.Original);
        Assert.Equal((1, 2), (plan.Exit, apply.Exit));
        Assert.Contains("Uninitialized", (await copied.Server.VerbAsync(["tenants", "list"])).Output.Split('\n').Single(l => l.StartsWith(CopiedStation.Copy, StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_copied_station_with_everything_its_own_When_planned_before_it_is_set_up_Then_there_is_no_finding_and_nothing_is_made()
    {
        copied.WriteCopy(same: null);

        var plan = await copied.RecipeAsync("plan");

        Assert.True(plan.Exit == 0 && plan.Output.Contains("项变化", StringComparison.Ordinal), plan.All);
        Assert.Contains("Uninitialized", (await copied.Server.VerbAsync(["tenants", "list"])).Output.Split('\n').Single(l => l.StartsWith(CopiedStation.Copy, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(plan.Output, (await copied.RecipeAsync("plan")).Output);
    }
}
