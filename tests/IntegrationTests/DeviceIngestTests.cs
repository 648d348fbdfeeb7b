using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;
using Xunit.Abstractions;

namespace IntegrationTests;

/// <summary>A server with a haematology analyser on MLLP, one on LIS1-A, a device that must send from elsewhere, and a second station whose port another program has.</summary>
public sealed class DeviceServer : IAsyncLifetime
{
    private readonly TenantConfigCopy _configuration = new();
    private readonly TcpListener _another = new(IPAddress.Loopback, Installation.FreePort());

    public int Mllp { get; } = Installation.FreePort();
    public int Astm { get; } = Installation.FreePort();
    public int Elsewhere { get; } = Installation.FreePort();
    public ProductHost Server { get; private set; } = null!;
    internal Staff Staff { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _configuration.Enrol("hangzhou", ("analyser", "mindray/bc-5380", Mllp, "127.0.0.1"), ("analyser-2", "sysmex/xn", Astm, "127.0.0.1"), ("elsewhere", "mindray/bc-5380", Elsewhere, "192.0.2.7"));
        _another.Start();
        _configuration.Enrol("shaoxing", ("analyser", "mindray/bc-5380", ((IPEndPoint)_another.LocalEndpoint).Port, "127.0.0.1"));
        Server = await ProductHost.RunningAsync(_configuration.Folder);
        Staff = new Staff(Server);
        await Staff.AtAsync("hangzhou", "jc02");
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _another.Dispose();
        _configuration.Dispose();
    }
}

/// <summary>From the wire to the fact: real messages over real sockets to the real process.</summary>
public sealed class DeviceIngestTests(DeviceServer shared, ITestOutputHelper output) : IClassFixture<DeviceServer>
{
    private static readonly string Normal = DeviceSimulator.Recording("01-mindray-bc5380-normal.hl7");
    private static readonly string Anaemia = DeviceSimulator.Recording("02-mindray-bc5380-anemia-flags.hl7");
    private static readonly string Qc = DeviceSimulator.Recording("04-mindray-bc5300-qc.hl7");
    private static readonly string Sysmex = DeviceSimulator.Recording("13-sysmex-xn350.astm");
    private static int _serial;

    [Fact]
    public async Task Given_a_waiting_sample_When_its_message_comes_and_the_tester_signs_Then_the_values_shown_are_facts()
    {
        var (nurse, visit, sample) = await WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);

        Assert.Equal("AA", await device.SendForCodeAsync(Of(Normal, sample)));

        var page = await nurse.GetAsync($"/visits/{visit}/steps/tests");
        Assert.Equal(("130", "0.405", "245", "7.2", "9.2"), (Shown(page, "hb"), Shown(page, "hct"), Shown(page, "plt"), Shown(page, "wbc"), Shown(page, "mpv")));
        Assert.True(page.Has($"来自 analyser {DeviceSimulator.RunAt:HH:mm}：130 g/L 标志 N"), Visiting.Words(page));
        await nurse.CompleteAsync(visit, "tests", Measured());
        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("130 g/L"));
        Assert.Equal(["matched", "used"], await StatusesAsync(sample));
        Assert.Equal(0, await CorrectionsAsync(visit));
    }

    [Fact]
    public async Task Given_values_of_the_analyser_When_the_tester_submits_another_Then_the_correction_stands_in_the_audit_with_both()
    {
        var (nurse, visit, sample) = await WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);
        await device.SendForCodeAsync(Of(Normal, sample));

        await nurse.CompleteAsync(visit, "tests", new(Measured()) { ["hb"] = "131" });

        var row = Assert.Single(await Rows($"SELECT \"Field\", \"Old\", \"New\", \"PersonName\" FROM audit WHERE \"Action\" = '更正仪器结果' AND \"Subject\" = 'visit:{visit}'"));
        Assert.Equal("hb 130 131 多面手护士甲", string.Join(' ', row));
    }

    [Fact]
    public async Task Given_a_message_with_anaemia_flags_When_signed_Then_its_haemoglobin_defers_the_donor()
    {
        var (nurse, visit, sample) = await WaitingAsync(female: false);
        await using var device = new DeviceSimulator(shared.Mllp);

        Assert.Equal("AA", await device.SendForCodeAsync(Of(Anaemia, sample)));
        var page = await nurse.GetAsync($"/visits/{visit}/steps/tests");
        Assert.Equal("65", Shown(page, "hb"));
        await nurse.CompleteAsync(visit, "tests", new(Measured()) { ["hb"] = "65", ["hct"] = "0.21", ["plt"] = "212", ["wbc"] = "9.81" });

        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("已暂缓"));
    }

    [Fact]
    public async Task Given_qc_and_doubtful_results_under_a_donors_number_When_they_come_Then_none_is_filled_in_and_each_waits_with_its_reason()
    {
        var (nurse, visit, sample) = await WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);

        Assert.Equal("AA", await device.SendForCodeAsync(Of(Qc, sample)));
        Assert.Equal("", Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "wbc"));
        Assert.Equal("AA", await device.SendForCodeAsync(Of(Normal, sample).Replace("130|g/L|110-150|N|", "130|g/L|110-150|H~A|")));

        var page = await nurse.GetAsync($"/visits/{visit}/steps/tests");
        Assert.Equal(("", "245"), (Shown(page, "hb"), Shown(page, "plt")));
        Assert.True(page.Has("130 g/L 标志 H A，不采用"), Visiting.Words(page));
        Assert.Equal(["matched", "waiting", "waiting"], await StatusesAsync(sample));
        var queue = await nurse.GetAsync("/devices/queue");
        Assert.True(queue.Has("质控结果，不是献血者的结果") && queue.Has("不可靠：HGB 130"), Visiting.Words(queue));
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_a_message_sent_twice_When_both_are_acknowledged_Then_it_has_one_effect()
    {
        var (_, _, sample) = await WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);
        var message = Of(Normal, sample);

        Assert.Equal(("AA", "AA"), (await device.SendForCodeAsync(message), await device.SendForCodeAsync(message)));

        Assert.Equal(["matched"], await StatusesAsync(sample));
    }

    [Fact]
    public async Task Given_an_unknown_sample_When_it_comes_Then_it_waits_until_a_person_dismisses_it_with_a_reason()
    {
        var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
        await using var device = new DeviceSimulator(shared.Mllp);
        var number = Unknown();
        await device.SendForCodeAsync(Of(Normal, number));

        var queue = await nurse.GetAsync("/devices/queue");
        Assert.True(queue.Has("没有样本号 " + number));
        var id = (await Rows($"SELECT \"Id\" FROM device_samples WHERE \"SampleNumber\" = '{number}'"))[0][0];
        var frame = Regex.Match(queue.Body[..queue.Body.IndexOf($"/devices/queue/{id}", StringComparison.OrdinalIgnoreCase)], "/devices/frames/([0-9a-f-]{36})", RegexOptions.RightToLeft).Value;
        Assert.True((await nurse.GetAsync(frame)).Has("718-7^HGB^LN||130|g/L"));
        await nurse.GetAsync("/devices/queue");
        Assert.Equal(422, (await nurse.PostAsync($"/devices/queue/{id}/dismiss", ("reason", " "))).Status);
        Assert.Equal(302, (await nurse.PostAsync($"/devices/queue/{id}/dismiss", ("reason", "试管标签贴错，已重新采样"))).Status);
        Assert.False((await nurse.GetAsync("/devices/queue")).Has("没有样本号 " + number));
    }

    [Fact]
    public async Task Given_another_sex_or_a_finished_test_When_results_come_Then_they_do_not_reach_the_visit()
    {
        var (nurse, visit, sample) = await WaitingAsync(female: false);
        await using var device = new DeviceSimulator(shared.Mllp);

        await device.SendForCodeAsync(Of(Normal, sample));
        Assert.Equal("", Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "hb"));
        await nurse.CompleteAsync(visit, "tests", Measured());
        await device.SendForCodeAsync(Of(Anaemia, sample));

        Assert.Equal(["waiting", "waiting"], await StatusesAsync(sample));
        var reasons = await Rows($"SELECT s.\"Reason\" FROM device_sample_statuses s JOIN device_samples d ON d.\"Id\" = s.\"SampleId\" WHERE d.\"SampleNumber\" = '{sample}' ORDER BY s.\"At\"");
        Assert.Equal(["仪器上的性别与献血者不同", $"样本号 {sample} 的检测已提交或本次献血已结束"], reasons.Select(r => r[0]));
    }

    [Fact]
    public async Task Given_a_result_that_comes_after_the_tests_were_signed_When_the_needle_is_next_Then_somebody_looks_at_it_first()
    {
        await shared.Staff.AtAsync("hangzhou", Collecting.Second);
        var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
        var idNumber = Visiting.NewIdNumber(female: true);
        var visit = await nurse.RunVisitAsync(Visiting.Registration(idNumber), mpv: true);
        var (number, sample) = (await nurse.DonationNumberAsync(visit), (await Rows($"SELECT \"SampleNumber\" FROM visits WHERE lower(CAST(\"Id\" AS text)) = '{visit}'"))[0][0]!);
        await using var device = new DeviceSimulator(shared.Mllp);
        await device.SendForCodeAsync(Of(Normal, sample));

        var refused = await nurse.PostStepAsync(visit, "pre-collection-check", Collecting.BeforeCheck(idNumber, number));
        Assert.True(refused.Status == 422 && refused.Has($"又传来样本 {sample} 的结果，还没有人处理"), Visiting.Words(refused));

        var waiting = (await Rows($"SELECT \"Id\" FROM device_samples WHERE \"SampleNumber\" = '{sample}'"))[0][0]!.ToLowerInvariant();
        var tester = await shared.Staff.AtAsync("hangzhou", "jc01");
        await tester.GetAsync("/devices/queue");
        Assert.Equal(302, (await tester.PostAsync($"/devices/queue/{waiting}/dismiss", ("reason", "同一支管重复上机，数值与已签的一致"))).Status);
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(idNumber, number));
    }

    [Fact]
    public async Task Given_a_result_that_comes_while_the_tester_types_When_submitted_Then_it_is_shown_before_anything_is_signed()
    {
        var (nurse, visit, sample) = await WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);
        var opened = await nurse.GetAsync($"/visits/{visit}/steps/tests");
        await device.SendForCodeAsync(Of(Normal, sample));

        var answer = await nurse.PostAsync($"/visits/{visit}/steps/tests", Visiting.WithHidden(opened, new(Measured()) { ["hb"] = "150" }));

        Assert.Equal(409, answer.Status);
        Assert.True(answer.Has("仪器刚传来新的结果") && answer.Has("130 g/L"));
        Assert.Equal("150", Shown(answer, "hb"));
        Assert.Equal(["matched"], await StatusesAsync(sample));
    }

    [Fact]
    public async Task Given_two_runs_that_disagree_When_the_step_is_opened_Then_neither_is_filled_in_and_both_are_shown()
    {
        var (nurse, visit, sample) = await WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);
        await device.SendForCodeAsync(Of(Normal, sample));
        await device.SendForCodeAsync(Of(Normal, sample).Replace("||130|g/L", "||118|g/L"));

        var page = await nurse.GetAsync($"/visits/{visit}/steps/tests");

        Assert.Equal(("", "245"), (Shown(page, "hb"), Shown(page, "plt")));
        Assert.True(page.Has("130 g/L") && page.Has("118 g/L") && page.Has("结果不一致"));
    }

    [Theory]
    [InlineData("||111|g/L|110-150|N|||C", "111 g/L 标志 N，不采用（结果状态“C”不是最终结果）")]
    [InlineData("||111|g/L|110-150|W|||F", "111 g/L 标志 W，不采用（标志 W：结果可疑）")]
    [InlineData("||***.**|g/L|110-150|N|||F", "***.** g/L 标志 N，不采用")]
    public async Task Given_a_value_When_the_device_corrects_or_doubts_it_later_Then_neither_is_filled_in_and_the_tester_decides_with_a_reason(string later, string said)
    {
        var (nurse, visit, sample) = await WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);
        await device.SendForCodeAsync(Of(Normal, sample));
        await device.SendForCodeAsync(Of(Normal, sample).Replace("||130|g/L|110-150|N|||F", later));

        var page = await nurse.GetAsync($"/visits/{visit}/steps/tests");
        Assert.Equal(("", "245"), (Shown(page, "hb"), Shown(page, "plt")));
        Assert.True(page.Has("130 g/L 标志 N") && page.Has(said) && page.Has("先前的值不再填入"), Visiting.Words(page));
        var asked = await nurse.PostStepAsync(visit, "tests", Measured());
        Assert.True(asked.Status == 200 && asked.Has("不止一个结果") && asked.Has("确认原因"), Visiting.Words(asked));
        var unreasoned = await nurse.PostAsync($"/visits/{visit}/steps/tests", Visiting.WithHidden(asked, Measured()));
        Assert.True(unreasoned.Status == 422 && unreasoned.Has("请选择或写明确认的原因"), Visiting.Words(unreasoned));
        var done = await nurse.PostAsync($"/visits/{visit}/steps/tests", Visiting.WithHidden(unreasoned, new(Measured()) { ["hb"] = "128", ["_reason"] = "已重新检测" }));
        Assert.True(done.Status == 302, Visiting.Words(done));
        var row = Assert.Single(await Rows($"SELECT \"Field\", \"Old\", \"New\", \"Reason\" FROM audit WHERE \"Action\" = '更正仪器结果' AND \"Subject\" = 'visit:{visit}'"));
        Assert.Equal("hb 130 128 已重新检测", string.Join(' ', row));
    }

    [Fact]
    public async Task Given_a_doubtful_value_When_a_good_one_follows_Then_the_good_one_is_filled_in()
    {
        var (nurse, visit, sample) = await WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);
        await device.SendForCodeAsync(Of(Normal, sample).Replace("||130|g/L|110-150|N|||F", "||111|g/L|110-150|W|||F"));
        await device.SendForCodeAsync(Of(Normal, sample));

        Assert.Equal("130", Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "hb"));
    }

    [Fact]
    public async Task Given_three_astm_messages_in_one_transmission_When_received_Then_each_is_stored_once()
    {
        await using var device = new DeviceSimulator(shared.Astm);
        string[] numbers = [Unknown(), Unknown(), Unknown()];

        Assert.True(await device.SendAstmAsync(string.Concat(numbers.Select(n => Sysmex.Replace("5411330421", n)))));

        foreach (var number in numbers) Assert.Equal(["waiting"], await StatusesAsync(number));
    }

    [Fact]
    public async Task Given_an_astm_device_When_a_frame_is_damaged_on_the_way_Then_it_is_refused_sent_again_and_the_result_is_whole()
    {
        var (nurse, visit, sample) = await WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Astm);
        var refused = 0;

        Assert.True(await device.SendAstmAsync(Sysmex.Replace("5411330421", sample), (number, frame) =>
        {
            if (number != 4) return frame;
            refused++;
            return [.. frame[..8], (byte)(frame[8] ^ 1), .. frame[9..]];
        }));

        Assert.Equal(1, refused);
        var page = await nurse.GetAsync($"/visits/{visit}/steps/tests");
        Assert.Equal(("101", "0.337", "396", "9.24"), (Shown(page, "hb"), Shown(page, "hct"), Shown(page, "plt"), Shown(page, "wbc")));
    }

    [Fact]
    public async Task Given_garbage_broken_and_oversized_frames_When_they_come_Then_they_are_refused_and_the_next_good_one_is_accepted()
    {
        await using var device = new DeviceSimulator(shared.Mllp);
        var mark = "not hl7 " + Guid.NewGuid();

        await device.SendAsync("no frame at all\r\n\u001c\u001c"u8.ToArray());
        Assert.Equal("AR", await device.SendForCodeAsync(mark));
        Assert.Equal("AR", await device.SendForCodeAsync(Of(Normal, Unknown()).Insert(200, "\rOB") + "\rXX"));
        Assert.Equal("AR", await device.SendForCodeAsync(new string('x', 4 * 1024 * 1024 + 1)));
        Assert.Equal("AA", await device.SendForCodeAsync(Of(Normal, Unknown())));
        Assert.True((await (await shared.Staff.AtAsync("hangzhou", "hs01")).GetAsync("/devices/queue")).Has("没有找到 Hl7 消息"));
    }

    [Fact]
    public async Task Given_a_damaged_result_that_has_become_a_question_When_sent_Then_it_is_answered_once_and_the_next_by_its_own_answer()
    {
        await using var device = new DeviceSimulator(shared.Mllp);
        var message = Encoding.Latin1.GetBytes(Of(Normal, Unknown()).Replace("ORU^R01", "ORM^R01", StringComparison.Ordinal));
        message[^20] = 0xFA;
        await device.SendAsync([0x0B, .. message, 0x1C, 0x0D]);
        var answer = await device.AnswerAsync();

        Assert.Contains("ORR^O02", answer, StringComparison.Ordinal);
        Assert.Equal("AA", await device.SendForCodeAsync(Of(Normal, Unknown())));
    }

    [Fact]
    public async Task Given_300_mutated_frames_When_sent_Then_each_is_answered_and_the_listener_is_alive()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var device = new DeviceSimulator(shared.Mllp);
        for (var i = 0; i < 300; i++)
        {
            var message = Encoding.Latin1.GetBytes(Of(random.Next(2) == 0 ? Normal : Anaemia, Unknown()));
            for (var n = random.Next(1, 12); n > 0; n--) message[random.Next(message.Length)] = Harmless(random);
            await device.SendAsync([0x0B, .. message, 0x1C, 0x0D]);
            try
            {
                var answer = await device.AnswerAsync();
                Assert.True(answer?.Contains("MSA|AA") == true || answer?.Contains("MSA|AR") == true, $"seed {seed}, round {i}: {answer}");
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"seed {seed}, round {i}: no answer");
            }
        }
        Assert.Equal("AA", await device.SendForCodeAsync(Of(Normal, Unknown())));
    }

    [Fact]
    public async Task Given_an_address_that_is_not_enrolled_When_it_connects_Then_it_is_hung_up_on()
    {
        await using var device = new DeviceSimulator(shared.Elsewhere);

        Assert.True(await device.IsHungUpAsync());
    }

    [Fact]
    public async Task Given_a_port_that_is_taken_When_the_station_starts_Then_it_is_an_incident_of_that_device_only()
    {
        var theirs = await (await shared.Staff.AtAsync("shaoxing", "hs01")).GetAsync("/devices");
        var ours = await (await shared.Staff.AtAsync("hangzhou", "hs01")).GetAsync("/devices");

        Assert.True(theirs.Has("未监听") && theirs.Has("端口已被占用"), Visiting.Words(theirs));
        Assert.False(ours.Has("未监听") || ours.Has("端口已被占用"), Visiting.Words(ours));
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_a_store_that_fails_When_a_message_comes_Then_it_is_not_accepted_until_it_is_stored()
    {
        await using var device = new DeviceSimulator(shared.Mllp);
        var owner = new Database(shared.Server, "hangzhou");
        var message = Of(Normal, Unknown());
        await owner.ExecuteAsync("ALTER TABLE device_readings RENAME TO device_readings_away");
        try
        {
            Assert.Equal("AE", await device.SendForCodeAsync(message));
        }
        finally
        {
            await owner.ExecuteAsync("ALTER TABLE device_readings_away RENAME TO device_readings");
        }
        Assert.Equal("AA", await device.SendForCodeAsync(message));
    }

    [Theory]
    [InlineData("device_frames", "Sha256")]
    [InlineData("device_samples", "Kind")]
    [InlineData("device_readings", "RawValue")]
    [InlineData("device_sample_statuses", "Status")]
    [Trait("Store", "postgres")]
    public async Task Given_what_a_device_said_When_a_plain_client_changes_or_deletes_it_Then_the_database_refuses(string table, string column)
    {
        await using var device = new DeviceSimulator(shared.Mllp);
        await device.SendForCodeAsync(Of(Normal, Unknown()));
        var owner = new Database(shared.Server, "hangzhou");

        Assert.Contains("append-only", await owner.RefusalAsync($"UPDATE {table} SET \"{column}\" = 'x'"));
        Assert.Contains("append-only", await owner.RefusalAsync($"DELETE FROM {table}"));
    }

    private async Task<(Browser Nurse, Guid Visit, string Sample)> WaitingAsync(bool female)
    {
        var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber(female)));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        var page = Visiting.Words(await nurse.GetAsync($"/visits/{visit}/steps/tests"));
        return (nurse, visit, Regex.Match(page, @"\b20\d{9,}\b").Value);
    }

    /// <summary>The values of the recording 01, and what no analyser measures.</summary>
    private static Dictionary<string, string> Measured() => new(Visiting.Tests(mpv: true)) { ["hb"] = "130", ["hct"] = "0.405", ["plt"] = "245", ["wbc"] = "7.20", ["mpv"] = "9.2" };

    /// <summary>The recording with another sample number, and a message number of its own.</summary>
    private static string Of(string recording, string sample) => Regex.Replace(recording, @"\rOBR\|1\|\|[^|]*\|", $"\rOBR|1||{sample}|").Replace("||ORU^R01|", $"||ORU^R01|{Interlocked.Increment(ref _serial)}");

    private static string Unknown() => $"19990101{Interlocked.Increment(ref _serial):0000}";

    /// <summary>Any byte that does not begin or end a frame.</summary>
    private static byte Harmless(Random random)
    {
        var b = (byte)random.Next(256);
        return b is 0x0B or 0x1C ? (byte)'|' : b;
    }

    private static string Shown(Answer page, string field) => Regex.Match(page.Body, $"<input[^>]* name=\"{field}\" value=\"([^\"]*)\"").Groups[1].Value;

    private Task<IReadOnlyList<IReadOnlyList<string?>>> Rows(string sql) => new Database(shared.Server, "hangzhou").RowsAsync(sql);

    private async Task<IEnumerable<string?>> StatusesAsync(string sample) =>
        (await Rows($"SELECT s.\"Status\" FROM device_sample_statuses s JOIN device_samples d ON d.\"Id\" = s.\"SampleId\" WHERE d.\"SampleNumber\" = '{sample}' ORDER BY 1")).Select(r => r[0]);

    private async Task<int> CorrectionsAsync(Guid visit) => (await Rows($"SELECT 1 FROM audit WHERE \"Action\" = '更正仪器结果' AND \"Subject\" = 'visit:{visit}'")).Count;
}

internal static class Enrolling
{
    /// <summary>Puts these devices, named by their codes, in the place of the recipe's own.</summary>
    public static void Enrol(this TenantConfigCopy configuration, string tenant, params (string Code, string Profile, int Port, string Address)[] devices) => configuration.EditRecipe(tenant, steps =>
        TenantConfigCopy.Step(steps, "Station.Devices")["Devices"] = new System.Text.Json.Nodes.JsonArray([.. devices.Select(d => System.Text.Json.Nodes.JsonNode.Parse(
            $$"""{ "Code": "{{d.Code}}", "Name": "{{d.Code}}", "Profile": "{{d.Profile}}", "Port": {{d.Port}}, "AllowedAddresses": ["{{d.Address}}"] }"""))]));
}
