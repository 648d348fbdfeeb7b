using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Other programs at a station: each station is an issuer of its own, and what one issued is worth nothing at another.</summary>
public sealed class ConnectTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Back = "https://tablet.example/back";
    private const string Verifier = "M25iVXpKU3puUjFaYWg3T1NDTDQtcW1ROUY5YXlwalNoc0hhakxifmZHag";
    private static readonly string Challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    [Theory]
    [InlineData("hangzhou")]
    [InlineData("shaoxing")]
    public async Task Given_a_station_When_its_discovery_document_is_read_Then_issuer_and_endpoints_are_its_own(string tenant)
    {
        var document = Json(await shared.Staff.Stranger(tenant).GetAsync("/.well-known/openid-configuration"));
        var home = $"{shared.Server.Address}{tenant}";

        Assert.Equal(home, Text(document, "issuer"));
        Assert.Equal(home + "/connect/token", Text(document, "token_endpoint"));
        Assert.Equal(home + "/connect/authorize", Text(document, "authorization_endpoint"));
        Assert.Equal(["S256"], document.GetProperty("code_challenge_methods_supported").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(["authorization_code", "client_credentials"], document.GetProperty("grant_types_supported").EnumerateArray().Select(m => m.GetString()).Order());
    }

    [Theory]
    [InlineData("hangzhou", "shaoxing")]
    [InlineData("shaoxing", "hangzhou")]
    public async Task Given_a_person_signed_in_When_a_program_uses_code_and_proof_key_Then_it_learns_who_it_is_at_that_station_alone(string tenant, string other)
    {
        var code = await CodeAsync(tenant);
        var tokens = Json(await RedeemAsync(tenant, code, Verifier));

        var who = shared.Staff.Stranger(tenant);
        who.Bearer = Text(tokens, "access_token");
        var claims = Json(await who.GetAsync("/connect/userinfo"));
        var elsewhere = shared.Staff.Stranger(other);
        elsewhere.Bearer = who.Bearer;

        Assert.Equal((tenant, "登记员甲"), (Text(claims, "tenant"), Text(claims, "name")));
        Assert.Equal($"{shared.Server.Address}{tenant}", Text(Payload(Text(tokens, "id_token")), "iss"));
        Assert.Equal(401, (await elsewhere.GetAsync("/connect/userinfo")).Status);
        Assert.Equal(400, (await RedeemAsync(tenant, code, Verifier)).Status);
    }

    [Fact]
    public async Task Given_a_code_When_redeemed_at_another_station_or_without_its_proof_Then_it_is_refused()
    {
        Assert.Equal(400, (await RedeemAsync("shaoxing", await CodeAsync("hangzhou"), Verifier)).Status);
        Assert.Equal(400, (await RedeemAsync("hangzhou", await CodeAsync("hangzhou"), new string('a', 60))).Status);
    }

    [Theory]
    [InlineData("code_challenge", "")]
    [InlineData("code_challenge_method", "plain")]
    [InlineData("code_challenge_method", "")]
    [InlineData("redirect_uri", "https://evil.example/back")]
    [InlineData("client_id", "nobody")]
    [InlineData("response_type", "token")]
    public async Task Given_a_request_that_is_not_as_registered_When_a_code_is_asked_for_Then_none_leaves_the_station(string parameter, string value)
    {
        var answer = await (await shared.Staff.AtAsync("hangzhou", "jd01")).GetAsync(Authorize((parameter, value)));

        Assert.DoesNotContain("code=", answer.Location ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", answer.Location ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_wrong_secret_or_a_grant_not_registered_When_a_token_is_asked_for_Then_it_is_refused()
    {
        var program = shared.Staff.Stranger("hangzhou");

        Assert.Equal(401, (await program.PostAsync("/connect/token", new Dictionary<string, string>(Connecting.ClientCredentials) { ["client_secret"] = "wrong" }, withToken: false)).Status);
        Assert.Equal(400, (await program.PostAsync("/connect/token", new Dictionary<string, string> { ["grant_type"] = "password", ["client_id"] = "tablet", ["username"] = "jd01", ["password"] = Harness.Installation.DemoPassword }, withToken: false)).Status);
        Assert.Equal(401, (await program.PostAsync("/connect/token", new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = "nobody", ["client_secret"] = "x" }, withToken: false)).Status);
    }

    private async Task<string> CodeAsync(string tenant)
    {
        var answer = await (await shared.Staff.AtAsync(tenant, "jd01")).GetAsync(Authorize());
        Assert.StartsWith(Back + "?code=", answer.Location, StringComparison.Ordinal);
        return Uri.UnescapeDataString(answer.Location![(Back + "?code=").Length..].Split('&')[0]);
    }

    private static string Authorize(params (string Name, string Value)[] changes)
    {
        var query = new Dictionary<string, string>
        {
            ["client_id"] = "tablet", ["response_type"] = "code", ["scope"] = "openid profile", ["redirect_uri"] = Back, ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes) query[name] = value;
        return "/connect/authorize?" + string.Join('&', query.Where(p => p.Value.Length > 0).Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));
    }

    private Task<Answer> RedeemAsync(string tenant, string code, string verifier) => shared.Staff.Stranger(tenant).PostAsync("/connect/token",
        new Dictionary<string, string> { ["grant_type"] = "authorization_code", ["client_id"] = "tablet", ["code"] = code, ["redirect_uri"] = Back, ["code_verifier"] = verifier }, withToken: false);

    private static JsonElement Json(Answer answer) => answer.Status == 200 ? JsonDocument.Parse(answer.Body).RootElement : throw new InvalidOperationException($"{answer.Status}: {answer.Body}");

    private static string Text(JsonElement json, string property) => json.GetProperty(property).GetString()!;

    private static JsonElement Payload(string token) => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;
}
