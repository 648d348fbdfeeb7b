using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>The power goes: the server is a process, it is killed (SIGKILL), and starts again on what it left.</summary>
[Trait("Store", "postgres")]
public sealed class PowerCutTests : IDisposable
{
    private const int Messages = 60;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly byte[] Content = [1, 2, 3];
    private readonly TenantConfigCopy _configuration = new();

    [Fact]
    public async Task Given_flows_that_wait_When_the_server_is_killed_until_their_time_is_over_Then_a_prompt_waits_for_a_person_and_a_late_step_is_escalated_once()
    {
        WaitingFlows.Configure(_configuration, Limit, Installation.FreePort());
        await using var server = await ServerProcess.RunningAsync(_configuration.Folder);
        var staff = new Staff(server);
        var (paused, late) = (await PausedAsync(await staff.AtAsync("shaoxing", "hs01")), await (await staff.AtAsync("hangzhou", "hs01")).RegisterAsync(Visiting.Registration(Visiting.NewIdNumber())));
        var (form, quality) = (await (await staff.AtAsync("hangzhou", "hs01")).GetAsync($"/visits/{late}/steps/general-check"), await staff.AtAsync("hangzhou", "as-quality-manager"));

        await server.KillAsync();
        await Task.Delay(Limit);
        await server.StartAsync();

        await GoesOnWithAPersonAsync(server, staff, paused);
        await UntilAsync(() => quality.GetAsync($"/visits/{late}/steps/general-check"), answer => answer.Status == 200);
        Assert.Equal("1", await ValueAsync(server, "hangzhou", $"SELECT count(*) FROM audit WHERE \"Action\" = '超时' AND \"Subject\" = 'visit:{late}'"));
        var nurse = await staff.AtAsync("hangzhou", "hs01");
        Assert.True((await nurse.GetAsync("/worklist")).Has("超时"));
        Assert.Equal(302, (await nurse.PostAsync($"/visits/{late}/steps/general-check", Visiting.WithHidden(form, Visiting.GeneralCheck()))).Status);
    }

    [Fact]
    public async Task Given_many_closed_visits_When_the_server_is_killed_while_archiving_Then_it_goes_on_after_the_start_and_no_number_is_missing_or_double()
    {
        await using var server = await ServerProcess.RunningAsync();
        var staff = new Staff(server);
        for (var i = 0; i < 6; i++) await staff.DeferAsync("hangzhou");
        var archivist = await staff.AtAsync("hangzhou", "da01");
        await archivist.GetAsync("/archive/runs");
        var job = (await archivist.PostAsync("/archive/runs", ("from", Archiving.Today), ("to", Archiving.Today))).Location!["/hangzhou".Length..];
        await server.KillAsync();
        await server.StartAsync();

        var done = await archivist.DoneAsync(job);

        Assert.True(done.Has("归档完成") && done.Has("6 / 6"), Visiting.Words(done));
        var runs = await archivist.GetAsync("/archive/runs");
        Assert.True(runs.Has("✓ 连续") && !runs.Has("中断"), Visiting.Words(runs));
        Assert.Equal(["1", "2", "3", "4", "5", "6"], (await new Database(server, "hangzhou").RowsAsync("SELECT \"Item\" FROM archive_items ORDER BY 1")).Select(r => r[0]));
    }

    [Fact]
    public async Task Given_a_device_that_is_sending_When_the_server_is_killed_twice_and_started_again_Then_every_message_is_acknowledged_and_has_one_effect()
    {
        var port = Installation.FreePort();
        _configuration.Enrol("hangzhou", ("analyser", "mindray/bc-5380", port, "127.0.0.1"));
        await using var server = await ServerProcess.RunningAsync(_configuration.Folder);
        await using var device = new DeviceSimulator(port);
        var recording = DeviceSimulator.Recording("01-mindray-bc5380-normal.hl7");
        var accepted = 0;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
            {
                await device.SendUntilAcceptedAsync(recording.Replace("20250220001", $"1999{i:0000}").Replace("||ORU^R01|1|", $"||ORU^R01|{i}|"));
                Interlocked.Increment(ref accepted);
            }
        });

        foreach (var moment in new[] { Messages / 4, Messages / 2 })
        {
            while (Volatile.Read(ref accepted) < moment && !sending.IsCompleted) await Task.Delay(5);
            await server.KillAsync();
            await server.StartAsync();
        }
        await sending;

        var store = new Database(server, "hangzhou");
        Assert.Equal((Messages, Messages, Messages), (await store.CountAsync("device_frames"), await store.CountAsync("device_samples"), await store.CountAsync("device_sample_statuses")));
    }

    [Fact]
    public async Task Given_a_server_killed_and_started_again_When_asked_Then_authority_keys_and_old_signatures_are_there()
    {
        await using var server = await ServerProcess.RunningAsync();
        var staff = new Staff(server);
        await staff.AtAsync("hangzhou", "jd01");
        var root = (await staff.Stranger("hangzhou").GetAsync("/pki/root.cer")).Bytes;
        var (certificate, signature) = await SignAsync(server);
        await server.KillAsync();
        await server.StartAsync();

        Assert.Equal(root, (await staff.Stranger("hangzhou").GetAsync("/pki/root.cer")).Bytes);
        await using var desk = await SigningDesk.OpenAsync(server);
        var (same, again) = await desk.StaffSignsAsync("hangzhou", "jd01", Content);
        Assert.Equal(certificate, same);
        var trust = await desk.TrustAsync("hangzhou", certificate);
        Assert.All([signature, again], s => Assert.Empty(desk.Check(s.Cms!, Content, trust).Faults));
        Assert.Equal(0, (await server.VerbAsync(["migrate"])).Exit);
        Assert.Equal(root, (await staff.Stranger("hangzhou").GetAsync("/pki/root.cer")).Bytes);
    }

    public void Dispose() => _configuration.Dispose();

    private static async Task<(byte[], Modules.Signing.Contracts.ContentSignature)> SignAsync(ServerProcess server)
    {
        await using var desk = await SigningDesk.OpenAsync(server);
        return await desk.StaffSignsAsync("hangzhou", "jd01", Content);
    }

    /// <summary>A visit whose flow pauses before a check that asks for a reason.</summary>
    private static async Task<Guid> PausedAsync(Browser nurse)
    {
        var visit = await nurse.RegisterOnlyAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await nurse.InquireAsync(visit, ("alcohol", "yes"), ("alcoholOn", $"{DateTime.UtcNow.AddHours(8):yyyy-MM-dd}"), ("_reason", "已询问，清醒"));
        await nurse.CompleteAsync(visit, "general-check", new(Visiting.Reviewing(("alcohol", "fit", "已询问，清醒"))) { ["_reason"] = "已询问，清醒" });
        return visit;
    }

    /// <summary>Nobody confirms the prompt but a person with a reason.</summary>
    private static async Task GoesOnWithAPersonAsync(ServerProcess server, Staff staff, Guid visit)
    {
        var (nurse, manager) = (await staff.AtAsync("shaoxing", "hs01"), await staff.AtAsync("shaoxing", "gl01"));
        var stopped = await UntilAsync(() => manager.GetAsync($"/visits/{visit}"), page => page.Has("处理异常"));
        Assert.True(stopped.Has("判定有需要确认的提示"), Visiting.Words(stopped));
        Assert.Equal("1", await ValueAsync(server, "shaoxing", $"SELECT count(*) FROM timers WHERE \"DoneAt\" IS NOT NULL AND \"Kind\" = 'Delay' AND {WaitingFlowTests.Instance(visit)}"));
        Assert.Equal(403, (await nurse.GetAsync($"/visits/{visit}/exception")).Status);
        Assert.True((await manager.GetAsync("/worklist?step=exception")).Has("判定有需要确认的提示"));
        Assert.Equal(422, (await WaitingFlowTests.HandleAsync(manager, visit, "Retry", "")).Status);
        var goesOn = await WaitingFlowTests.HandleAsync(manager, visit, "Retry", "医生已再次询问");
        Assert.Equal((302, $"/shaoxing/visits/{visit}"), (goesOn.Status, goesOn.Location));
        Assert.Equal(200, (await nurse.GetAsync($"/visits/{visit}/steps/tests")).Status);
        Assert.Equal("0", await ValueAsync(server, "shaoxing", $"SELECT count(*) FROM user_tasks WHERE \"Step\" = 'exception' AND \"ClosedAt\" IS NULL AND {WaitingFlowTests.Instance(visit)}"));
    }

    /// <summary>Of another process only its pages tell how far it is.</summary>
    private static async Task<Answer> UntilAsync(Func<Task<Answer>> ask, Predicate<Answer> holds)
    {
        for (var until = DateTime.UtcNow.AddMinutes(1); ; await Task.Delay(100))
        {
            var answer = await ask();
            if (holds(answer)) return answer;
            if (DateTime.UtcNow > until) throw new TimeoutException(Visiting.Words(answer));
        }
    }

    private static async Task<string?> ValueAsync(ServerProcess server, string tenant, string sql) => (await new Database(server, tenant).RowsAsync(sql))[0][0];
}
