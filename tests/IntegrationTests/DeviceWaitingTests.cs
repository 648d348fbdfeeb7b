using System.Text;
using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Results that belong to nobody at first: they find their owner by themselves, or a person finds him.</summary>
public sealed class DeviceWaitingTests(DeviceLines shared) : IClassFixture<DeviceLines>
{
    private static readonly string Normal = DeviceSimulator.Recording("01-mindray-bc5380-normal.hl7");
    private static int _serial;

    private static string Of(string sample, string? run = null) =>
        Regex.Replace(Normal, @"\rOBR\|1\|\|[^|]*\|", $"\rOBR|1||{sample}|").Replace("||ORU^R01|", $"||ORU^R01|{Interlocked.Increment(ref _serial)}").Replace($"{DeviceSimulator.RunAt:yyyyMMddHHmmss}", run ?? $"{DeviceSimulator.RunAt:yyyyMMddHHmmss}");

    private static string Unknown() => $"19990202{Interlocked.Increment(ref _serial):0000}";

    private static string Next(string sample) => $"{long.Parse(sample) + 1}";

    [Fact]
    public async Task Given_a_result_before_its_sample_When_the_number_is_given_Then_it_is_matched_by_itself_and_the_same_bytes_again_change_nothing()
    {
        var (_, _, before) = await shared.WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Astm);
        var early = DeviceSimulator.Recording("35-sysmex-early.astm").Replace("20261201004", Next(before));
        Assert.True(await device.SendAstmAsync(early));
        Assert.Equal(["waiting"], await shared.StatusesAsync(Next(before)));

        var (nurse, visit, sample) = await shared.WaitingAsync(female: true);
        Assert.Equal(Next(before), sample);
        await UntilAsync(async () => DeviceLines.Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "hb") == "131");
        Assert.True(await device.SendAstmAsync(early));

        Assert.Equal(["matched", "waiting"], await shared.StatusesAsync(sample));
        Assert.False((await nurse.GetAsync("/devices/queue")).Has("没有样本号 " + sample));
    }

    [Fact]
    public async Task Given_a_result_under_a_wrong_number_When_a_person_attaches_it_Then_it_is_filled_in_and_who_said_so_is_known()
    {
        var (nurse, visit, sample) = await shared.WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);
        var wrong = Unknown();
        await device.SendForCodeAsync(Of(wrong));
        var id = await shared.SampleIdAsync(wrong);
        await nurse.GetAsync("/devices/queue");

        Assert.Equal(422, (await nurse.PostAsync($"/devices/queue/{id}/attach", ("number", sample), ("reason", " "))).Status);
        var none = await nurse.PostAsync($"/devices/queue/{id}/attach", ("number", "S1"), ("reason", "标签贴错"));
        Assert.True(none.Status == 422 && none.Has("没有样本号 S1"), Visiting.Words(none));
        Assert.Equal(302, (await nurse.PostAsync($"/devices/queue/{id}/attach", ("number", sample), ("reason", "标签贴错，已核对试管"))).Status);

        Assert.Equal("130", DeviceLines.Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "hb"));
        Assert.False((await nurse.GetAsync("/devices/queue")).Has("没有样本号 " + wrong));
        Assert.Equal($"{wrong} {sample} 标签贴错，已核对试管", string.Join(' ', (await shared.RowsAsync($"SELECT \"Old\", \"New\", \"Reason\" FROM audit WHERE \"Action\" = '仪器结果对应到样本' AND \"Subject\" = 'device-sample:{id}'"))[0]));
    }

    [Fact]
    public async Task Given_a_doubtful_result_that_has_its_visit_When_a_person_attaches_it_to_another_Then_it_belongs_to_one_only()
    {
        var (nurse, visit, sample) = await shared.WaitingAsync(female: true);
        var (_, other, another) = await shared.WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);
        await device.SendForCodeAsync(Of(sample).Replace("130|g/L|110-150|N|", "130|g/L|110-150|W|"));
        await nurse.GetAsync("/devices/queue");

        var refused = await nurse.PostAsync($"/devices/queue/{await shared.SampleIdAsync(sample)}/attach", ("number", another), ("reason", "标签贴错"));

        Assert.True(refused.Status == 422 && refused.Has("已对应到一次献血"), Visiting.Words(refused));
        Assert.Equal(("245", ""), (DeviceLines.Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "plt"), DeviceLines.Shown(await nurse.GetAsync($"/visits/{other}/steps/tests"), "plt")));
    }

    [Fact]
    public async Task Given_a_mans_result_When_a_person_attaches_it_to_a_woman_Then_it_is_refused()
    {
        var (nurse, visit, sample) = await shared.WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);
        var wrong = Unknown();
        await device.SendForCodeAsync(Regex.Replace(Of(wrong), @"(\rPID\|1\|(?:[^|\r]*\|){6})[^|\r]*", "$1Male"));
        await nurse.GetAsync("/devices/queue");

        var refused = await nurse.PostAsync($"/devices/queue/{await shared.SampleIdAsync(wrong)}/attach", ("number", sample), ("reason", "标签贴错"));

        Assert.True(refused.Status == 422 && refused.Has("仪器上的性别与献血者不同"), Visiting.Words(refused));
        Assert.Equal("", DeviceLines.Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "hb"));
    }

    [Fact]
    public async Task Given_a_woman_in_gbk_that_is_valid_utf8_When_it_comes_for_a_man_Then_it_is_not_filled_in()
    {
        var (nurse, visit, sample) = await shared.WaitingAsync(female: false);
        await using var device = new DeviceSimulator(shared.Mllp);
        var bytes = Encoding.Latin1.GetBytes(DeviceSimulator.Recording("21-mindray-gbk-female.hl7").Replace("20261201005|", sample + "|"));

        await device.SendAsync([0x0B, .. bytes, 0x1C, 0x0D]);

        Assert.Contains("MSA|AA", await device.AnswerAsync());
        Assert.Equal("", DeviceLines.Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "hb"));
        Assert.True((await nurse.GetAsync("/devices/queue")).Has("仪器上的性别与献血者不同"));
    }

    [Theory]
    [InlineData("20250220143000", "2025-02-20 14:30", "早于本次献血的登记")]
    [InlineData("20991231143000", "2099-12-31 14:30", "在收到之后")]
    public async Task Given_a_result_of_another_time_When_it_comes_Then_it_waits_with_its_reason_and_the_page_shows_its_date(string run, string shown, string reason)
    {
        var (nurse, visit, sample) = await shared.WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);

        await device.SendForCodeAsync(Of(sample, run));

        Assert.Equal("", DeviceLines.Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "hb"));
        var queue = await nurse.GetAsync("/devices/queue");
        Assert.True(queue.Has(reason) && queue.Has(shown), Visiting.Words(queue));
    }

    [Fact]
    public async Task Given_a_kept_frame_When_it_is_read_again_Then_what_it_said_before_gives_way()
    {
        var (nurse, visit, sample) = await shared.WaitingAsync(female: true);
        await using var device = new DeviceSimulator(shared.Mllp);
        await device.SendForCodeAsync(Of(sample));
        await nurse.GetAsync("/devices/queue");
        var frame = (await shared.RowsAsync($"SELECT \"FrameId\" FROM device_samples WHERE \"SampleNumber\" = '{sample}'"))[0][0]!.ToLowerInvariant();

        Assert.True((await nurse.GetAsync("/devices/frames")).Body.Contains($"/devices/frames/{frame}", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(302, (await nurse.PostAsync($"/devices/frames/{frame}/replay", ("reason", "设备配置已更正"))).Status);

        Assert.Equal(["dismissed", "matched", "matched"], await shared.StatusesAsync(sample));
        Assert.Equal("130", DeviceLines.Shown(await nurse.GetAsync($"/visits/{visit}/steps/tests"), "hb"));
        var page = await nurse.GetAsync($"/devices/frames/{frame}");
        Assert.True(page.Has("不采用：重新读取：设备配置已更正") && page.Has("已对应到本次献血"), Visiting.Words(page));
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var until = DateTime.UtcNow.AddSeconds(20); !await holds(); await Task.Delay(200)) Assert.True(DateTime.UtcNow < until, "did not come about in time");
    }
}
