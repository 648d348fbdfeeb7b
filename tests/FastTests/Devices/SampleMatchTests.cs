using Modules.Collection.Contracts;
using Modules.Devices;
using Modules.Devices.Contracts;
using Xunit;

namespace FastTests.Devices;

/// <summary>Whose result a device has sent, and which never reaches a visit by itself.</summary>
public sealed class SampleMatchTests
{
    private static readonly Guid Visit = Guid.NewGuid();
    private static readonly DeviceMessage Message = new()
    {
        Profile = "made/one", Kind = DeviceMessageKind.Result, SampleId = "20261123001", Readings = [], Alarms = [], Problems = [],
    };

    [Theory]
    [InlineData(null, null)]
    [InlineData("F", null)]
    [InlineData("M", "仪器上的性别与献血者不同")]
    public async Task Given_the_sex_a_device_was_told_When_matched_Then_another_than_the_donors_is_another_donors_sample(
        string? sex, string? waits)
    {
        var (visit, waiting) = await MatchAsync(Message with { PatientSex = sex });

        Assert.Equal((waits is null ? Visit : null, waits), (visit, waiting));
    }

    public static TheoryData<string, string> Strangers => new()
    {
        { "unknown", "没有样本号 20261123999" }, { "none", "没有样本号" },
        { "late", "样本号 20261123001 的检测已提交或本次献血已结束" }, { "qc", "质控结果，不是献血者的结果" },
        { "calibration", "定标结果，不是献血者的结果" }, { "damaged", "消息损坏：断在第 3 行" },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Given_what_is_no_result_of_a_waiting_visit_When_matched_Then_it_waits_for_a_person_and_says_why(
        string what, string reason)
    {
        var message = what switch
        {
            "unknown" => Message with { SampleId = "20261123999" }, "none" => Message with { SampleId = null },
            "damaged" => Message with { Problems = ["断在第 3 行"] }, "qc" => Message with { Kind = DeviceMessageKind.Qc },
            "calibration" => Message with { Kind = DeviceMessageKind.Calibration }, _ => Message,
        };

        Assert.Equal((null, reason), await MatchAsync(message, awaits: what != "late"));
    }

    [Fact]
    public async Task Given_a_value_that_cannot_be_believed_When_matched_Then_it_reaches_the_visit_and_a_person()
    {
        var doubtful = new DeviceReading
        {
            Code = "hb", DeviceCode = "HGB", RawValue = "***", Flags = [], Accepted = false, Reason = "仪器没有给出数值",
        };

        Assert.Equal((Visit, "不可靠：HGB ***（仪器没有给出数值）"), await MatchAsync(Message with { Readings = [doubtful] }));
    }

    private static Task<(Guid? Visit, string? Waiting)> MatchAsync(DeviceMessage message, bool awaits = true) =>
        new ReceiveFrame(null!, new OneSample(awaits), null!, null!, null!, null!).MatchAsync(message, default);

    private sealed class OneSample(bool awaits) : ISamples
    {
        public Task<SampleOwner?> FindAsync(string sampleNumber, CancellationToken cancel = default) =>
            Task.FromResult(sampleNumber == Message.SampleId ? new SampleOwner(Visit, "F", awaits) : null);
    }
}
