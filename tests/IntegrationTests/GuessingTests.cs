using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Guessing is slow for whoever guesses, and only for him: nobody shuts others out, and nobody learns which accounts there are. On every host of an installation alike.</summary>
[Trait("Store", "postgres")]
public sealed class GuessingTests : IAsyncLifetime
{
    private const string Wrong = "工号或密码不正确";
    private static readonly string[] Accounts = ["jd01", "yj01", "jc01", "jc02", "pg01", "pz01", "cj01", "hd01", "rh01", "gl01", "da01", "sj01", "hs01"];
    private ProductHost _server = null!;
    private Staff _staff = null!;

    public async Task InitializeAsync()
    {
        _server = await ProductHost.RunningAsync();
        _staff = new Staff(_server);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Given_every_account_tried_five_times_from_outside_When_the_staff_sign_in_at_the_station_Then_everybody_gets_in()
    {
        using var outside = await AtDoorAsync("203.0.113.7");
        foreach (var account in Accounts)
            for (var i = 0; i < 5; i++) await TryAsync(outside, account, "guess-number-" + i);

        foreach (var account in Accounts)
        {
            using var station = await AtDoorAsync("198.51.100.20");
            Assert.Equal((account, 302), (account, (await TryAsync(station, account)).Status));
        }
    }

    [Fact]
    public async Task Given_guesses_from_the_very_address_of_the_station_When_a_person_returns_to_the_browser_used_before_Then_it_gets_in_and_the_guesser_does_not()
    {
        using var workstation = await AtDoorAsync("198.51.100.21");
        Assert.Equal(302, (await TryAsync(workstation, "jd01")).Status);
        await workstation.GetAsync("/pin");
        await workstation.PostAsync("/sign-out");
        using var guesser = await AtDoorAsync("198.51.100.21");
        for (var i = 0; i < 8; i++) await TryAsync(guesser, "jd01", "guess-number-" + i);

        Assert.Equal(422, (await TryAsync(guesser, "jd01")).Status);
        await workstation.GetAsync("/sign-in");
        Assert.Equal(302, (await TryAsync(workstation, "jd01")).Status);
    }

    [Fact]
    public async Task Given_one_account_tried_from_many_addresses_When_its_owner_comes_from_where_he_always_does_Then_he_gets_in_and_a_new_address_waits()
    {
        using (var before = await AtDoorAsync("198.51.100.22")) Assert.Equal(302, (await TryAsync(before, "yj01")).Status);
        for (var i = 0; i < 40; i++)
        {
            using var bot = await AtDoorAsync($"203.0.113.{i + 10}");
            await TryAsync(bot, "yj01", "guess-number-" + i);
        }
        using var owner = await AtDoorAsync("198.51.100.22");
        using var elsewhere = await AtDoorAsync("203.0.113.200");

        Assert.Equal(422, (await TryAsync(elsewhere, "yj01")).Status);
        Assert.Equal(302, (await TryAsync(owner, "yj01")).Status);
    }

    [Fact]
    public async Task Given_one_password_tried_on_hundreds_of_accounts_When_counted_Then_its_address_waits_and_other_addresses_do_not()
    {
        using var spraying = await AtDoorAsync("203.0.113.8");
        for (var i = 0; i < 80; i++) await TryAsync(spraying, "n" + i, "Summer-2026-!");
        using var other = await AtDoorAsync("203.0.113.9");

        var refused = await TryAsync(spraying, "pz01");
        Assert.True(refused.Status == 422 && refused.Has("登录失败次数过多"), Visiting.Words(refused));
        Assert.Equal(302, (await TryAsync(other, "pz01")).Status);
    }

    [Fact]
    public async Task Given_a_wait_When_it_is_over_Then_one_more_wrong_try_makes_the_next_longer_and_the_right_password_ends_it()
    {
        using var browser = await AtDoorAsync("198.51.100.23");
        for (var i = 0; i < 5; i++) await TryAsync(browser, "pg01", "guess-number-" + i);
        Assert.Equal(422, (await TryAsync(browser, "pg01")).Status);
        _server.Clock.Advance(TimeSpan.FromSeconds(65));
        Assert.True((await TryAsync(browser, "pg01", "guess-number-9")).Has(Wrong));
        _server.Clock.Advance(TimeSpan.FromSeconds(65));
        Assert.Equal(422, (await TryAsync(browser, "pg01")).Status);
        _server.Clock.Advance(TimeSpan.FromSeconds(65));

        Assert.Equal(302, (await TryAsync(browser, "pg01")).Status);
    }

    [Theory]
    [InlineData("jc01")]
    [InlineData("nobody-of-this-name")]
    public async Task Given_an_account_that_is_there_and_one_that_is_not_When_tried_Then_the_words_are_the_same_try_by_try(string account)
    {
        using var browser = await AtDoorAsync("203.0.113.11");
        var answers = new List<Answer>();
        for (var i = 0; i < 6; i++) answers.Add(await TryAsync(browser, account, "guess-number-" + i));

        Assert.All(answers, a => Assert.Equal(422, a.Status));
        Assert.All(answers.Take(5), a => Assert.True(a.Has(Wrong) && !a.Has("登录失败次数过多"), Visiting.Words(a)));
        Assert.True(answers[5].Has("登录失败次数过多"), Visiting.Words(answers[5]));
    }

    [Fact]
    public async Task Given_an_account_that_is_there_one_that_is_not_and_one_disabled_When_tried_Then_each_costs_as_much()
    {
        await new Database(_server, "hangzhou").ExecuteAsync($"UPDATE people SET \"Disabled\" = {(Database.IsSqlite ? "1" : "true")} WHERE \"UserName\" = 'da01'");
        using var work = new SecretsWork(_server);
        foreach (var account in new[] { "cj01", "nobody", "da01" })
        {
            using var browser = await AtDoorAsync("203.0.113.100");
            await TryAsync(browser, account, "guess-number-1");
            Assert.Equal((account, "pbkdf2:100000"), (account, work.Since()));
        }
    }

    [Fact]
    public async Task Given_a_second_person_who_is_there_and_one_who_is_not_When_the_pin_is_wrong_Then_words_and_work_are_the_same()
    {
        await using var server = await FirstStarted.AsItShips.CopyAsync(Installation.OnPostgres, (folder, like) => ProductHost.InstallAsync(folder, null, like));
        await server.StartAsync();
        var staff = new Staff(server);
        var nurse = await staff.AtAsync("hangzhou", "hs01");
        await staff.AtAsync("hangzhou", "rh01");
        await new Database(server, "hangzhou").ExecuteAsync($"UPDATE people SET \"Disabled\" = {(Database.IsSqlite ? "1" : "true")} WHERE \"UserName\" = 'cj01'");
        await nurse.GetAsync("/hand-overs");
        using var work = new SecretsWork(server);
        async Task<(string Words, string Work)> AnsweredAsync(string account)
        {
            var answer = await HandOverAsync(nurse, account, "975310");
            return (Visiting.Words(answer).Replace(account, "", StringComparison.Ordinal), work.Since());
        }

        var there = await AnsweredAsync("rh01");
        Assert.StartsWith("argon2id:", there.Work, StringComparison.Ordinal);
        foreach (var account in new[] { "nobody", "cj01", "da01" }) Assert.Equal((account, there), (account, await AnsweredAsync(account)));
    }

    [Fact]
    public async Task Given_a_colleague_who_mistypes_my_pin_without_end_When_I_sign_or_another_colleague_asks_me_Then_it_works()
    {
        var (nurse, other, owner) = (await _staff.AtAsync("hangzhou", "hs01"), await _staff.AtAsync("hangzhou", "cj01"), await _staff.AtAsync("hangzhou", "rh01"));
        await nurse.GetAsync("/hand-overs");
        for (var i = 0; i < 6; i++) await HandOverAsync(nurse, "rh01", "97531" + i);
        var refused = await HandOverAsync(nurse, "rh01", Staff.Pin);

        Assert.True(refused.Has("输错"), Visiting.Words(refused));
        await other.GetAsync("/hand-overs");
        var asked = await HandOverAsync(other, "rh01", Staff.Pin);
        Assert.False(asked.Has("不正确") || asked.Has("输错"), Visiting.Words(asked));
        var own = await owner.PostAsync("/pin", ("password", Installation.DemoPassword), ("currentPin", Staff.Pin), ("pin", "246802"), ("pinAgain", "246802"));
        Assert.True(own.Has("PIN 已保存"), Visiting.Words(own));
    }

    [Fact]
    public async Task Given_two_hosts_of_one_installation_When_a_password_is_tried_at_both_at_the_same_moment_Then_no_more_than_five_tries_are_looked_at_in_all()
    {
        await using var second = await _server.BesideAsync();
        using var here = await AtDoorAsync("203.0.113.12");
        using var there = new Browser(second.Address, "/hangzhou") { ForwardedFor = "203.0.113.12" };
        await there.GetAsync("/sign-in");

        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => TryAsync(i % 2 == 0 ? here : there, "sj01", "guess-number-" + i)));

        Assert.Equal(5, answers.Count(a => a.Has(Wrong)));
        var after = await Task.WhenAll(TryAsync(here, "sj01"), TryAsync(there, "sj01"));
        Assert.All(after, a => Assert.Equal(422, a.Status));
    }

    [Fact]
    public async Task Given_two_hosts_of_one_installation_When_a_pin_is_tried_at_both_Then_five_tries_are_all_there_are()
    {
        await using var second = await _server.BesideAsync();
        var owner = await _staff.AtAsync("hangzhou", "hd01");
        var there = new Browser(second.Address, "/hangzhou");
        foreach (var (name, value) in owner.Cookies) there.Cookies[name] = value;
        await there.GetAsync("/pin");
        Task<Answer> GuessAsync(Browser browser, string pin) => browser.PostAsync("/pin", ("password", Installation.DemoPassword), ("currentPin", pin), ("pin", "246802"), ("pinAgain", "246802"));
        for (var i = 0; i < 5; i++) await GuessAsync(i % 2 == 0 ? owner : there, "97531" + i);

        var answers = await Task.WhenAll(GuessAsync(owner, Staff.Pin), GuessAsync(there, Staff.Pin));

        Assert.All(answers, a => Assert.True(a.Has("PIN 已锁定"), Visiting.Words(a)));
    }

    private async Task<Browser> AtDoorAsync(string address)
    {
        var browser = _staff.Stranger("hangzhou");
        browser.ForwardedFor = address;
        await browser.GetAsync("/sign-in");
        return browser;
    }

    private static Task<Answer> TryAsync(Browser browser, string account, string password = Installation.DemoPassword) =>
        browser.PostAsync("/sign-in", ("userName", account), ("password", password), ("returnUrl", ""));

    /// <summary>A hand-over of nothing, which is refused in any case; beside that it says what is wrong with the second person's PIN.</summary>
    private static Task<Answer> HandOverAsync(Browser giver, string taker, string pin) =>
        giver.PostAsync("/hand-overs", ("_operation", Guid.NewGuid().ToString()), ("pin-giver", Staff.Pin), ("signer-taker", taker), ("pin-taker", pin));
}
