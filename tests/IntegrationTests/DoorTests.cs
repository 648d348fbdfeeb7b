using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What stands before the pages: names, encryption, files, programs that guess.</summary>
public sealed class DoorTests : IAsyncLifetime
{
    private ProductHost _server = null!;

    public async Task InitializeAsync()
    {
        _server = await FirstStarted.AsItShips.CopyAsync(Installation.OnPostgres, (folder, like) => ProductHost.InstallAsync(folder, null, like));
        _server.Environment["AllowedHosts"] = "127.0.0.1;localhost;blood.example.org;*.blood.example.org";
        await _server.StartAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("evil.example", false)]
    [InlineData("blood.example.org.evil.example", false)]
    [InlineData("evil.example:443", false)]
    [InlineData("blood.example.org", true)]
    [InlineData("hangzhou.blood.example.org", true)]
    public async Task Given_a_name_a_proxy_hands_on_When_it_is_not_one_of_ours_Then_no_address_is_made_of_it(string name, bool ours)
    {
        using var browser = new Browser(_server.Address, "/hangzhou") { ForwardedHost = name };

        var document = await browser.GetAsync("/.well-known/openid-configuration");

        Assert.Equal(ours, document.Body.Contains("//" + name + "/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData(null, false)]
    public async Task Given_an_answer_When_it_is_encrypted_Then_browsers_are_told_to_stay_so(string? protocol, bool told)
    {
        using var browser = new Browser(_server.Address, "/hangzhou") { ForwardedProto = protocol };

        Assert.Equal(told, (await browser.GetAsync("/sign-in")).Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Given_the_files_of_the_stores_When_looked_at_Then_nobody_else_of_the_machine_may_read_them()
    {
        using var browser = new Browser(_server.Address, "/hangzhou");
        await browser.GetAsync("/sign-in");
        var files = Directory.GetFiles(_server.AppData, "*.db*");

        Assert.Equal(!Installation.OnPostgres, files.Length > 0);
        Assert.All(files, file => Assert.Equal((file, UnixFileMode.UserRead | UnixFileMode.UserWrite), (file, ModeOf(file))));
    }

    [Fact]
    public async Task Given_a_program_that_guesses_secrets_When_it_goes_on_Then_its_address_waits_and_others_do_not()
    {
        using var guesser = new Browser(_server.Address, "/hangzhou") { ForwardedFor = "203.0.113.50" };
        using var other = new Browser(_server.Address, "/hangzhou") { ForwardedFor = "203.0.113.51" };
        Task<Answer> GuessAsync(Browser browser, int i) => browser.PostAsync("/connect/token", new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = "c" + i % 3, ["client_secret"] = "s" + i }, withToken: false);

        for (var i = 0; i < 10; i++) Assert.Equal(401, (await GuessAsync(guesser, i)).Status);

        Assert.Equal(429, (await GuessAsync(guesser, 11)).Status);
        Assert.Equal(401, (await GuessAsync(other, 12)).Status);
        _server.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(401, (await GuessAsync(guesser, 13)).Status);
    }

    private static UnixFileMode ModeOf(string file) => OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(file);
}
