using System.Text;
using Modules.Devices.Contracts;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

/// <summary>A sex the device has written is read whatever its charset; never taken for one not written.</summary>
public sealed class CharsetTests
{
    private static readonly Encoding Gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    private const string Header = "MSH|^~\\&|BC-5380|Mindray|||20261201010000||ORU^R01|1|P|2.3.1||||||";

    private static DeviceMessage Of(string charset, byte[] name, byte[] sex) => One(
        [.. Encoding.ASCII.GetBytes(Header + charset + "\rPID|1||||"), .. name, .. "|||"u8, .. sex, .. "\rOBR|1||20261201005|00001^Automated Count^99MRC|||20261201005900\rOBX|1|NM|718-7^HGB^LN||130|g/L||N|||F\r"u8],
        Hematology);

    [Fact]
    public void Given_a_woman_in_gbk_whose_bytes_are_valid_utf8_When_read_Then_the_sex_is_female() =>
        Assert.Equal("F", One(Bytes("21-mindray-gbk-female.hl7"), Hematology).PatientSex);

    [Theory]
    [InlineData("")]
    [InlineData("UNICODE")]
    [InlineData("8859/1")]
    [InlineData("ASCII")]
    [InlineData("GB 18030-2000")]
    public void Given_any_declaration_When_the_bytes_are_gbk_Then_the_sex_is_read(string declared)
    {
        Assert.Equal("F", Of(declared, "TEST"u8.ToArray(), Gb.GetBytes("女")).PatientSex);
        Assert.Equal("M", Of(declared, Gb.GetBytes("张三"), Gb.GetBytes("男")).PatientSex);
    }

    [Theory]
    [InlineData("")]
    [InlineData("UNICODE")]
    [InlineData("8859/1")]
    [InlineData("GB 18030-2000")]
    public void Given_any_declaration_When_the_bytes_are_utf8_Then_the_sex_is_read(string declared) =>
        Assert.Equal("F", Of(declared, Encoding.UTF8.GetBytes("测试"), "女"u8.ToArray()).PatientSex);

    [Fact]
    public void Given_utf8_with_a_name_cut_off_in_a_character_When_read_Then_no_separator_is_swallowed_and_the_sex_is_read()
    {
        var message = Of("UNICODE", Encoding.UTF8.GetBytes("测试人名")[..^1], "女"u8.ToArray());

        Assert.Equal(("F", "20261201005"), (message.PatientSex, message.SampleId));
    }

    [Fact]
    public void Given_a_flat_file_whose_only_chinese_is_a_woman_in_gbk_When_read_Then_the_sex_is_female() =>
        Assert.Equal("F", One([.. "SampleID,Sex,HGB\nA1,"u8, .. Gb.GetBytes("女"), .. ",130\n"u8], "generic/csv").PatientSex);

    [Fact]
    public void Given_astm_with_a_woman_in_gbk_When_read_Then_the_sex_is_female() =>
        Assert.Equal("F", One([.. "H|\\^&\rP|1|||||||"u8, .. Gb.GetBytes("女"), .. "\rO|1||^^A1^B\rR|1|^^^^HGB^1|14.1|g/dL||N||F\rL|1|N\r"u8], Sysmex).PatientSex);

    [Theory]
    [InlineData("10^3/µL", "utf-8")]
    [InlineData("10^3/µL", "iso-8859-1")]
    public void Given_a_micro_sign_When_read_Then_the_unit_stays_a_unit(string unit, string charset)
    {
        var text = "H|\\^&\rP|1|||||||F\rO|1||^^A1^B\rR|1|^^^^PLT^1|210|" + unit.Replace('^', '*') + "||N||F\rL|1|N\r";

        Assert.Equal(charset == "utf-8" ? ["plt=210 10^9/L"] : [], One(Encoding.GetEncoding(charset).GetBytes(text), Sysmex).Readings.Where(r => r.Accepted).Select(Line));
    }
}
