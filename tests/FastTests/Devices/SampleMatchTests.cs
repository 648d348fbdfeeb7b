using System.Globalization;
using Modules.Collection.Contracts;
using Modules.Devices;
using Modules.Devices.Contracts;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

/// <summary>Whom a result belongs to: only what agrees with the donor and the day is matched.</summary>
public sealed class SampleMatchTests
{
    private static readonly DateOnly Day = new(2026, 12, 1);
    private static readonly Guid Visit = Guid.NewGuid();
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone("z", TimeSpan.FromHours(8), "z", "z");

    /// <summary>13:00 at the station.</summary>
    private static readonly DateTimeOffset Received = new(2026, 12, 1, 5, 0, 0, TimeSpan.Zero);

    private static SampleOwner Owner(string sex = "F", bool awaits = true, DateOnly? day = null) => new(Visit, sex, day ?? Day, awaits, ["hb"]);

    private static DeviceSample Sample(string? sex = "F", string? observed = "2026-12-01 10:00:00", string kind = "Result", string? number = "20261201005") => new()
    {
        Id = Guid.NewGuid(), FrameId = Guid.NewGuid(), Number = 0, DeviceCode = "a", Kind = kind, Sex = sex, ObservedAt = observed, SampleNumber = number, ReceivedAt = Received,
    };

    private static StoredReading Reading(bool accepted = true) => new()
    {
        Id = Guid.NewGuid(), SampleId = Guid.NewGuid(), Number = 0, Item = "hb", SentAs = "HGB", RawValue = "130", Flags = "", Accepted = accepted, Reason = accepted ? null : "标志 W：结果可疑",
    };

    private static SampleMatch Decide(DeviceSample sample, SampleOwner? owner) => SampleMatch.Decide(sample, [Reading()], owner);

    /// <summary>As stored when it comes at 13:00 on 1 December.</summary>
    private static string? Observed(DeviceMessage message) => RecordSamples.Observed(message, Received, Zone);

    private static DeviceMessage Told(string? time, TimeSpan? offset = null, int ahead = 0, string? unread = null) => new()
    {
        Profile = "p", Kind = DeviceMessageKind.Result, Readings = [], Alarms = [], Problems = [], ClockMinutes = ahead, ObservedOffset = offset, UnreadTime = unread,
        ObservedTime = time is null ? null : DateTime.Parse(time, CultureInfo.InvariantCulture),
    };

    [Fact]
    public void Given_a_result_of_today_for_this_donor_When_it_comes_Then_it_is_matched() =>
        Assert.Equal((Visit, null), (Decide(Sample(), Owner()).Visit!.Value, Decide(Sample(), Owner()).Waiting));

    [Theory]
    [InlineData("M", "F", "仪器上的性别与献血者不同")]
    [InlineData("F", "M", "仪器上的性别与献血者不同")]
    [InlineData("?Å®", "M", "仪器上的性别“Å®”不能识别")]
    [InlineData("?X", "F", "不能识别")]
    [InlineData("?", "F", "不能识别")]
    public void Given_a_sex_that_differs_or_cannot_be_read_When_it_comes_Then_it_belongs_to_nobody(string sent, string donor, string reason)
    {
        var match = Decide(Sample(sent), Owner(donor));

        Assert.Null(match.Visit);
        Assert.Contains(reason, match.Waiting);
    }

    [Theory]
    [InlineData("男", "M", null)]
    [InlineData("U", null, null)]
    [InlineData("", null, null)]
    [InlineData("X", null, "X")]
    [InlineData("1", null, "1")]
    public void Given_a_sex_in_a_message_When_read_Then_known_unknown_and_unreadable_are_told_apart(string sent, string? sex, string? unread)
    {
        var message = One($"MSH|^~\\&|BC|M|||20260301080000||ORU^R01|7|P|2.3.1||||||UNICODE\rPID|1|||||||{sent}\rOBR|1||A1\rOBX|1|NM|718-7^HGB^LN||130|g/L||N|||F\r", Hematology);

        Assert.Equal((sex, unread), (message.PatientSex, message.UnreadSex));
    }

    [Fact]
    public void Given_a_result_of_a_year_ago_When_it_comes_Then_it_waits_and_its_date_is_named()
    {
        var message = One(Bytes("34-mindray-stale.hl7"), Hematology);

        var match = Decide(Sample(null, Observed(message)), Owner());

        Assert.Null(match.Visit);
        Assert.Contains("检测时间 2025-02-20 14:30 早于本次献血的登记（2026-12-01）", match.Waiting);
    }

    [Theory]
    [InlineData("2026-11-30 23:59:59", "早于本次献血的登记")]
    [InlineData("2016-12-01 10:00:00", "早于本次献血的登记")]
    [InlineData("?2027-12-01 10:00:00", "检测时间 2027-12-01 10:00 在收到之后")]
    [InlineData("?1/12/2026 10:05", "检测时间“1/12/2026 10:05”不能识别")]
    public void Given_another_day_or_no_time_anybody_can_read_When_it_comes_Then_it_waits(string observed, string reason)
    {
        var match = Decide(Sample(observed: observed), Owner());

        Assert.Null(match.Visit);
        Assert.Contains(reason, match.Waiting);
    }

    [Theory]
    [InlineData("2026-12-01 13:00:00", 0, null, "2026-12-01 13:00:00")]
    [InlineData("2026-12-01 13:00:01", 0, null, "?2026-12-01 13:00:01")]
    [InlineData("2026-12-01 13:10:00", 10, null, "2026-12-01 13:10:00")]
    [InlineData("2026-12-01 13:10:01", 10, null, "?2026-12-01 13:10:01")]
    [InlineData("2026-12-01 00:00:00", 0, null, "2026-12-01 00:00:00")]
    [InlineData("2026-12-01 05:00:00", 0, 0, "2026-12-01 13:00:00")]
    [InlineData("2026-12-01 00:00:00", 0, -5, "2026-12-01 13:00:00")]
    [InlineData("2026-12-01 10:05:00", 0, -5, "?2026-12-01 23:05:00")]
    [InlineData("2026-12-01 11:00:00", 0, 8, "2026-12-01 11:00:00")]
    public void Given_a_clock_When_stored_Then_its_offset_is_reckoned_in_and_what_has_not_come_yet_is_not_believed(string clock, int ahead, int? offset, string stored) =>
        Assert.Equal(stored, Observed(Told(clock, offset is { } hours ? TimeSpan.FromHours(hours) : null, ahead)));

    [Fact]
    public void Given_no_time_or_one_that_cannot_be_read_When_stored_Then_the_two_are_told_apart()
    {
        Assert.Null(Observed(Told(null)));
        Assert.Equal("?1/2/26", Observed(Told(null, unread: "1/2/26")));
        Assert.Equal(new Guid?[] { Visit, null }, new[] { Decide(Sample(observed: null), Owner()).Visit, Decide(Sample(observed: "?1/2/26"), Owner()).Visit });
    }

    [Theory]
    [InlineData("Qc", "质控结果")]
    [InlineData("Calibration", "定标结果")]
    [InlineData("Broken", "消息损坏")]
    [InlineData("Other", "不是结果消息")]
    public void Given_what_is_no_result_When_it_comes_Or_a_person_says_whose_it_is_Then_it_belongs_to_nobody(string kind, string reason)
    {
        Assert.Contains(reason, Decide(Sample(kind: kind), Owner()).Waiting);
        Assert.Null(SampleMatch.Attach(Sample(kind: kind), [Reading()], Owner(), "20261201005").Visit);
    }

    [Fact]
    public void Given_a_number_nobody_has_yet_When_it_gets_an_owner_Then_the_same_sample_is_matched()
    {
        var sample = Sample();

        Assert.Equal("没有样本号 20261201005", Decide(sample, null).Waiting);
        Assert.Equal(Visit, Decide(sample, Owner()).Visit);
        Assert.Contains("已提交或本次献血已结束", Decide(sample, Owner(awaits: false)).Waiting);
    }

    [Fact]
    public void Given_doubtful_values_When_matched_Then_a_person_looks_all_the_same()
    {
        var match = SampleMatch.Decide(Sample(), [Reading(accepted: false)], Owner());

        Assert.Equal((Visit, "不可靠：HGB 130（标志 W：结果可疑）"), (match.Visit!.Value, match.Waiting));
    }

    [Theory]
    [InlineData(null, "2025-02-20 14:30:00", true)]
    [InlineData("?X", "?1/2/26", true)]
    [InlineData("F", "?2027-01-01 00:00:00", true)]
    [InlineData("M", "2026-12-01 10:00:00", false)]
    public void Given_a_result_a_person_has_looked_at_When_attached_Then_only_another_sex_still_refuses_it(string? sex, string observed, bool matched) =>
        Assert.Equal(matched, SampleMatch.Attach(Sample(sex, observed, number: "wrong label"), [Reading()], Owner(), "20261201005").Visit == Visit);

    [Theory]
    [InlineData("=9000626510234" + "00", "9000626510234")]
    [InlineData("=9000626510234" + "07", "9000626510234")]
    [InlineData("=90006265102340", "=90006265102340")]
    [InlineData("=A000626510234" + "M1", "A000626510234")]
    [InlineData("=9000626510234", "9000626510234")]
    [InlineData("9000626510234", "9000626510234")]
    [InlineData("=%5100", "=%5100")]
    [InlineData("=<E0791V00", "=<E0791V00")]
    [InlineData("=900062651023", "=900062651023")]
    [InlineData("=900062651023400000", "=900062651023400000")]
    [InlineData("=O000626510234" + "00", "=O000626510234" + "00")]
    public void Given_a_number_as_a_scanner_reads_it_When_compared_Then_flags_and_identifier_do_not_count(string scanned, string meaning) =>
        Assert.Equal(meaning, DonationIdentification.Meaning(scanned));

    [Fact]
    public void Given_what_became_of_a_sample_When_told_Then_the_last_word_stands()
    {
        SampleStatus At(string status, int minute, string? reason = null) => new() { Id = Guid.NewGuid(), SampleId = Guid.NewGuid(), Status = status, Reason = reason, At = Received.AddMinutes(minute) };

        Assert.Equal("待处理，没有样本号 1", ShowFrames.State([At("waiting", 0, "没有样本号 1")]));
        Assert.Equal("已对应到本次献血", ShowFrames.State([At("waiting", 0, "没有样本号 1"), At("matched", 1)]));
        Assert.Equal("已对应到本次献血；待处理，不可靠", ShowFrames.State([At("waiting", 0, "x"), At("matched", 1), At("waiting", 1, "不可靠")]));
        Assert.Equal("不采用：试管错", ShowFrames.State([At("matched", 1), At("dismissed", 2, "试管错")]));
        Assert.Equal("已签署", ShowFrames.State([At("matched", 1), At("used", 2)]));
    }

    [Theory]
    [InlineData(null, "13:00")]
    [InlineData("2026-12-01 10:05:06", "10:05")]
    [InlineData("2025-02-20 14:30:00", "2025-02-20 14:30")]
    [InlineData("?2027-01-01 00:00:00", "2027-01-01 00:00")]
    [InlineData("?1/2/26", "1/2/26")]
    public void Given_a_time_of_another_day_When_shown_beside_the_value_Then_its_date_is_shown(string? observed, string shown) =>
        Assert.Equal(shown, VisitReadings.Time(observed, TimeZoneInfo.ConvertTime(Received, Zone).DateTime));
}
