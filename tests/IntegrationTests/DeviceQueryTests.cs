using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What a device asks and how its line is, over real sockets: each question is answered in its own protocol, each fault of a line is named while it lasts.</summary>
public sealed class DeviceQueryTests(DeviceLines shared) : IClassFixture<DeviceLines>
{
    private static int _serial;

    private static string Hl7(string type, string rest) => $"MSH|^~\\&|||||{DeviceSimulator.RunAt:yyyyMMddHHmmss}||{type}|{Interlocked.Increment(ref _serial)}|P|2.3.1||||||UNICODE\r{rest}\r";

    [Fact]
    public async Task Given_a_waiting_sample_When_the_haematology_analyser_asks_Then_it_is_told_what_to_measure_and_nothing_is_stored()
    {
        var (_, _, sample) = await shared.WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);

        var known = await device.SendHl7Async(Hl7("ORM^O01", $"ORC|RF||{sample}||IP"));
        var unknown = await device.SendHl7Async(Hl7("ORM^O01", "ORC|RF||S1||IP"));

        Assert.Contains("||ORR^O02|", known);
        Assert.Contains($"MSA|AA|", known);
        Assert.Contains($"|{sample}|00001^Automated Count^99MRC", known);
        Assert.True(unknown!.Contains("||ORR^O02|") && unknown.Contains("MSA|AR|"), unknown);
        Assert.Empty(await shared.RowsAsync($"SELECT 1 FROM device_samples WHERE \"SampleNumber\" IN ('{sample}', 'S1')"));
    }

    [Fact]
    public async Task Given_a_waiting_sample_When_the_chemistry_analyser_asks_Then_the_query_is_acknowledged_and_answered()
    {
        var (_, _, sample) = await shared.WaitingAsync(female: false);
        await using var device = new DeviceSimulator(shared.Chemistry);

        var acknowledged = await device.SendHl7Async(Hl7("QRY^Q02", $"QRD|20261201080000|R|D|1|||RD|{sample}|OTH|||T|"));
        var answered = await device.AnswerAsync();
        var unknown = await device.SendHl7Async(Hl7("QRY^Q02", "QRD|20261201080000|R|D|1|||RD|S1|OTH|||T|"));

        Assert.True(acknowledged!.Contains("||QCK^Q02|") && acknowledged.Contains("QAK|SR|OK"), acknowledged);
        Assert.True(answered!.Contains("||DSR^Q03|") && answered.Contains($"DSP|21||{sample}|") && answered.Contains("DSP|29||ALT^^^|"), answered);
        Assert.True(unknown!.Contains("||QCK^Q02|") && unknown.Contains("QAK|SR|NF"), unknown);
    }

    [Fact]
    public async Task Given_a_waiting_sample_When_the_astm_analyser_asks_Then_the_orders_are_sent_to_it_and_its_results_still_come_in()
    {
        var (nurse, visit, sample) = await shared.WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Astm);

        Assert.True(await device.SendAstmAsync($"H|\\^&\rQ|1|2^1^{sample}^B||||{DeviceSimulator.RunAt:yyyyMMddHHmmss}\rL|1|N\r"));
        var orders = await device.ReceiveAstmAsync();
        Assert.Contains($"O|1|2^1^{sample}^B||^^^^WBC\\^^^^HGB\\^^^^HCT\\^^^^PLT\\^^^^MPV|||||||N||||||||||||||Q\r", orders);
        Assert.True(await device.SendAstmAsync("H|\\^&\rQ|1|2^2^S1^B\rL|1|N\r"));
        Assert.Contains("O|1|2^2^S1^B|||||||||||||||||||||||Y\r", await device.ReceiveAstmAsync());

        Assert.True(await device.SendAstmAsync(DeviceSimulator.Recording("13-sysmex-xn350.astm").Replace("5411330421", sample)));
        Assert.Equal("101", DeviceLines.Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "hb"));
        Assert.Equal(["matched"], await shared.StatusesAsync(sample));
    }

    [Fact]
    public async Task Given_a_profile_the_station_has_published_When_its_device_sends_Then_it_is_read_without_a_build_and_a_new_version_counts_from_the_next_message()
    {
        var (nurse, visit, sample) = await shared.WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Own);
        string Result(string code, int value) => Hl7("ORU^R01", $"OBR|1||{sample}||||{DeviceSimulator.RunAt:yyyyMMddHHmmss}\rOBX|1|NM|{code}||{value}|g/L|||||F");

        Assert.Equal("AA", await device.SendForCodeAsync(Result("HB-X", 131)));
        Assert.Equal("131", DeviceLines.Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "hb"));

        shared.Configuration.Write(DeviceLines.OwnProfile("HB-Y"), "hangzhou", "devices", "own", "analyser.profile.json");
        foreach (var account in new[] { "gl01", "pz01" }) await shared.Staff.AtAsync("hangzhou", account);
        var (exit, plan, error) = await shared.Server.VerbAsync(["recipe", "apply", "hangzhou", "--by", "gl01"], Staff.Pin);
        Assert.True(exit == 0 && plan.Contains("设备配置 own/analyser"), plan + error);
        var change = System.Text.RegularExpressions.Regex.Match(plan, "[0-9a-f]{8}-[0-9a-f-]{27}").Value;
        Assert.Equal(0, (await shared.Server.VerbAsync(["changes", "submit", "hangzhou", change, "--by", "gl01"], Staff.Pin)).Exit);
        Assert.Equal(0, (await shared.Server.VerbAsync(["changes", "approve", "hangzhou", change, "--by", "pz01"], Staff.Pin)).Exit);
        Assert.Equal("AA", await device.SendForCodeAsync(Result("HB-Y", 131)));

        var readings = await shared.RowsAsync($"SELECT r.\"Item\", r.\"SentAs\" FROM device_readings r JOIN device_samples s ON s.\"Id\" = r.\"SampleId\" WHERE s.\"SampleNumber\" = '{sample}' ORDER BY 2");
        Assert.Equal(["hb HB-X", "hb HB-Y"], readings.Select(r => $"{r[0]} {r[1]}"));
    }

    [Fact]
    public async Task Given_a_line_in_trouble_When_it_is_cured_Then_the_incident_is_named_while_it_lasts_and_gone_after()
    {
        await using var device = new DeviceSimulator(shared.Chemistry);
        await device.SendAsync("MSH|^~\\&|BC-5380|Mindray|||20261201010000||ORU^R01|5|P|2.3.1\rPID|1\r"u8.ToArray());
        var faulty = await DevicesAsync("没有 MLLP 帧的 HL7");
        Assert.True(faulty.Contains("有连接，还没有收到能读懂的消息") && !faulty.Contains("已连接"), faulty);

        await device.SendAsync([0x16, 0x03, 0x01, 0x02, 0x00]);
        await using var second = new DeviceSimulator(shared.Chemistry);
        await second.SendAsync([0x0B, .. "MSH|^~\\&|half"u8]);
        await DevicesAsync("消息只收到一半");

        await using var good = new DeviceSimulator(shared.Chemistry);
        await good.SendHl7Async(Hl7("QRY^Q02", "QRD|20261201080000|R|D|1|||RD|S1|OTH|||T|"));
        var cured = await DevicesAsync("已连接");
        Assert.False(cured.Contains("MLLP 帧") || cured.Contains("只收到一半"), cured);
    }

    [Fact]
    public async Task Given_eight_silent_connections_When_the_analyser_connects_again_Then_it_is_heard()
    {
        var silent = Enumerable.Range(0, 8).Select(_ => new DeviceSimulator(shared.Mllp)).ToList();
        foreach (var connection in silent) await connection.SendAsync([(byte)'\r']);
        await using var device = new DeviceSimulator(shared.Mllp);

        var answer = await device.SendHl7Async(Hl7("ORM^O01", "ORC|RF||S1||IP"));

        Assert.Contains("ORR^O02", answer);
        foreach (var connection in silent) await connection.DisposeAsync();
    }

    /// <summary>The devices page, once it says so.</summary>
    private async Task<string> DevicesAsync(string words)
    {
        var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
        for (var until = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(200))
        {
            var page = Visiting.Words(await nurse.GetAsync("/devices"));
            if (page.Contains(words)) return page;
            Assert.True(DateTime.UtcNow < until, $"not said: {words}\n{page}");
        }
    }
}
