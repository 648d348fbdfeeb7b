using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A hand-over while an authority outside is away, and what somebody does to it afterwards who owns the database.</summary>
public sealed class HandOverAuthorityTests(OutsideStation station) : IClassFixture<OutsideStation>
{
    private const string Station = OutsideStation.Name;
    private readonly OutsideAuthority _authority = station.Authority;
    private readonly ProductHost _server = station.Server;
    private readonly Staff _staff = station.Staff;

    [Fact]
    public async Task Given_the_authority_is_away_When_donations_are_handed_over_Then_nothing_is_written_until_it_answers_and_what_is_changed_afterwards_is_named_without_it()
    {
        var visit = await _staff.DonateAsync(Station, Visiting.NewIdNumber(), mpv: true);
        await _staff.AtAsync(Station, "rh01");
        var (nurse, database) = (await _staff.AtAsync(Station, "hs01"), new Database(_server, Station));
        var form = Collecting.HandOver(await nurse.GetAsync("/hand-overs"), visit, "rh01", "冷链箱三号");
        Task<Answer> GiveAsync() => nurse.PostAsync("/hand-overs", form);
        _authority.Stop();
        var refused = await GiveAsync();
        _authority.Start();

        Assert.True(refused.Status == 422 && refused.Has("交出人：电子认证服务暂时没有应答") && refused.Has("冷链箱三号") && refused.Has("value=\"rh01\"") && refused.Hidden("_operation") == form["_operation"], Visiting.Words(refused));
        Assert.Equal((0, 0), (await database.CountAsync("hand_overs"), await database.CountAsync("hand_over_signatures")));
        await CorrectedMeanwhileAsync(visit, GiveAsync);
        var given = await GiveAsync();
        Assert.Equal((302, given.Location), (given.Status, (await GiveAsync()).Location));
        _authority.Stop();
        Assert.True((await nurse.GetAsync(given.Location![$"/{Station}".Length..])).Has("data-proof=\"holds\""));
        // Of what is not archived yet only the authority could say more: the hand-over has its word already.
        var alone = await VerifyAsync(3);
        Assert.Contains("交接签名 2 个，全部有效", alone, StringComparison.Ordinal);
        Assert.Contains("个签名待核：认证机构没有应答", alone, StringComparison.Ordinal);

        await _server.StopAsync();
        await using (var product = await Offline.OpenAsync(_server)) await product.LiftGuardAsync(_server, Station);
        await database.ExecuteAsync("""UPDATE hand_over_lines SET "VolumeMl" = '251'""".Replace("'251'", Database.IsSqlite ? "'251'" : "251", StringComparison.Ordinal));
        var changed = await VerifyAsync(1);
        Assert.Contains("交出人 多面手护士甲：签名的内容与现存的交接单", changed, StringComparison.Ordinal);
        Assert.Contains("接收人 热合员甲：签名的内容与现存的交接单", changed, StringComparison.Ordinal);
        await database.FlipAsync("hand_over_signatures", "ProtectedCms", "\"Role\" = 'taker'");
        Assert.Matches("不符 交接单 [0-9]{8}-01 接收人 热合员甲：签名数据已损坏", await VerifyAsync(1));
        await database.ExecuteAsync("DELETE FROM hand_over_signatures");
        Assert.Contains("接收人 热合员甲：没有电子签名：已被删去", await VerifyAsync(1), StringComparison.Ordinal);
    }

    /// <summary>Corrected while both sides sign: nothing is written of what is not so any more.</summary>
    private async Task CorrectedMeanwhileAsync(Guid visit, Func<Task<Answer>> giveAsync)
    {
        var (database, mine) = (new Database(_server, Station), $"lower(CAST(\"Id\" AS text)) = '{visit}'");
        var volume = (await database.RowsAsync($"SELECT \"CollectedMl\" FROM visits WHERE {mine}"))[0][0];
        Task CorrectAsync(string? ml) => database.ExecuteAsync($"UPDATE visits SET \"CollectedMl\" = {(Database.IsSqlite ? $"'{ml}'" : ml)} WHERE {mine}");
        var (held, before) = (new TaskCompletionSource(), _authority.Asked);
        _authority.Held = held.Task;
        var giving = giveAsync();
        while (_authority.Asked == before && !giving.IsCompleted) await Task.Delay(20);
        try
        {
            await CorrectAsync("249");
        }
        finally
        {
            held.SetResult();
        }
        var refused = await giving;

        Assert.True(refused.Status == 422 && refused.Has("刚有更正，列表已更新") && refused.Has("249 mL"), Visiting.Words(refused));
        Assert.Equal((0, 0), (await database.CountAsync("hand_overs"), await database.CountAsync("evidence_leaves WHERE \"Kind\" LIKE 'hand-over%'")));
        await CorrectAsync(volume);
    }

    private async Task<string> VerifyAsync(int wanted)
    {
        var (exit, output, error) = await _server.VerbAsync(["verify", Station]);
        Assert.True(exit == wanted, output + error);
        return output;
    }
}
