using System.Diagnostics;
using System.Net;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What a verb does to the list of tenants, a server that runs notices.</summary>
[Trait("Store", "postgres")]
public sealed class StationAddedTests(CopiedStation copied) : IClassFixture<CopiedStation>
{
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Given_a_running_server_When_a_verb_sets_a_station_up_disables_and_enables_it_Then_it_is_served_and_closed_without_a_restart()
    {
        Assert.Equal(HttpStatusCode.NotFound, await SignInPageAsync());
        copied.WriteCopy(same: null);

        var applied = await copied.RecipeAsync("apply");

        Assert.True(applied.Exit == 0 && applied.Output.Contains("不必重启", StringComparison.Ordinal), applied.All);
        await BecomesAsync(HttpStatusCode.OK);
        Assert.Equal(0, (await copied.Server.VerbAsync(["tenants", "disable", CopiedStation.Copy])).Exit);
        await BecomesAsync(HttpStatusCode.NotFound);
        Assert.Equal(0, (await copied.Server.VerbAsync(["tenants", "enable", CopiedStation.Copy])).Exit);
        await BecomesAsync(HttpStatusCode.OK);
        using var stranger = new Staff(copied.Server).Stranger(CopiedStation.Original);
        Assert.Equal(200, (await stranger.GetAsync("/sign-in")).Status);
    }

    /// <summary>Another process's act is seen in a round of seconds; on a busy machine of more.</summary>
    private async Task BecomesAsync(HttpStatusCode expected)
    {
        var began = Stopwatch.GetTimestamp();
        var status = await SignInPageAsync();
        for (; status != expected && Stopwatch.GetElapsedTime(began) < Seconds; status = await SignInPageAsync()) await Task.Delay(200);
        Assert.Equal(expected, status);
    }

    private async Task<HttpStatusCode> SignInPageAsync()
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(copied.Server.Address, CopiedStation.Copy + "/sign-in"));
        return answer.StatusCode;
    }
}
