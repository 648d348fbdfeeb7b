using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Who may sign in and with which rights: by a station's administrators on a page, and from the shell, by the same rules.</summary>
[Trait("Store", "postgres")]
public sealed class PeopleTests : IAsyncLifetime
{
    private readonly TenantConfigCopy _configuration = new();
    private ProductHost _server = null!;
    private Staff _staff = null!;

    public async Task InitializeAsync()
    {
        _configuration.EditRecipe("hangzhou", steps =>
        {
            var users = TenantConfigCopy.Step(steps, "Users")["Users"]!.AsArray();
            users.Add(System.Text.Json.Nodes.JsonNode.Parse("""{ "UserName": "gl02", "FullName": "站点管理员乙", "RoleNames": [ "station-administrator" ] }"""));
            for (var i = 10; i < 40; i++) users.Add(System.Text.Json.Nodes.JsonNode.Parse($$"""{ "UserName": "zz{{i}}", "FullName": "库管演示{{i}}", "RoleNames": [ "stock-keeper" ] }"""));
        });
        _server = await ProductHost.RunningAsync(_configuration.Folder);
        _staff = new Staff(_server);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _configuration.Dispose();
    }

    [Fact]
    public async Task Given_a_station_without_administrators_When_the_shell_adds_the_first_two_Then_it_says_first_set_up_and_afterwards_gives_no_right_alone()
    {
        var (first, second) = (await AddedAsync("shaoxing", "adm1", "station-administrator"), await AddedAsync("shaoxing", "adm2", "station-administrator"));
        Assert.Equal("2", (await AuditAsync("shaoxing", "\"Reason\" LIKE '首次装机%'"))[0][0]);
        var page = await FinishedAsync("shaoxing", "adm1", first);
        await FinishedAsync("shaoxing", "adm2", second);
        Assert.Equal(200, (await page.GetAsync("/config/people")).Status);

        var alone = await _server.VerbAsync(["people", "role", "shaoxing", "jd01", "--add", "examiner"]);
        var wrong = await _server.VerbAsync(["people", "role", "shaoxing", "jd01", "--add", "examiner", "--by", "adm1", "--second", "adm2"], Staff.Pin + "\n864209");
        var same = await _server.VerbAsync(["people", "role", "shaoxing", "jd01", "--add", "examiner", "--by", "adm1", "--second", "adm1"], Staff.Pin + "\n" + Staff.Pin);
        var both = await _server.VerbAsync(["people", "role", "shaoxing", "jd01", "--add", "examiner", "--by", "adm1", "--second", "adm2"], Staff.Pin + "\n" + Staff.Pin);

        Assert.True(alone.Exit == 2 && alone.Error.Contains("--second", StringComparison.Ordinal), alone.Error);
        Assert.True(wrong.Exit == 2 && wrong.Error.Contains("PIN", StringComparison.Ordinal), wrong.Error);
        Assert.True(same.Exit == 2 && same.Error.Contains("另一人", StringComparison.Ordinal), same.Error);
        Assert.True(both.Exit == 0, both.Error);
        Assert.Equal(1, await MembersAsync("shaoxing", "jd01", "examiner"));
        var audit = (await new Database(_server, "shaoxing").RowsAsync("SELECT \"PersonName\", \"New\", \"Reason\" FROM audit WHERE \"Action\" = '授予岗位' ORDER BY \"Id\" DESC LIMIT 1"))[0];
        Assert.True(audit[0] == "甲adm1" && audit[1]!.Contains("征询", StringComparison.Ordinal) && audit[2]!.Contains("甲adm2", StringComparison.Ordinal), string.Join("|", audit));
    }

    [Fact]
    public async Task Given_two_accounts_of_one_person_When_he_would_approve_what_he_asked_for_Then_it_is_refused_and_the_same_number_is_the_same_token_in_every_tenant()
    {
        var number = Visiting.NewIdNumber();
        await AddedAsync("shaoxing", "adm1", "station-administrator", number);
        await AddedAsync("hangzhou", "adm1", "stock-keeper", number.ToLowerInvariant());
        await AddedAsync("hangzhou", "adm2", "stock-keeper");
        var again = await _server.VerbAsync(["people", "add", "shaoxing", "adm9", "--name", "甲", "--id-number", number]);
        Assert.True(again.Exit == 2 && again.Error.Contains("adm1", StringComparison.Ordinal), again.Error);

        var tokens = (await new Database(_server, "host").RowsAsync("SELECT \"Token\", count(*) FROM person_identities GROUP BY \"Token\" ORDER BY 2")).Select(r => r[1]);
        Assert.Equal(["1", "2"], tokens);
        foreach (var (tenant, table) in new[] { ("host", "person_identities"), ("shaoxing", "people"), ("shaoxing", "audit") })
            Assert.DoesNotContain(number[..17], string.Join("\n", (await new Database(_server, tenant).RowsAsync($"SELECT * FROM {table}")).SelectMany(r => r)), StringComparison.Ordinal);

        await new Database(_server, "hangzhou").ExecuteAsync("UPDATE people SET \"IdentityToken\" = 'one' WHERE \"UserName\" IN ('gl01', 'gl02')");
        var (admin, person) = (await AdministratorsAsync(), await IdAsync("jd01"));
        await admin.GetAsync("/config/people/" + person);
        var refused = await GiveAsync(admin, person, "examiner", "gl02", Staff.Pin);
        Assert.True(refused.Status == 422 && refused.Has("另一人"), Visiting.Words(refused));
    }

    [Theory]
    [InlineData("名字", "330198198501010000", "stock-keeper", "校验")]
    [InlineData("名字", "", "stock-keeper", "证件号码")]
    [InlineData("甲\u2028乙", "ok", "stock-keeper", "姓名")]
    [InlineData("甲\u202e乙", "ok", "stock-keeper", "姓名")]
    [InlineData("", "ok", "stock-keeper", "姓名")]
    [InlineData("名字", "ok", "no-such-role", "no-such-role")]
    public async Task Given_a_person_who_cannot_be_as_typed_When_added_Then_the_field_is_named_and_nothing_is_written(string name, string number, string role, string word)
    {
        var (exit, _, error) = await _server.VerbAsync(["people", "add", "hangzhou", "new1", "--name", name, "--id-number", number == "ok" ? Visiting.NewIdNumber() : number, "--role", role]);

        Assert.True(exit == 2 && error.Contains(word, StringComparison.Ordinal) && !error.Contains("   at ", StringComparison.Ordinal), error);
        Assert.Empty(await new Database(_server, "hangzhou").RowsAsync("SELECT 1 FROM people WHERE \"UserName\" = 'new1'"));
    }

    [Fact]
    public async Task Given_more_people_than_a_page_holds_When_listed_Then_they_are_found_sorted_and_turned_over()
    {
        var admin = await AdministratorsAsync();
        var (first, second) = (await admin.GetAsync("/config/people"), await admin.GetAsync("/config/people?page=2"));
        var found = await admin.GetAsync("/config/people?q=ZZ3");
        var named = await admin.GetAsync("/config/people?q=" + Uri.EscapeDataString("管理员乙"));
        var descending = await admin.GetAsync("/config/people?sort=-account");

        Assert.Equal(20, Accounts(first).Count);
        Assert.Empty(Accounts(first).Intersect(Accounts(second)));
        Assert.Equal(Enumerable.Range(30, 10).Select(i => "zz" + i), Accounts(found));
        Assert.Equal(["gl02"], Accounts(named));
        Assert.Equal("zz39", Accounts(descending)[0]);
        Assert.Equal(Accounts(first).Order(StringComparer.Ordinal), Accounts(first));
        Assert.True((await admin.GetAsync("/config/people?q=%25")).Has("没有"));
        Assert.Equal(403, (await (await _staff.AtAsync("hangzhou", "jd01")).GetAsync("/config/people")).Status);
    }

    [Fact]
    public async Task Given_an_administrator_who_adds_a_person_with_a_role_When_the_second_is_missing_wrong_himself_or_without_the_right_Then_nothing_is_written_and_with_the_right_one_it_is()
    {
        var admin = await AdministratorsAsync();
        await _staff.AtAsync("hangzhou", "hs01");
        foreach (var (second, pin, words) in new[] { ("", "", "批准人"), ("gl02", "864209", "不正确"), ("gl01", Staff.Pin, "另一人"), ("hs01", Staff.Pin, "没有") })
        {
            var refused = await AddAsync(admin, "np01", second, pin);
            Assert.True(refused.Status == 422 && refused.Has(words), Visiting.Words(refused));
        }
        Assert.Empty(await new Database(_server, "hangzhou").RowsAsync("SELECT 1 FROM people WHERE \"UserName\" = 'np01'"));

        var added = await AddAsync(admin, "np01", "gl02", Staff.Pin);

        var password = Regex.Match(added.Body, "data-password>([a-z0-9]+)<").Groups[1].Value;
        Assert.True(added.Status == 200 && password.Length >= 10, Visiting.Words(added));
        Assert.Equal(1, await MembersAsync("hangzhou", "np01", "examiner"));
        Assert.False((await admin.GetAsync("/config/people/" + await IdAsync("np01"))).Body.Contains(password, StringComparison.Ordinal));
        Assert.Equal(200, (await (await FinishedAsync("hangzhou", "np01", password)).GetAsync("/worklist")).Status);
    }

    [Fact]
    public async Task Given_a_person_When_disabled_and_reset_on_the_page_Then_a_reason_is_asked_for_and_the_sessions_end()
    {
        var (admin, nurse, id) = (await AdministratorsAsync(), await _staff.AtAsync("hangzhou", "hd01"), await IdAsync("hd01"));
        Assert.Equal(422, (await ActAsync(admin, id, "disable")).Status);
        Assert.Equal(200, (await nurse.GetAsync("/worklist")).Status);

        Assert.Equal(302, (await ActAsync(admin, id, "disable", ("reason", "离岗"))).Status);
        Assert.Equal(302, (await nurse.GetAsync("/worklist")).Status);
        Assert.True((await admin.GetAsync("/config/people/" + id)).Has("离岗"));
        Assert.Equal(302, (await ActAsync(admin, id, "enable", ("reason", "回岗"))).Status);
        var reset = await ActAsync(admin, id, "password", ("reason", "忘记密码"));
        var password = Regex.Match(reset.Body, "data-password>([a-z0-9]+)<").Groups[1].Value;
        Assert.Equal(302, (await ActAsync(admin, id, "pin", ("reason", "忘记 PIN"))).Status);

        using var back = await FinishedAsync("hangzhou", "hd01", password);
        Assert.Equal(200, (await back.GetAsync("/worklist")).Status);
        Assert.Equal(["停用账号", "启用账号", "重置密码", "重置 PIN"], (await new Database(_server, "hangzhou").RowsAsync(
            $"SELECT \"Action\" FROM audit WHERE \"Subject\" = 'person:{id}' AND \"PersonName\" = '站点管理员甲' AND \"Action\" <> '吊销签名证书' ORDER BY \"Id\"")).Select(r => r[0]));
    }

    [Fact]
    public async Task Given_an_administrator_When_he_would_shut_himself_out_or_the_last_one_goes_Then_it_is_refused()
    {
        var (admin, self, other) = (await AdministratorsAsync(), await IdAsync("gl01"), await IdAsync("gl02"));

        var disabled = await ActAsync(admin, self, "disable", ("reason", "试试"));
        Assert.True(disabled.Status == 422 && disabled.Has("自己"), Visiting.Words(disabled));
        Assert.Equal(302, (await ActAsync(admin, other, "take", ("role", "station-administrator"), ("reason", "换岗"))).Status);
        var last = await ActAsync(admin, self, "take", ("role", "station-administrator"), ("reason", "换岗"));
        Assert.True(last.Status == 422 && last.Has("至少"), Visiting.Words(last));
        Assert.Equal(200, (await admin.GetAsync("/config/people")).Status);
    }

    [Fact]
    public async Task Given_a_right_taken_away_When_the_person_asks_next_Then_it_is_gone()
    {
        var (admin, nurse) = (await AdministratorsAsync(), await _staff.AtAsync("hangzhou", "jd01"));
        Assert.Equal(200, (await nurse.GetAsync("/registration")).Status);

        Assert.Equal(302, (await ActAsync(admin, await IdAsync("jd01"), "take", ("role", "receptionist"), ("reason", "换岗"))).Status);

        Assert.Equal(403, (await nurse.GetAsync("/registration")).Status);
    }

    private async Task<Browser> AdministratorsAsync()
    {
        await _staff.AtAsync("hangzhou", "gl02");
        var admin = await _staff.AtAsync("hangzhou", "gl01");
        await admin.GetAsync("/config/people");
        return admin;
    }

    private static Task<Answer> AddAsync(Browser admin, string account, string second, string pin) => admin.PostAsync("/config/people",
        ("account", account), ("name", "新来的"), ("idNumber", Visiting.NewIdNumber()), ("role", "examiner"), ("second", second), ("pin-second", pin));

    private static Task<Answer> GiveAsync(Browser admin, string person, string role, string second, string pin) =>
        ActAsync(admin, person, "give", ("role", role), ("second", second), ("pin-second", pin));

    private static Task<Answer> ActAsync(Browser admin, string person, string act, params (string Name, string Value)[] fields) =>
        admin.PostAsync("/config/people/" + person, [("_act", act), .. fields]);

    private static List<string> Accounts(Answer list) => [.. Regex.Matches(list.Body, "data-account=\"([^\"]+)\"").Select(m => m.Groups[1].Value)];

    private async Task<string> IdAsync(string account) => (await new Database(_server, "hangzhou").RowsAsync($"SELECT \"Id\" FROM people WHERE \"UserName\" = '{account}'"))[0][0]!;

    private async Task<int> MembersAsync(string tenant, string account, string role) => (await new Database(_server, tenant).RowsAsync(
        $"SELECT 1 FROM person_roles m JOIN people p ON p.\"Id\" = m.\"UserId\" JOIN roles r ON r.\"Id\" = m.\"RoleId\" WHERE p.\"UserName\" = '{account}' AND r.\"Name\" = '{role}'")).Count;

    private Task<IReadOnlyList<IReadOnlyList<string?>>> AuditAsync(string tenant, string where) => new Database(_server, tenant).RowsAsync($"SELECT count(*) FROM audit WHERE {where}");

    /// <summary>By the shell; the password it shows.</summary>
    private async Task<string> AddedAsync(string tenant, string account, string role, string? number = null)
    {
        var (exit, output, error) = await _server.VerbAsync(["people", "add", tenant, account, "--name", "甲" + account, "--id-number", number ?? Visiting.NewIdNumber(), "--role", role]);
        Assert.True(exit == 0, output + error);
        return Regex.Match(output, "密码：([a-z0-9]+)").Groups[1].Value;
    }

    /// <summary>Signed in with the password made for him, and past the choice of an own one and of a PIN.</summary>
    private async Task<Browser> FinishedAsync(string tenant, string account, string password)
    {
        var browser = _staff.Stranger(tenant);
        await browser.GetAsync("/sign-in");
        var signedIn = await browser.PostAsync("/sign-in", ("userName", account), ("password", password));
        Assert.True(signedIn.Status == 302, Visiting.Words(signedIn));
        await browser.GetAsync("/pin");
        var chosen = await browser.PostAsync("/pin", ("password", password), ("newPassword", "an-own-password-1"), ("pin", Staff.Pin), ("pinAgain", Staff.Pin));
        Assert.True(chosen.Status == 302, Visiting.Words(chosen));
        return browser;
    }
}
