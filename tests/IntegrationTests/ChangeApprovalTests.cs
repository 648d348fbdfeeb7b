using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Nothing is in force but what somebody else has approved as it stands; folders and rows that say otherwise are refused in words.</summary>
public sealed class ChangeApprovalTests(ChangingServer changing) : IClassFixture<ChangingServer>
{
    private const string Station = "hangzhou";

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_a_submitted_change_When_it_is_edited_once_more_Then_it_goes_back_and_the_approval_seen_before_counts_for_nothing()
    {
        var (manager, approver) = (await changing.Staff.AtAsync(Station, "gl01"), await changing.Staff.AtAsync(Station, "zl01"));
        Assert.Equal(302, (await manager.SaveStationAsync("电话", "换号", ("stationPhone", "0571-5550 3001"))).Status);
        var change = await manager.OpenChangeAsync();
        await manager.DoneAsync(change, "submit");
        var seen = await approver.GetAsync("/config/changes/" + change);
        Assert.True(seen.Has("0571-5550 3001") && seen.Has("联系电话"), Visiting.Words(seen));

        Assert.Equal(302, (await manager.SaveStationAsync("", "", ("stationPhone", "0571-5550 3002"))).Status);
        await approver.RefusedAsync(change, "approve", "还没有送批", ("pin", Staff.Pin));
        await manager.DoneAsync(change, "submit");
        var late = await approver.PostAsync("/config/changes/" + change, ("_act", "approve"), ("_set", ChangePosting.Value(seen, "_set")), ("pin", Staff.Pin));
        Assert.True(late.Status == 422 && late.Has("没有批准：您看到之后"), Visiting.Words(late));
        await approver.RefusedAsync(change, "approve", "PIN", ("pin", "000111"));
        await manager.RefusedAsync(change, "approve", "起草人不能批准", ("pin", Staff.Pin));
        await (await changing.Staff.AtAsync(Station, "yx01")).RefusedAsync(change, "approve", "settings.approve", ("pin", Staff.Pin));
        await approver.DoneAsync(change, "approve", ("pin", Staff.Pin), ("note", "同意"));

        Assert.Equal("0571-5550 3002", Phone((await InForceAsync())));
        await manager.DoneAsync(change, "take-back", ("reason", "号码错了"));
        var back = await manager.OpenChangeAsync();
        await manager.DoneAsync(back, "submit");
        await approver.DoneAsync(back, "approve", ("pin", Staff.Pin));
        Assert.NotEqual("0571-5550 3002", Phone(await InForceAsync()));
        Assert.True((await manager.GetAsync("/config/changes/" + change)).Has("已收回"));
    }

    [Fact]
    public async Task Given_rules_and_a_form_in_one_change_When_one_of_two_rights_has_approved_Then_it_waits_and_is_in_force_with_the_second()
    {
        foreach (var account in new[] { "gl01", "yx01", "zl01" }) await changing.Staff.AtAsync(Station, account);
        var form = JsonNode.Parse(changing.Configuration.Read("Default", "forms", "reaction-follow-up.form.json"))!;
        form["title"] = "随访（改）";
        var folder = NewFolder();
        var files = new[] { Path.Combine(folder, "reaction-follow-up.form.json"), Path.Combine(folder, "station.settings.json") };
        await File.WriteAllTextAsync(files[0], form.ToJsonString());
        await File.WriteAllTextAsync(files[1], (await InForceAsync()).Replace("0571-5550", "0571-5551", StringComparison.Ordinal));
        var change = IdOf(await VerbAsync(Staff.Pin, "new", files[0], files[1], "--title", "两类", "--reason", "试验", "--by", "gl01"));
        IdOf(await VerbAsync(Staff.Pin, "submit", change, "--by", "gl01"), id: false);

        var first = await VerbAsync(Staff.Pin, "approve", change, "--by", "yx01");
        Assert.True(first.Exit == 0 && first.Output.Contains("settings.approve", StringComparison.Ordinal), first.Output + first.Error);
        Assert.DoesNotContain("0571-5551", await InForceAsync(), StringComparison.Ordinal);
        var second = await VerbAsync(Staff.Pin, "approve", change, "--by", "zl01");

        Assert.True(second.Exit == 0 && second.Output.Contains("reaction-follow-up 第 1 版", StringComparison.Ordinal), second.Output + second.Error);
        Assert.Contains("0571-5551", await InForceAsync(), StringComparison.Ordinal);
        var verify = await changing.Server.VerbAsync(["verify", Station]);
        Assert.Contains("配置文档", verify.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("不符 配置文档", verify.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_document_and_its_approval_written_into_the_database_When_read_Then_it_is_not_in_force_and_an_alarm_is_raised()
    {
        const string shaoxing = "shaoxing";
        var database = new Database(changing.Server, shaoxing);
        var (id, forged) = (Guid.NewGuid().ToString().ToUpperInvariant(), """{"SiteName":"伪造站"}""");
        var nurse = await changing.Staff.AtAsync(shaoxing, "hs01");
        await database.ExecuteAsync($"""
            INSERT INTO documents ("Id", "Kind", "Name", "Layer", "Version", "Hash", "Json", "State", "EffectiveFrom", "Author", "Approver", "CreatedAt")
            VALUES ('{id}', 'settings', 'station', 'Station', 99, '{Platform.Publishing.Publisher.HashOf(forged)}', '{forged}', 'Approved', 1, 'gl01', 'pz01', 1)
            """);
        await database.ExecuteAsync($"""
            INSERT INTO change_approvals ("Id", "ChangeId", "StatementJson", "Rights", "PersonId", "PersonName", "At")
            SELECT '{Guid.NewGuid().ToString().ToUpperInvariant()}', "ChangeId", replace("StatementJson", 'zzz', ''), "Rights", "PersonId", "PersonName", "At" FROM change_approvals LIMIT 1
            """);
        await database.ExecuteAsync("""UPDATE configuration_revision SET "Revision" = "Revision" + 1""");

        var manager = await changing.Staff.AtAsync(shaoxing, "gl01");
        var page = await manager.GetAsync("/config");
        Assert.True(page.Status == 200 && page.Has("没有有效的批准") && !page.Has("伪造站"), Visiting.Words(page));
        var verify = await changing.Server.VerbAsync(["verify", shaoxing]);
        Assert.Equal(1, verify.Exit);
        Assert.Contains("没有有效的批准", verify.Output, StringComparison.Ordinal);
        Assert.Contains("变更单的批准", verify.Output, StringComparison.Ordinal);

        await database.ExecuteAsync("""UPDATE documents SET "Json" = replace("Json", '0575-5550', '0575-6660') WHERE "Kind" = 'settings' AND "Version" < 99""");
        await database.ExecuteAsync("""UPDATE configuration_revision SET "Revision" = "Revision" + 1""");
        var refused = await nurse.PostAsync("/registration", new Dictionary<string, string>(Visiting.Registration(Visiting.NewIdNumber())) { ["_operation"] = Guid.NewGuid().ToString(), ["_revision"] = "0" });
        Assert.True(refused.Status == 500 && refused.Has("已被改动或损坏"), Visiting.Words(refused));
        Assert.Contains("与批准的内容不符", (await changing.Server.VerbAsync(["verify", shaoxing])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_change_When_exported_and_imported_Then_it_is_the_same_change()
    {
        foreach (var account in new[] { "gl01", "gl02" }) await changing.Staff.AtAsync(Station, account);
        var file = Path.Combine(NewFolder(), "reaction-follow-up.form.json");
        await File.WriteAllTextAsync(file, changing.Configuration.Read("Default", "forms", "reaction-follow-up.form.json"));
        var change = IdOf(await VerbAsync(Staff.Pin, "new", file, "--title", "导出", "--reason", "试验", "--by", "gl01", "--from", "2099-01-01T00:00:00+08:00"));
        var folder = Path.Combine(NewFolder(), "out");

        IdOf(await VerbAsync(null, "export", change, folder), id: false);
        Refused(await VerbAsync(null, "export", change, folder), "不是空的");
        var again = IdOf(await VerbAsync(Staff.Pin, "import", folder, "--by", "gl02"));

        var database = new Database(changing.Server, Station);
        var bodies = await database.RowsAsync($"SELECT DISTINCT \"BodyJson\" FROM change_revisions WHERE lower(CAST(\"ChangeId\" AS text)) IN ('{change}', '{again}')");
        Assert.Single(bodies);
    }

    [Fact]
    public async Task Given_a_recipe_that_gives_a_role_more_rights_When_applied_to_a_tenant_that_runs_Then_a_second_person_has_to_approve_and_no_author_can()
    {
        foreach (var account in new[] { "gl01", "gl02", "zl01" }) await changing.Staff.AtAsync(Station, account);
        var good = changing.Configuration.Read(Station, Station + ".recipe.json");
        changing.Configuration.EditRecipe(Station, steps => TenantConfigCopy.Step(steps, "Roles")["Roles"]!.AsArray().Single(r => r!["Name"]!.GetValue<string>() == "recruiter")!["Permissions"]!.AsArray().Add("rules.approve"));
        try
        {
            Task<(int Exit, string Output, string Error)> ApplyAsync(string input, params string[] who) => changing.Server.VerbAsync(["recipe", "apply", Station, .. who], input);

            Refused(await ApplyAsync(""), "--by");
            Refused(await ApplyAsync(Staff.Pin, "--by", "gl01"), "--second");
            Refused(await ApplyAsync($"{Staff.Pin}\n{Staff.Pin}\n", "--by", "gl01", "--second", "gl01"), "另一人");
            Refused(await ApplyAsync($"{Staff.Pin}\n{Staff.Pin}\n", "--by", "gl01", "--second", "gl02"), "roles.approve");
            Assert.DoesNotContain(await PermissionsAsync(), p => p == "rules.approve");
            IdOf(await ApplyAsync($"{Staff.Pin}\n{Staff.Pin}\n", "--by", "gl01", "--second", "zl01"), id: false);
            Assert.Contains(await PermissionsAsync(), p => p == "rules.approve");
        }
        finally
        {
            changing.Configuration.Write(good, Station, Station + ".recipe.json");
        }

        async Task<IEnumerable<string?>> PermissionsAsync() =>
            (await new Database(changing.Server, Station).RowsAsync("""SELECT p."ClaimValue" FROM role_permissions p JOIN roles r ON r."Id" = p."RoleId" WHERE r."Name" = 'recruiter'""")).Select(r => r[0]);
    }

    public static TheoryData<string, string, string> HostileFolders => new()
    {
        { "path", """{ "name": "Station.Forms", "Files": [ { "SourcePath": "../../etc/passwd.form.json" } ] }""", "自己文件夹" },
        { "absolute path", """{ "name": "Station.Forms", "Files": [ { "SourcePath": "/etc/hostname.form.json" } ] }""", "自己文件夹" },
        { "link", """{ "name": "Station.Forms", "Files": [ { "SourcePath": "link.form.json" } ] }""", "链接" },
        { "10 MB", """{ "name": "Station.Forms", "Files": [ { "SourcePath": "big.form.json" } ] }""", "MB" },
        { "layer", """{ "name": "Station.RulePacks", "Files": [ { "SourcePath": "own.rules.json" } ] }""", "$.layer" },
        { "roles", """{ "name": "Roles", "Roles": [ { "Name": "x" } ] }""", "不能有步骤 Roles" },
        { "accounts", """{ "name": "Users", "Users": [] }""", "不能有步骤 Users" },
        { "no list", """{ "name": "Station.Forms", "Files": "x" }""", "列表" },
    };

    [Theory]
    [MemberData(nameof(HostileFolders))]
    public async Task Given_a_hostile_folder_When_imported_Then_it_is_refused_in_words_and_nothing_is_written(string what, string step, string words)
    {
        Assert.NotEmpty(what);
        await changing.Staff.AtAsync(Station, "gl01");
        var folder = NewFolder();
        await File.WriteAllTextAsync(Path.Combine(folder, "x.recipe.json"), $$"""{ "name": "x", "displayName": "敌", "description": "试验", "steps": [ {{step}} ] }""");
        await File.WriteAllTextAsync(Path.Combine(folder, "own.rules.json"), """{ "id": "own", "layer": "national" }""");
        await File.WriteAllTextAsync(Path.Combine(folder, "big.form.json"), "\"" + new string('x', 10_000_000) + "\"");
        File.CreateSymbolicLink(Path.Combine(folder, "link.form.json"), "/etc/hostname");
        var before = await new Database(changing.Server, Station).CountAsync("changes");

        Refused(await VerbAsync(Staff.Pin, "import", folder, "--by", "gl01"), words);

        Assert.Equal(before, await new Database(changing.Server, Station).CountAsync("changes"));
    }

    private async Task<string> InForceAsync() => (await new Database(changing.Server, Station).RowsAsync("""SELECT "Json" FROM documents WHERE "Kind" = 'settings' ORDER BY "Version" DESC"""))[0][0]!;

    private static string Phone(string json) => JsonNode.Parse(json)!["Values"]!["stationPhone"]!.GetValue<string>();

    private string NewFolder() => Directory.CreateDirectory(changing.Configuration.PathOf("drafts", Guid.NewGuid().ToString("N"))).FullName;

    private Task<(int Exit, string Output, string Error)> VerbAsync(string? input, string what, params string[] rest) => changing.Server.VerbAsync(["changes", what, Station, .. rest], input);

    private static string IdOf((int Exit, string Output, string Error) verb, bool id = true)
    {
        Assert.True(verb.Exit == 0, verb.Output + verb.Error);
        return id ? Regex.Match(verb.Output, "[0-9a-f]{8}-[0-9a-f-]{27}").Value : "";
    }

    private static void Refused((int Exit, string Output, string Error) verb, string words)
    {
        Assert.True(verb.Exit == 2 && verb.Error.Contains(words, StringComparison.Ordinal) && !verb.Error.Contains("   at ", StringComparison.Ordinal), $"{verb.Exit} {verb.Output} {verb.Error}");
    }
}
