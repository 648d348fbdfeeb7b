using Modules.Devices.Contracts;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

public sealed class SampleTests
{
    [Theory]
    [InlineData("01-mindray-bc5380-normal.hl7", Hematology, "20250220001", "F",
        "wbc=7.20 10^9/L|!RBC=4.53|hb=130 g/L|!MCV=89.5|hct=0.405 L/L|plt=245 10^9/L|mpv=9.2 fL|!PDW=15.8|!PCT=2.25")]
    [InlineData("02-mindray-bc5380-anemia-flags.hl7", Hematology, "20250220002", "M", "wbc=9.81 10^9/L|!RBC=3.10|hb=65 g/L|plt=212 10^9/L")]
    [InlineData("04-mindray-bc5300-qc.hl7", Hematology, "6", null, "!wbc=7.10 10^9/L")]
    [InlineData("06-mindray-oem-3part.hl7", Hematology, "S20260427-0001", "M", "wbc=7.2 10^9/L|hb=145 g/L|hct=0.435 L/L")]
    [InlineData("13-sysmex-xn350.astm", Sysmex, "5411330421", null, "wbc=9.24 10^9/L|hb=101 g/L|hct=0.337 L/L|!MCV=63.1|plt=396 10^9/L|!NEUT%=52.9")]
    public void Given_a_recorded_message_When_read_Then_sample_sex_and_every_reading_are_exact(string file, string profile, string sample, string? sex, string readings)
    {
        var message = One(Bytes(file), profile);
        Assert.Equal((sample, sex), (message.SampleId, message.PatientSex));
        Assert.Equal(readings, string.Join("|", message.Readings.Select(Line)));
    }

    [Fact]
    public void Given_the_normal_sample_When_read_Then_device_times_units_and_flags_are_kept_as_sent()
    {
        var message = One(Bytes("01-mindray-bc5380-normal.hl7"), Hematology);
        Assert.Equal(("Mindray", "BC-5380", "1", DeviceMessageKind.Result), (message.DeviceMaker, message.DeviceModel, message.MessageId, message.Kind));
        Assert.Equal(new DateTime(2025, 2, 20, 14, 30, 0), message.MessageTime);
        var hb = message.Readings.Single(r => r.Code == "hb");
        Assert.Equal(("718-7", "HGB", "130", "g/L", "110-150"), (hb.DeviceCode, hb.Name, hb.RawValue, hb.OriginalUnit, hb.Range));
        Assert.Equal(["N"], hb.Flags);
    }

    [Fact]
    public void Given_anaemia_alarms_When_read_Then_they_are_shown_and_the_low_haemoglobin_counts()
    {
        var message = One(Bytes("02-mindray-bc5380-anemia-flags.hl7"), Hematology);
        Assert.Equal(["贫血", "低色素"], message.Alarms.Select(a => a.Text));
        Assert.All(message.Alarms, a => Assert.Empty(a.Items));
        Assert.True(message.Readings.Single(r => r.Code == "hb").Accepted);
    }

    [Fact]
    public void Given_quality_control_When_read_Then_kind_is_qc_and_nothing_is_accepted()
    {
        var message = One(Bytes("04-mindray-bc5300-qc.hl7"), Hematology);
        Assert.Equal(DeviceMessageKind.Qc, message.Kind);
        Assert.Equal("质控结果，不是献血者的结果", Assert.Single(message.Readings).Reason);
    }

    [Fact]
    public void Given_an_acknowledgement_When_read_Then_it_is_no_result()
    {
        var message = One(Bytes("12-mindray-bs200-ack.hl7"), Chemistry);
        Assert.Equal((DeviceMessageKind.Other, "17"), (message.Kind, message.MessageId));
        Assert.Empty(message.Readings);
    }

    [Fact]
    public void Given_sysmex_records_When_read_Then_padded_sample_id_serial_and_run_time_are_found()
    {
        var message = One(Bytes("13-sysmex-xn350.astm"), Sysmex);
        Assert.Equal(("XN-350", "XX000000", "5411330421"), (message.DeviceModel, message.DeviceSerial, message.SampleId));
        Assert.Equal(new DateTime(2025, 3, 29, 14, 33, 30), message.ObservedTime);
    }

    [Fact]
    public void Given_the_flat_file_When_read_Then_each_row_is_a_sample_and_a_remark_refuses_its_item()
    {
        var messages = Record(Bytes("17-mindray-bc5380-flatfile.csv"), Flat).Messages;
        Assert.Equal(["18B", "14B REL"], messages.Select(m => m.SampleId));
        Assert.Equal("!wbc=9.87 10^9/L|!GR=4.70|hb=139 g/L|hct=0.418 L/L|plt=220 10^9/L|mpv=9.3 fL|!IDP=16.1|!PCT=2.05", string.Join("|", messages[0].Readings.Select(Line)));
        Assert.Equal("!wbc=6.16 10^9/L|!GR=5.04|hb=147 g/L|hct=0.429 L/L|plt=259 10^9/L|mpv=8.7 fL|!IDP=16.2|!PCT=2.26", string.Join("|", messages[1].Readings.Select(Line)));
        Assert.Equal("(NEU% = **.*  NEU# = ***.**)", Assert.Single(messages[1].Alarms).RawValue);
    }
}
