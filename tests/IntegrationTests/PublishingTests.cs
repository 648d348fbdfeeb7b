using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A server whose configuration folder a test may change.</summary>
public sealed class ChangingServer : IAsyncLifetime
{
    internal TenantConfigCopy Configuration { get; } = new();

    public ProductHost Server { get; private set; } = null!;

    internal Staff Staff { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await ProductHost.RunningAsync(Configuration.Folder);
        Staff = new Staff(Server);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Configuration.Dispose();
    }
}

/// <summary>From draft to taking back by verbs, while the server runs.</summary>
public sealed class PublishingTests(ChangingServer changing) : IClassFixture<ChangingServer>
{
    [Fact]
    public async Task Given_a_changed_form_When_drafted_checked_and_approved_by_another_Then_new_visits_use_it_and_open_ones_keep_theirs()
    {
        await changing.Staff.AtAsync("hangzhou", "pg01");
        var nurse = await changing.Staff.AtAsync("hangzhou", "hs01");
        var earlier = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));

        var draft = await DraftAsync("gripStrength", "握力");
        Refused(await VerbAsync(Staff.Pin, "approve", draft, "--by", "pg01"), "还没有送批");
        Assert.Equal(0, (await VerbAsync(null, "check", draft)).Exit);
        await changing.Staff.AtAsync("hangzhou", "gl01");
        Assert.Equal(0, (await VerbAsync(Staff.Pin, "submit", draft, "--by", "gl01")).Exit);
        Refused(await VerbAsync(Staff.Pin, "approve", draft, "--by", "gl01"), "起草人不能批准");
        Refused(await VerbAsync("000111", "approve", draft, "--by", "pg01"), "PIN");
        Refused(await VerbAsync(null, "approve", draft, "--by", "pg01"), "PIN");
        Assert.False(await NewVisitShowsAsync("握力"));
        Assert.Equal(0, (await VerbAsync(Staff.Pin, "approve", draft, "--by", "pg01", "--note", "增加项目")).Exit);

        Assert.True(await NewVisitShowsAsync("握力"));
        Assert.False((await nurse.GetAsync($"/visits/{earlier}/steps/general-check")).Has("握力"));
        Assert.Equal(302, (await nurse.PostStepAsync(earlier, "general-check", Visiting.GeneralCheck())).Status);

        var back = IdOf(await VerbAsync(Staff.Pin, "rollback", draft, "--by", "gl01", "--reason", "不再需要"));
        Assert.Equal(0, (await VerbAsync(Staff.Pin, "submit", back, "--by", "gl01")).Exit);
        Refused(await VerbAsync(Staff.Pin, "approve", back, "--by", "hs01"), "forms.approve");
        Assert.Equal(0, (await VerbAsync(Staff.Pin, "approve", back, "--by", "pg01")).Exit);
        Assert.False(await NewVisitShowsAsync("握力"));
        var again = IdOf(await VerbAsync(Staff.Pin, "rollback", back, "--by", "gl01", "--reason", "还是需要"));
        Assert.Equal(0, (await VerbAsync(Staff.Pin, "submit", again, "--by", "gl01")).Exit);
        Assert.Contains("第 2 版", (await VerbAsync(Staff.Pin, "approve", again, "--by", "pg01")).Output, StringComparison.Ordinal);
        Assert.True(await NewVisitShowsAsync("握力"));
    }

    [Fact]
    public async Task Given_a_form_that_comes_into_force_later_When_approved_Then_it_is_not_in_force_yet()
    {
        await changing.Staff.AtAsync("hangzhou", "pg01");
        var draft = await DraftAsync("futureField", "将来项目", from: "2099-01-01T00:00+08:00");
        Assert.Equal(0, (await VerbAsync(null, "check", draft)).Exit);
        Assert.Equal(0, (await VerbAsync(Staff.Pin, "submit", draft, "--by", "gl01")).Exit);

        var (exit, output, _) = await VerbAsync(Staff.Pin, "approve", draft, "--by", "pg01");

        Assert.Equal((0, true), (exit, output.Contains("2098-12-31", StringComparison.Ordinal) || output.Contains("2099-01-01", StringComparison.Ordinal)));
        Assert.False(await NewVisitShowsAsync("将来项目"));
        Assert.DoesNotContain("futureField", (await changing.Server.VerbAsync(["rules", "facts", "--station", "hangzhou", "--json"])).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("general-check.form.json", "{ \"code\": ", "general-check.form.json")]
    [InlineData("general-check.txt", "{}", ".form.json")]
    [InlineData("nowhere.form.json", null, "nowhere.form.json")]
    public async Task Given_a_file_that_is_no_document_When_drafted_Then_it_says_what_is_wrong_and_stores_nothing(string name, string? content, string words)
    {
        var before = await DocumentsAsync();
        var file = changing.Configuration.PathOf(name);
        if (content is not null) await File.WriteAllTextAsync(file, content);

        Refused(await changing.Server.VerbAsync(["changes", "new", "hangzhou", file, "--title", "试验", "--reason", "试验", "--by", "gl01"]), words);

        Assert.Equal(before, await DocumentsAsync());
    }

    [Fact]
    public async Task Given_a_draft_with_a_wrong_field_When_checked_Then_file_path_and_remedy_are_named_and_it_stays_a_draft()
    {
        var draft = await DraftAsync("ageOfShoe", "鞋龄", "numbers");

        var found = await VerbAsync(null, "check", draft);

        Assert.Equal(1, found.Exit);
        Assert.Matches(@"general-check\.form\.json \$\.sections\[\d+\]\.fields\[\d+\]\.type", found.Output);
        Assert.Equal("Draft", (await new Database(changing.Server, "hangzhou").RowsAsync($"SELECT \"State\" FROM changes WHERE lower(CAST(\"Id\" AS text)) = '{draft}'"))[0][0]);
        Refused(await VerbAsync(Staff.Pin, "submit", draft, "--by", "gl01"), "general-check.form.json");
    }

    [Fact]
    public async Task Given_changed_files_When_started_again_Then_the_difference_is_reported_planned_and_only_applied_when_asked()
    {
        var settings = new Database(changing.Server, "shaoxing");
        changing.Configuration.EditRecipe("shaoxing", steps => TenantConfigCopy.Step(steps, "settings")["Station"]!["stationPhone"] = "0575-5550 9009");
        await changing.Server.StopAsync();
        await changing.Server.StartAsync();
        Assert.Contains("shaoxing 的配置文件与已生效的配置不同", changing.Server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hangzhou 的配置文件与已生效的配置不同", changing.Server.Output, StringComparison.Ordinal);

        var plan = await changing.Server.VerbAsync(["recipe", "plan", "shaoxing"]);
        Assert.Contains("$.Values.stationPhone: \"0575-5550 2002\" → \"0575-5550 9009\"", plan.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(await InForceAsync(), s => s.Contains("9009", StringComparison.Ordinal));

        await changing.Staff.AtAsync("shaoxing", "gl01");
        await changing.Staff.AtAsync("shaoxing", "pz01");
        var apply = await changing.Server.VerbAsync(["recipe", "apply", "shaoxing", "--by", "gl01"], Staff.Pin);
        Assert.Equal((0, "起草人 PIN："), (apply.Exit, apply.Error));
        Assert.DoesNotContain(await InForceAsync(), s => s.Contains("9009", StringComparison.Ordinal));
        Assert.Equal(0, (await changing.Server.VerbAsync(["changes", "submit", "shaoxing", IdOf(apply), "--by", "gl01"], Staff.Pin)).Exit);
        Assert.Equal(0, (await changing.Server.VerbAsync(["changes", "approve", "shaoxing", IdOf(apply), "--by", "pz01"], Staff.Pin)).Exit);
        Assert.Contains(await InForceAsync(), s => s.Contains("9009", StringComparison.Ordinal));
        Assert.Contains("没有变化", (await changing.Server.VerbAsync(["recipe", "plan", "shaoxing"])).Output, StringComparison.Ordinal);

        async Task<IEnumerable<string>> InForceAsync() => (await settings.RowsAsync("""SELECT "Json" FROM documents WHERE "Kind" = 'settings'""")).Select(r => r[0]!);
    }

    public static TheoryData<string, string, string> BadRecipes => new()
    {
        { """{ "name": "Station.Formz" }""", "Station.Formz", "Station.Forms" },
        { """{ "name": "feature", "enable": [ "signing.telepathic" ] }""", "signing.telepathic", "signing.electronic" },
        { """{ "name": "Roles", "Roles": [ { "Name": "receptionist", "Description": "登记员", "Permissions": [ "collection.everything" ] } ] }""", "collection.everything", "collection.register" },
        { """{ "name": "Roles", "Roles": [ { "Name": "receptionist" } ] }""", "steps[", "Description" },
        { """{ "name": "Roles", "Roles": "receptionist" }""", "steps[", "Roles" },
        { """{ "name": "Station.Forms", "Files": [ { "SourcePath": "../Default/forms/*.form.json" } ] }""", "../Default/forms", "自己文件夹" },
        { """{ "name": "Station.Forms", "Files": [ { "SourcePath": "forms/none.form.json" } ] }""", "forms/none.form.json", "不存在" },
        { """{ "name": "Station.RulePacks", "Library": [ "../tenant-config/hangzhou/rule-packs/hangzhou" ] }""", "../tenant-config", "没有" },
        { """{ "name": "settings", "SiteName": "[file:text('../tenants.json')]" }""", "../tenants.json", "自己文件夹" },
        { """{ "name": "settings", "SiteName": "[js:configuration('ConnectionStrings:Store')]" }""", "ConnectionStrings:Store", "Station:" },
        { """{ "name": "settings", "SiteName": "[js:process('x')]" }""", "process", "不支持的脚本" },
        { """{ "name": "settings", "Colour": "red" }""", "Colour", "SiteName" },
        { """{ "name": "settings", "TimeZoneId": "Mars/Olympus" }""", "TimeZoneId", "时区" },
        { """{ "name": "settings", "TimeZoneId": 8 }""", "TimeZoneId", "文字" },
    };

    [Theory]
    [MemberData(nameof(BadRecipes))]
    public async Task Given_a_recipe_with_a_wrong_step_When_applied_Then_file_place_and_remedy_are_named_and_nothing_is_applied(string step, string place, string remedy)
    {
        var good = changing.Configuration.Read("hangzhou", "hangzhou.recipe.json");
        var before = await DocumentsAsync();
        changing.Configuration.EditRecipe("hangzhou", steps =>
        {
            TenantConfigCopy.Step(steps, "settings")["SiteName"] = "不应生效";
            steps.Add(JsonNode.Parse(step));
        });
        try
        {
            var refused = await changing.Server.VerbAsync(["recipe", "apply", "hangzhou"]);

            Refused(refused, place);
            Assert.Contains(remedy, refused.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
            Assert.Equal(before, await DocumentsAsync());
        }
        finally
        {
            changing.Configuration.Write(good, "hangzhou", "hangzhou.recipe.json");
        }
    }

    [Fact]
    public async Task Given_a_recipe_that_is_no_json_When_planned_Then_the_file_and_the_line_are_named()
    {
        var good = changing.Configuration.Read("hangzhou", "hangzhou.recipe.json");
        changing.Configuration.Write(good[..^20], "hangzhou", "hangzhou.recipe.json");
        var refused = await changing.Server.VerbAsync(["recipe", "plan", "hangzhou"]);
        changing.Configuration.Write(good, "hangzhou", "hangzhou.recipe.json");

        Refused(refused, "hangzhou.recipe.json");
        Assert.Contains("LineNumber", refused.Error, StringComparison.Ordinal);
    }

    private async Task<string> DraftAsync(string code, string label, string type = "number", string? from = null)
    {
        var form = JsonNode.Parse(changing.Configuration.Read("Default", "forms", "general-check.form.json"))!;
        form["sections"]!.AsArray()[^1]!["fields"]!.AsArray().Add(JsonNode.Parse($$"""{ "code": "{{code}}", "type": "{{type}}", "label": "{{label}}", "labelEn": "Extra", "unit": "kg", "min": 1, "max": 120 }"""));
        var file = changing.Configuration.PathOf(Guid.NewGuid().ToString("N"), "general-check.form.json");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, form.ToJsonString());
        await changing.Staff.AtAsync("hangzhou", "gl01");
        var drafted = await changing.Server.VerbAsync(["changes", "new", "hangzhou", file, "--title", label, "--reason", "试验", "--by", "gl01", .. from is null ? Array.Empty<string>() : ["--from", from]], Staff.Pin);
        Assert.Equal((0, "起草人 PIN："), (drafted.Exit, drafted.Error));
        return IdOf(drafted);
    }

    private static string IdOf((int Exit, string Output, string Error) verb)
    {
        Assert.True(verb.Exit == 0, verb.Output + verb.Error);
        return Regex.Match(verb.Output, "[0-9a-f]{8}-[0-9a-f-]{27}").Value;
    }

    private Task<(int Exit, string Output, string Error)> VerbAsync(string? input, string what, string id, params string[] rest) =>
        changing.Server.VerbAsync(["changes", what, "hangzhou", id, .. rest], input);

    private async Task<bool> NewVisitShowsAsync(string label)
    {
        var nurse = await changing.Staff.AtAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        return (await nurse.GetAsync($"/visits/{visit}/steps/general-check")).Has(label);
    }

    private async Task<long> DocumentsAsync() => await new Database(changing.Server, "hangzhou").CountAsync("documents");

    private static void Refused((int Exit, string Output, string Error) verb, string words)
    {
        Assert.True(verb.Exit == 2, $"exit {verb.Exit}\n{verb.Output}\n{verb.Error}");
        Assert.Contains(words, verb.Error, StringComparison.Ordinal);
    }
}
