using Modules.Devices.Contracts;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

public sealed class ReadingTests
{
    [Theory]
    [InlineData("NM|718-7^HGB^LN||13.2|g/dL||N|||F", "132", "g/L")]
    [InlineData("NM|718-7^HGB^LN||13|g/dL||N|||F", "130", "g/L")]
    [InlineData("NM|4544-3^HCT^LN||40.0|%||N|||F", "0.400", "L/L")]
    [InlineData("NM|4544-3^HCT^LN||0.405|||N|||F", "0.405", "L/L")]
    [InlineData("NM|777-3^PLT^LN||172|10*3/uL||N|||F", "172", "10^9/L")]
    [InlineData("NM|777-3^PLT^LN||17.2|10\\S\\4/uL||N|||F", "172", "10^9/L")]
    [InlineData("NM|777-3^PLT^LN||172|10^9/L||H~N|||F", "172", "10^9/L")]
    [InlineData("NM|PLT^^99MRC||172|10*9/L||~N|||F", "172", "10^9/L")]
    public void Given_a_unit_the_profile_knows_When_read_Then_converted_with_the_digits_sent(string observation, string value, string unit)
    {
        var reading = Assert.Single(Hl7(observation).Readings);
        Assert.Equal((value, unit, true, null), (reading.Value, reading.Unit, reading.Accepted, reading.Reason));
    }

    [Theory]
    [InlineData("NM|718-7^HGB^LN||130|||N|||F", "没有单位")]
    [InlineData("NM|4544-3^HCT^LN||43.5|||N|||F", "没有单位，且数值不在默认单位的范围内")]
    [InlineData("NM|718-7^HGB^LN||130|G/L||N|||F", "单位 G/L 不在配置中")]
    [InlineData("NM|718-7^HGB^LN||***.**|g/L||N|||F", "仪器没有给出数值（***.**）")]
    [InlineData("NM|718-7^HGB^LN||----|g/L||N|||F", "仪器没有给出数值（----）")]
    [InlineData("NM|718-7^HGB^LN|||g/L||N|||F", "仪器没有给出数值（空）")]
    [InlineData("NM|718-7^HGB^LN||<130|g/L||N|||F", "“<130”不是单纯的十进制数")]
    [InlineData("NM|718-7^HGB^LN||13,2|g/dL||N|||F", "“13,2”不是单纯的十进制数")]
    [InlineData("NM|718-7^HGB^LN||130~140|g/L||N|||F", "“130~140”不是单纯的十进制数")]
    [InlineData("NM|718-7^HGB^LN||13.2|g/L||N|||F", "13.2 g/L 超出可信范围 30–250")]
    [InlineData("NM|718-7^HGB^LN||130|g/L||H~A|||F", "标志 A：异常，结果不可靠")]
    [InlineData("NM|718-7^HGB^LN||130|g/L||W|||F", "标志 W：结果可疑")]
    [InlineData("NM|718-7^HGB^LN||130|g/L||N|||F||E", "标志 E：结果经人工修改")]
    [InlineData("NM|718-7^HGB^LN||130|g/L||Z|||F", "配置中没有登记的标志 Z")]
    [InlineData("NM|718-7^HGB^LN||130|g/L||N|||P", "结果状态“P”不是最终结果")]
    [InlineData("NM|718-7^HGB^LN||130|g/L||N", "结果状态“”不是最终结果")]
    [InlineData("NM|718-7^PLT^LN||130|g/L||N|||F", "代码 718-7 与名称 PLT 指向不同的项目")]
    [InlineData("NM|99999^NEW^LN||130|g/L||N|||F", "仪器代码 99999 没有映射到检测项目")]
    public void Given_a_doubtful_reading_When_read_Then_refused_with_its_reason(string observation, string reason)
    {
        var reading = Assert.Single(Hl7(observation).Readings);
        Assert.Equal((false, reason), (reading.Accepted, reading.Reason));
    }

    [Theory]
    [InlineData("IS|7796-6^Platelet Clump?^LN||T||||||F", "hb")]
    [InlineData("IS|12018^Thrombopenia^99MRC||T||||||F", "hb plt")]
    [InlineData("IS|7796-6^Platelet Clump?^LN||F||||||F", "hb plt")]
    [InlineData("IS|12999^Something new^99MRC||T||||||F", "")]
    public void Given_an_alarm_When_read_Then_the_items_it_touches_do_not_count(string alarm, string accepted)
    {
        var message = Hl7("NM|718-7^HGB^LN||130|g/L||N|||F", "NM|777-3^PLT^LN||200|10*9/L||N|||F", alarm);
        Assert.Equal(accepted, string.Join(" ", message.Readings.Where(r => r.Accepted).Select(r => r.Code)));
    }

    [Theory]
    [InlineData("^^^^HGB^1|10.1|g/dL||W||F", false)]
    [InlineData("^^^^HGB^1|10.1|g/dL||A||F", false)]
    [InlineData("^^^^HGB^1|----|g/dL||A||F", false)]
    [InlineData("^^^^HGB^1|10.1|g/dL||>||F", false)]
    [InlineData("^^^^HGB^1|10.1|g/dL||L||F", true)]
    [InlineData("^^^^HGB^1| 10.1|g/dL||N||", true)]
    public void Given_a_sysmex_flag_When_read_Then_only_H_L_N_count(string result, bool accepted) =>
        Assert.Equal(accepted, Assert.Single(Astm(result).Readings).Accepted);

    [Theory]
    [InlineData("^^^^ACTION_MESSAGE_Delta|||||", "")]
    [InlineData("^^^^PLT_Abn_Distribution||||A||F", "hb")]
    [InlineData("^^^^Blasts?|0||||", "hb plt")]
    [InlineData("^^^^Blasts?|120|||A||", "")]
    [InlineData("^^^^Anisocytosis||||A||F", "hb plt")]
    [InlineData("^^^^SCAT_WDF|PNG&R&20250329|||N||F", "hb plt")]
    public void Given_a_sysmex_message_record_When_read_Then_it_decides_which_items_count(string record, string accepted)
    {
        var message = Astm("^^^^HGB^1|14.1|g/dL||N||F", "^^^^PLT^1|210|10*3/uL||N||F", record);
        Assert.Equal(accepted, string.Join(" ", message.Readings.Where(r => r.Accepted).Select(r => r.Code)));
    }

    [Theory]
    [InlineData("Q", "", "20260301001", DeviceMessageKind.Qc)]
    [InlineData("T", "", "20260301001", DeviceMessageKind.Qc)]
    [InlineData("P", "2", "20260301001", DeviceMessageKind.Qc)]
    [InlineData("P", "1", "20260301001", DeviceMessageKind.Calibration)]
    [InlineData("D", "", "20260301001", DeviceMessageKind.Other)]
    [InlineData("P", "0", "", DeviceMessageKind.Result)]
    public void Given_anything_but_an_identified_sample_When_chemistry_is_read_Then_nothing_counts(string processing, string mode, string sample, DeviceMessageKind kind)
    {
        var message = One($"MSH|^~\\&|Mindray|BS-480|||20260301080000||ORU^R01|3|{processing}|2.3.1||||{mode}||ASCII\rOBR|1|{sample}|15|\rOBX|1|NM|2|ALT|31.000|U/L|-|N|||F\r", Chemistry);
        Assert.Equal(kind, message.Kind);
        Assert.False(Assert.Single(message.Readings).Accepted);
    }

    [Fact]
    public void Given_chemistry_of_a_sample_When_read_Then_alt_is_found_by_name_and_the_sample_in_OBR_2()
    {
        var message = One("MSH|^~\\&|Mindray|BS-480|||20260301080000||ORU^R01|3|P|2.3.1||||0||ASCII|||\rPID|1|854||12|||F\rOBR|1|20260301002|15|Mindray^BS-480\rOBX|1|NM|2|ALT|31.000|U/L|-|N|||F||31.000|20260301075500||\r", Chemistry);
        Assert.Equal(("20260301002", "Mindray", "BS-480"), (message.SampleId, message.DeviceMaker, message.DeviceModel));
        Assert.Equal("alt=31.000 U/L", Line(Assert.Single(message.Readings)));
    }

    [Fact]
    public void Given_an_item_twice_When_read_Then_equal_results_count_once_and_different_ones_not_at_all()
    {
        const string plt = "NM|777-3^PLT^LN||200|10*9/L||N|||F";
        Assert.Equal(["plt=200 10^9/L", "!plt=200 10^9/L"], Hl7(plt, plt).Readings.Select(Line));
        Assert.All(Hl7(plt, plt.Replace("200", "180")).Readings, r => Assert.Equal("同一样本中该项目有多个不同的结果", r.Reason));
        Assert.DoesNotContain(Hl7(plt, plt.Replace("|N|", "|A|")).Readings, r => r.Accepted);
    }

    [Fact]
    public void Given_two_samples_in_one_message_When_read_Then_readings_and_ids_are_not_mixed()
    {
        var recording = Record("H|\\^&\rP|1\rO|1||^^A1^B\rR|1|^^^^HGB^1|14.1|g/dL||N||F\rP|2\rR|1|^^^^HGB^1|12.1|g/dL||N||F\rP|3\rO|1||^^A3^B\rR|1|^^^^HGB^1|13.1|g/dL||N||F\rL|1\r"u8.ToArray(), Sysmex);
        Assert.Equal(["A1 hb=141 g/L", " !hb=121 g/L", "A3 hb=131 g/L"], recording.Messages.Select(m => $"{m.SampleId} {Line(m.Readings[0])}"));
    }

    [Theory]
    [InlineData("OBR|2||20260301001|00002^Morphology^99MRC", "hb")]
    [InlineData("OBR|2||20260301002|00002^Morphology^99MRC", "hb plt")]
    public void Given_a_second_order_for_the_same_tube_When_it_raises_an_alarm_Then_the_results_of_the_first_are_touched_too(string order, string accepted)
    {
        var messages = Record(System.Text.Encoding.UTF8.GetBytes("MSH|^~\\&|BC-6800|Mindray|||20260301080000||ORU^R01|7|P|2.3.1\rPID|1\rOBR|1||20260301001|00001^Count^99MRC\r"
            + $"OBX|1|NM|718-7^HGB^LN||130|g/L||N|||F\rOBX|2|NM|777-3^PLT^LN||200|10*9/L||N|||F\r{order}\rOBX|1|IS|7796-6^Platelet Clump?^LN||T||||||F\r"), Hematology).Messages;

        Assert.Equal(accepted, string.Join(' ', messages.SelectMany(m => m.Readings).Where(r => r.Accepted).Select(r => r.Code)));
        Assert.Single(messages.SelectMany(m => m.Alarms));
    }

    [Theory]
    [InlineData("OBX|1|NM|718-7^HGB^LN||130|g/L||N|||F\rNTE|1||标本凝块\rOBX|2|NM|777-3^PLT^LN||200|10*9/L||N|||F\r", "plt")]
    [InlineData("NTE|1||Sample clotted\rOBX|1|NM|718-7^HGB^LN||130|g/L||N|||F\rOBX|2|NM|777-3^PLT^LN||200|10*9/L||N|||F\r", "")]
    [InlineData("NTE|1||\rOBX|1|NM|718-7^HGB^LN||130|g/L||N|||F\rOBX|2|NM|777-3^PLT^LN||200|10*9/L||N|||F\r", "hb plt")]
    public void Given_a_comment_of_the_device_When_read_Then_what_it_stands_behind_does_not_count_until_a_person_has_read_it(string segments, string accepted)
    {
        var message = One($"MSH|^~\\&|BC-5380|Mindray|||20260301080000||ORU^R01|7|P|2.3.1\rPID|1\rOBR|1||20260301001|00001^Count^99MRC\r{segments}", Hematology);

        Assert.Equal(accepted, string.Join(' ', message.Readings.Where(r => r.Accepted).Select(r => r.Code)));
        Assert.All(message.Readings.Where(r => !r.Accepted), r => Assert.Contains("仪器附注", r.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("L|1|N", true)]
    [InlineData("L|1", true)]
    [InlineData("L|1|F", true)]
    [InlineData("L|1|T", false)]
    [InlineData("L|1|E", false)]
    public void Given_a_terminator_that_says_the_device_broke_off_When_read_Then_nothing_counts(string terminator, bool accepted) =>
        Assert.Equal(accepted, One($"H|\\^&\rP|1\rO|1||^^A1^B\rR|1|^^^^HGB^1|14.1|g/dL||N||F\r{terminator}\r", Sysmex).Readings.Single().Accepted);

    [Fact]
    public void Given_an_astm_comment_behind_a_result_and_a_makers_record_When_read_Then_only_the_commented_result_does_not_count()
    {
        var message = One("H|\\^&\rP|1\rO|1||^^A1^B\rM|1|102|x\rR|1|^^^^HGB^1|14.1|g/dL||N||F\rC|1|I|Turbid plasma|G\rR|2|^^^^PLT^1|200|10*3/uL||N||F\rM|2|103|y\rL|1|N\r", Sysmex);

        Assert.Equal(["!hb=141 g/L", "plt=200 10^9/L"], message.Readings.Select(Line));
    }

    [Fact]
    public void Given_a_picture_When_read_Then_it_is_counted_and_left_out()
    {
        var message = Hl7("ED|15008^WBC Histogram. BMP^99MRC||^Image^BMP^Base64^Qk0=||||||F", "NM|718-7^HGB^LN||130|g/L||N|||F");
        Assert.Equal(1, message.SkippedBinary);
        Assert.True(Assert.Single(message.Readings).Accepted);
    }

    [Fact]
    public void Given_a_line_broken_inside_a_value_When_read_Then_nothing_of_the_message_counts()
    {
        var message = Hl7("NM|718-7^HGB^LN||130|g/L||N|||F", "NM|777-3^PLT^LN||2\r45|10*9/L||N|||F");
        Assert.NotEmpty(message.Problems);
        Assert.DoesNotContain(message.Readings, r => r.Accepted);
    }
}
