using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>The change on its pages: one road, whoever goes it and from wherever.</summary>
public sealed class ChangePagesTests(ChangingServer changing) : IClassFixture<ChangingServer>
{
    private const string Station = "hangzhou";

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_one_edit_by_page_by_verb_and_by_recipe_When_their_rows_are_compared_Then_they_differ_in_ids_instants_and_entry_alone()
    {
        var manager = await changing.Staff.AtAsync("shaoxing", "gl01");
        var good = changing.Configuration.Read("shaoxing", "shaoxing.recipe.json");
        var (title, reason) = ($"配方 shaoxing {JsonNode.Parse(good)!["version"]}", "执行配方");
        Assert.Equal(302, (await manager.SaveStationAsync(title, reason, ("stationPhone", "0575-5550 7777"))).Status);
        var page = await manager.OpenChangeAsync();
        await manager.DoneAsync(page, "check");
        var database = new Database(changing.Server, "shaoxing");
        var text = (await database.RowsAsync("""SELECT "Text" FROM change_texts WHERE "Text" LIKE '%7777%'"""))[0][0]!;
        var folder = Directory.CreateTempSubdirectory("settings-");
        var file = Path.Combine(folder.FullName, "station.settings.json");
        await File.WriteAllTextAsync(file, text);
        var verb = IdOf(await changing.Server.VerbAsync(["changes", "new", "shaoxing", file, "--title", title, "--reason", reason, "--by", "gl01"], Staff.Pin));
        await changing.Server.VerbAsync(["changes", "check", "shaoxing", verb]);
        changing.Configuration.EditRecipe("shaoxing", steps => TenantConfigCopy.Step(steps, "settings")["Station"]!["stationPhone"] = "0575-5550 7777");
        var recipe = IdOf(await changing.Server.VerbAsync(["recipe", "apply", "shaoxing", "--by", "gl01"], Staff.Pin));
        changing.Configuration.Write(good, "shaoxing", "shaoxing.recipe.json");
        folder.Delete(recursive: true);

        var rows = new List<string>();
        foreach (var id in new[] { page, verb, recipe })
            rows.Add(string.Join('\n', (await database.RowsAsync($"""
                SELECT c."Title", c."AuthorId", c."AuthorName", c."AuthorAccount", c."State", c."Revision", c."InForceFrom", c."TakesBack", r."Number", r."Act", r."BodyJson", r."What", r."PersonId", r."PersonName", r."PersonToken", k."FindingsJson"
                FROM changes c JOIN change_revisions r ON r."ChangeId" = c."Id" JOIN change_checks k ON k."ChangeId" = c."Id" WHERE lower(CAST(c."Id" AS text)) = '{id}'
                """)).Select(r => string.Join('|', r))));
        Assert.NotEmpty(rows[0]);
        Assert.Equal([rows[0], rows[0]], rows[1..]);
        Assert.Equal(["page", "verb", "recipe"], (await database.RowsAsync($"""SELECT "Entry" FROM changes WHERE lower(CAST("Id" AS text)) IN ('{page}', '{verb}', '{recipe}') ORDER BY "Number" """)).Select(r => r[0]));
        Assert.DoesNotContain(await database.RowsAsync("""SELECT "Json" FROM documents"""), r => r[0]!.Contains("7777", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_an_edit_When_undone_redone_and_saved_over_a_revision_somebody_else_has_made_Then_no_byte_is_lost_and_the_late_save_is_refused()
    {
        var (one, other) = (await changing.Staff.AtAsync(Station, "gl01"), await changing.Staff.SignInAsync(Station, "gl01"));
        Assert.Equal(302, (await one.SaveStationAsync("改页脚", "试验", ("slipFooter", "甲"))).Status);
        var change = await one.OpenChangeAsync();
        Assert.Equal(302, (await one.SaveStationAsync("", "", ("slipFooter", "乙"))).Status);
        Assert.Equal(302, (await one.SaveStationAsync("", "", ("slipFooter", "丙"))).Status);
        var (before, stale) = (await BodyAsync(change, 2), await other.GetAsync("/config/station"));

        await other.DoneAsync(change, "undo");
        Assert.Equal(before, await BodyAsync(change, 4));
        Assert.True((await one.GetAsync("/config/station")).Has("value=\"乙\""));
        await one.DoneAsync(change, "undo");
        await one.DoneAsync(change, "redo");
        await one.DoneAsync(change, "redo");
        Assert.True((await other.GetAsync("/config/station")).Has("value=\"丙\""));
        Assert.Equal(await BodyAsync(change, 3), await BodyAsync(change, 7));

        var late = await other.PostAsync("/config/station", new Dictionary<string, string> { ["f-slipFooter"] = "丁", ["_change"] = change, ["_revision"] = ChangePosting.Value(stale, "_revision") });
        Assert.True(late.Status == 422 && late.Has("您看到的是第 3 次修改") && late.Has("value=\"丁\""), Visiting.Words(late));
        Assert.Equal(7, (await new Database(changing.Server, Station).RowsAsync($"SELECT 1 FROM change_revisions WHERE lower(CAST(\"ChangeId\" AS text)) = '{change}'")).Count);
        await one.DoneAsync(change, "withdraw", ("reason", "试验"));
    }

    [Fact]
    public async Task Given_two_managers_on_one_document_When_one_is_in_force_first_Then_other_elements_merge_and_the_same_one_is_shown_with_both_values()
    {
        var (first, second, approver) = (await changing.Staff.AtAsync(Station, "gl01"), await changing.Staff.AtAsync(Station, "gl02"), await changing.Staff.AtAsync(Station, "pz01"));
        Assert.Equal(302, (await second.SaveStationAsync("科室和电话", "试验", ("department", "献血服务二科"), ("stationPhone", "0571-5550 2222"))).Status);
        var late = await second.OpenChangeAsync();
        Assert.Equal(302, (await first.SaveStationAsync("电话", "试验", ("stationPhone", "0571-5550 1111"))).Status);
        var early = await first.OpenChangeAsync();
        await first.DoneAsync(early, "submit");
        await approver.DoneAsync(early, "approve", ("pin", Staff.Pin));

        await second.RefusedAsync(late, "submit", "另一份变更单已经改了这份文档");
        var shown = await second.ActAsync(late, "merge");
        Assert.True(shown.Status == 422 && shown.Has("0571-5550 1111") && shown.Has("0571-5550 2222"), Visiting.Words(shown));
        Assert.Single(Regex.Matches(shown.Body, "data-conflict"));
        var side = Regex.Match(System.Net.WebUtility.HtmlDecode(shown.Body), "name=\"(side-[^\"]+)\"").Groups[1].Value;
        await second.DoneAsync(late, "merge", (side, "theirs"));
        await second.DoneAsync(late, "submit");
        await approver.DoneAsync(late, "approve", ("pin", Staff.Pin));

        var now = await first.GetAsync("/config/station");
        Assert.True(now.Has("value=\"献血服务二科\"") && now.Has("value=\"0571-5550 1111\""), Visiting.Words(now));
        Assert.Contains("献血服务二科", (await changing.Server.VerbAsync(["changes", "show", Station, late])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_script_and_wrong_values_When_typed_Then_they_are_refused_beside_the_field_or_shown_as_text()
    {
        var manager = await changing.Staff.AtAsync("shaoxing", "gl02");
        var wrong = await manager.SaveStationAsync("试", "试", ("stationPhone", "请打电话"), ("SiteName", ""), ("donationNumberPattern", "x"));
        Assert.True(wrong.Status == 422 && wrong.Has("不像电话号码") && wrong.Has("必填，请填写") && wrong.Has("有 3 处需要改正"), Visiting.Words(wrong));

        Assert.Equal(302, (await manager.SaveStationAsync("<script>alert(1)</script>", "试验", ("slipFooter", "<script>alert(2)</script>"))).Status);
        foreach (var path in new[] { "/config/station", "/config/changes", "/config/changes/" + await manager.OpenChangeAsync(), "/config" })
        {
            var page = await manager.GetAsync(path);
            Assert.Equal(200, page.Status);
            Assert.DoesNotContain("<script>alert", page.Body, StringComparison.Ordinal);
        }
        await manager.DoneAsync(await manager.OpenChangeAsync(), "withdraw", ("reason", "试验"));
    }

    [Fact]
    public async Task Given_a_change_with_another_footer_When_its_slip_is_previewed_Then_the_paper_shows_it_and_the_one_in_force_does_not()
    {
        var manager = await changing.Staff.AtAsync("shaoxing", "gl01");
        Assert.Equal(302, (await manager.SaveStationAsync("页脚", "试验", ("slipFooter", "预览里的页脚"))).Status);
        var change = await manager.OpenChangeAsync();

        var (drafted, now) = (await manager.GetAsync($"/config/papers/deferral-slip.pdf?change={change}"), await manager.GetAsync("/config/papers/deferral-slip.pdf"));
        var picture = await manager.GetAsync($"/config/papers/deferral-slip.png?change={change}");

        Assert.Contains("预览里的页脚", PdfText.Of(drafted.Bytes), StringComparison.Ordinal);
        Assert.DoesNotContain("预览里的页脚", PdfText.Of(now.Bytes), StringComparison.Ordinal);
        Assert.Equal((200, "PNG"), (picture.Status, System.Text.Encoding.ASCII.GetString(picture.Bytes, 1, 3)));
        Assert.Equal(404, (await manager.GetAsync("/config/papers/secret.pdf")).Status);
        await manager.DoneAsync(change, "withdraw", ("reason", "试验"));
    }

    [Fact]
    public async Task Given_nobody_with_the_right_When_pages_are_asked_for_or_posted_Then_refused_and_nothing_is_written()
    {
        var nurse = await changing.Staff.AtAsync(Station, "hs01");
        var before = await new Database(changing.Server, Station).CountAsync("changes");

        Assert.Equal(403, (await nurse.GetAsync("/config")).Status);
        Assert.Equal(403, (await nurse.GetAsync("/config/station")).Status);
        Assert.Equal(403, (await nurse.PostAsync("/config/station", ("f-stationPhone", "0571-5550 9999"), ("reason", "试验"))).Status);
        var approver = await changing.Staff.AtAsync(Station, "pz01");
        var answer = await approver.PostAsync("/config/station", ("f-stationPhone", "0571-5550 9999"), ("reason", "试验"));
        Assert.True(answer.Status == 422 && answer.Has("settings.draft"), Visiting.Words(answer));
        Assert.Equal(before, await new Database(changing.Server, Station).CountAsync("changes"));
    }

    private async Task<string> BodyAsync(string change, int number) =>
        (await new Database(changing.Server, Station).RowsAsync($"SELECT \"BodyJson\" FROM change_revisions WHERE \"Number\" = {number} AND lower(CAST(\"ChangeId\" AS text)) = '{change}'"))[0][0]!;

    private static string IdOf((int Exit, string Output, string Error) verb)
    {
        Assert.True(verb.Exit == 0, verb.Output + verb.Error);
        return Regex.Match(verb.Output, "[0-9a-f]{8}-[0-9a-f-]{27}").Value;
    }
}
