using System.Text.Json;

namespace IntegrationTests.Support;

/// <summary>Another program that asks a station for a token.</summary>
internal static class Connecting
{
    public static Dictionary<string, string> ClientCredentials => new()
    {
        ["grant_type"] = "client_credentials", ["client_id"] = "archive-reader", ["client_secret"] = "archive-reader-secret-2026",
    };

    public static async Task<string> TokenAsync(Browser program)
    {
        var answer = await program.PostAsync("/connect/token", ClientCredentials, withToken: false);
        return JsonDocument.Parse(answer.Body).RootElement.GetProperty("access_token").GetString()!;
    }
}
