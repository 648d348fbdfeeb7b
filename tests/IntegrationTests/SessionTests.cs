using System.Globalization;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A session lives on the server: what ends it ends it for every copy of its cookie, on every host.</summary>
[Trait("Store", "postgres")]
public sealed class SessionTests : IAsyncLifetime
{
    private ProductHost _server = null!;
    private Staff _staff = null!;

    public async Task InitializeAsync()
    {
        _server = await ProductHost.RunningAsync();
        _staff = new Staff(_server);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Given_a_copied_cookie_When_its_owner_signs_out_Then_the_copy_is_worth_nothing_on_any_host()
    {
        await using var second = await _server.BesideAsync();
        var owner = await _staff.SignInAsync("hangzhou", "jd01");
        var (copy, there) = (Copy(owner, _server), Copy(owner, second));
        Assert.All(new[] { await copy.GetAsync("/worklist"), await there.GetAsync("/worklist") }, page => Assert.Equal(200, page.Status));

        await owner.GetAsync("/worklist");
        await owner.PostAsync("/sign-out");

        Assert.All(new[] { await copy.GetAsync("/worklist"), await there.GetAsync("/worklist") }, IsOut);
    }

    [Fact]
    public async Task Given_two_browsers_of_one_person_When_one_signs_out_Then_the_other_goes_on()
    {
        var (one, other) = (await _staff.SignInAsync("hangzhou", "jd01"), await _staff.SignInAsync("hangzhou", "jd01"));

        await one.PostAsync("/sign-out");

        Assert.Equal(200, (await other.GetAsync("/worklist")).Status);
    }

    [Fact]
    public async Task Given_a_new_password_When_it_is_chosen_Then_every_session_of_before_is_over_and_this_browser_goes_on()
    {
        var (desk, elsewhere) = (await _staff.SignInAsync("hangzhou", "yj01"), await _staff.SignInAsync("hangzhou", "yj01"));
        var copy = Copy(desk, _server);

        await desk.GetAsync("/pin");
        var changed = await desk.PostAsync("/pin", ("password", Installation.DemoPassword), ("newPassword", "an-own-password-1"), ("currentPin", Staff.Pin), ("pin", Staff.Pin), ("pinAgain", Staff.Pin));

        Assert.True(changed.Status is 200 or 302, Visiting.Words(changed));
        Assert.All(new[] { await elsewhere.GetAsync("/worklist"), await copy.GetAsync("/worklist") }, IsOut);
        Assert.Equal(200, (await desk.GetAsync("/worklist")).Status);
        using var stranger = _staff.Stranger("hangzhou");
        await stranger.GetAsync("/sign-in");
        Assert.Equal(422, (await stranger.PostAsync("/sign-in", ("userName", "yj01"), ("password", Installation.DemoPassword))).Status);
    }

    [Theory]
    [InlineData("reset-password")]
    [InlineData("reset-pin")]
    public async Task Given_a_person_whom_the_operator_resets_When_the_cookie_of_before_is_shown_Then_it_is_worth_nothing(string what)
    {
        var browser = await _staff.SignInAsync("hangzhou", "pg01");

        Assert.Equal(0, (await _server.VerbAsync(["people", what, "hangzhou", "pg01"])).Exit);

        IsOut(await browser.GetAsync("/worklist"));
    }

    [Fact]
    public async Task Given_a_person_disabled_and_enabled_again_When_the_cookie_of_before_is_shown_Then_it_is_worth_nothing()
    {
        var browser = await _staff.SignInAsync("hangzhou", "cj01");

        Assert.Equal(0, (await _server.VerbAsync(["people", "disable", "hangzhou", "cj01"])).Exit);
        IsOut(await browser.GetAsync("/worklist"));
        Assert.Equal(0, (await _server.VerbAsync(["people", "enable", "hangzhou", "cj01"])).Exit);

        IsOut(await browser.GetAsync("/worklist"));
        await _staff.SignInAsync("hangzhou", "cj01");
    }

    [Fact]
    public async Task Given_a_shared_workstation_When_nobody_touches_it_for_as_long_as_the_role_allows_Then_the_session_is_over_and_work_keeps_it()
    {
        var (left, used) = (await _staff.SignInAsync("hangzhou", "hd01"), await _staff.SignInAsync("hangzhou", "hd01"));

        for (var minutes = 0; minutes < 30; minutes += 10)
        {
            Assert.Equal(200, (await used.GetAsync("/worklist")).Status);
            _server.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        IsOut(await left.GetAsync("/worklist"));
        Assert.Equal(200, (await used.GetAsync("/worklist")).Status);
    }

    [Fact]
    public async Task Given_a_session_in_use_without_a_pause_When_its_day_is_over_Then_it_ends_all_the_same()
    {
        var browser = await _staff.SignInAsync("hangzhou", "hd01");

        for (var minutes = 0; minutes < 13 * 60; minutes += 9)
        {
            _server.Clock.Advance(TimeSpan.FromMinutes(9));
            await browser.GetAsync("/pin");
        }

        IsOut(await browser.GetAsync("/worklist"));
    }

    [Fact]
    public async Task Given_many_requests_of_one_minute_When_the_store_is_read_Then_the_session_was_written_once()
    {
        var browser = await _staff.SignInAsync("hangzhou", "hd01");
        _server.Clock.Advance(TimeSpan.FromSeconds(70));
        await browser.GetAsync("/worklist");
        var seen = await SeenAsync();

        for (var i = 0; i < 10; i++) await browser.GetAsync("/worklist");
        Assert.Equal(seen, await SeenAsync());
        _server.Clock.Advance(TimeSpan.FromSeconds(70));
        await browser.GetAsync("/worklist");
        Assert.NotEqual(seen, await SeenAsync());
    }

    [Fact]
    public async Task Given_a_form_typed_into_a_session_that_ends_When_posted_and_signed_in_again_Then_what_was_typed_is_still_there()
    {
        var browser = await _staff.SignInAsync("hangzhou", "jd01");
        await browser.GetAsync("/registration");
        _server.Clock.Advance(TimeSpan.FromHours(2));

        var answer = await browser.PostAsync("/registration/find", ("idNumber", "330198198501011015"));

        Assert.True(answer.Status == 401 && answer.Has("登录已过期") && answer.Body.Contains("330198198501011015", StringComparison.Ordinal), Visiting.Words(answer));
    }

    private static void IsOut(Answer answer) => Assert.True(answer.Status == 302 && answer.Location!.Contains("/sign-in", StringComparison.Ordinal), $"{answer.Status} {answer.Location} {Visiting.Words(answer)}");

    private static Browser Copy(Browser signedIn, ProductHost at)
    {
        var copy = new Browser(at.Address, signedIn.Prefix);
        foreach (var (name, value) in signedIn.Cookies) copy.Cookies[name] = value;
        return copy;
    }

    private async Task<long> SeenAsync() =>
        long.Parse((await new Database(_server, "hangzhou").RowsAsync("SELECT \"LastSeenAt\" FROM sessions ORDER BY \"StartedAt\" DESC LIMIT 1"))[0][0]!, CultureInfo.InvariantCulture);
}
