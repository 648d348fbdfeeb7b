using System.Text;
using Adapters.Devices;
using Modules.Devices.Contracts;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

/// <summary>What a station can say of a device by configuration alone.</summary>
public sealed class ProfileLanguageTests
{
    private const string Hb = """{"code":"hb","device":["718-7","HGB"],"unit":"g/L","units":{"g/L":1,"g/dL":10},"plausible":{"min":30,"max":250},"withoutUnit":{"unit":"g/L","min":30,"max":250}}""";

    private static DeviceProfile Profile(string format, string rest, string items = Hb) => DeviceProfileReader.Parse(
        $$"""{"maker":"M","model":"1","title":"t","source":"s","format":"{{format}}",{{rest}},"items":[{{items}}]}""", "own");

    private static DeviceProfile Hl7Profile(string rest, string sampleId = "OBR-3", string code = "OBX-3.1") => Profile("hl7",
        $$"""
        "hierarchy":["MSH","PID","OBR","OBX"],"message":{"sampleId":["{{sampleId}}"],"sex":["PID-8"],"observedTime":["OBR-7"]},
        "observation":{"code":["{{code}}"],"value":["OBX-5"],"unit":["OBX-6"],"flags":["OBX-8"],"status":["OBX-11"]},"finalStatuses":["F"]{{(rest.Length > 0 ? "," + rest : "")}}
        """);

    private static DeviceMessage Read(DeviceProfile profile, byte[] bytes)
    {
        var recording = DeviceRecording.Read(bytes, profile);
        Assert.Empty(recording.Errors);
        return Assert.Single(recording.Messages);
    }

    private static DeviceMessage Read(DeviceProfile profile, string text) => Read(profile, Encoding.UTF8.GetBytes(text));

    private static string Said(DeviceMessage message) => $"{message.SampleId}: {string.Join(' ', message.Readings.Where(r => r.Code is not null).Select(Line))}";

    private static string Hl7Text(string observation, string sample = "S1") => $"MSH|^~\\&|x\rPID|1|||||||F\rOBR|1||{sample}\rOBX|1|NM|{observation}\r";

    [Fact]
    public void Given_a_subcomponent_path_When_read_Then_the_part_is_found()
    {
        var message = Read(Hl7Profile("", "OBR-3.1.2", "OBX-3.2.1"), Hl7Text("x^HGB&2||140|g/L||||", "AUTO&S7^z").Replace("||||\r", "|||||F\r"));

        Assert.Equal("S7: hb=140 g/L", Said(message));
    }

    [Fact]
    public void Given_astm_with_a_subseparator_of_the_makers_own_When_read_Then_the_part_is_found()
    {
        var profile = Profile("astm", """
            "hierarchy":["H","P","O","R"],"subcomponent":"/","message":{"sampleId":["O-3.1.2"]},"observation":{"code":["R-3.4.1"],"value":["R-4"],"unit":["R-5"],"flags":["R-7"],"status":["R-9"]},"finalStatuses":["F"]
            """);

        Assert.Equal("S7: hb=141 g/L", Said(Read(profile, "H|\\^&\rP|1\rO|1|A/S7^1\rR|1|^^^HGB/1/100|14.1|g/dL||||F\rL|1|N\r")));
    }

    [Fact]
    public void Given_lines_of_key_and_values_When_read_Then_each_line_is_a_value_between_its_begin_and_its_end()
    {
        var profile = Profile("lines", """
            "lines":{"delimiter":";","begin":"RESULT","end":"END_RESULT","value":2,"flags":[3]},
            "message":{"sampleId":["SID"],"observedTime":["DATE + TIME"],"sex":["SEX"]},"dateFormats":["dd/MM/yyyy HH:mm:ss"],"sexCodes":{"1":"M","2":"F"},
            "flags":{"*":{"text":"可疑","reliable":false}}
            """, Hb.Replace("\"unit\":\"g/L\",\"min\":30,\"max\":250}", "\"unit\":\"g/dL\",\"min\":3,\"max\":25}") + """
            ,{"code":"wbc","device":["WBC"],"unit":"10^9/L","units":{"10^9/L":1},"plausible":{"min":0.1,"max":200},"withoutUnit":{"unit":"10^9/L","min":0.1,"max":200}}
            """);

        var message = Read(profile, Bytes("27-line-format.txt"));

        Assert.Equal(("S1: !wbc=6.9 10^9/L hb=146 g/L", "M", new DateTime(2024, 2, 19, 10, 14, 49)), (Said(message), message.PatientSex, message.ObservedTime));
    }

    [Theory]
    [InlineData("RESULT\rSID;S1\rHGB;140\rEND_RESULT\rRESULT\rSID;S2\rHGB;150\rEND_RESULT\r", "S1: hb=140 g/L|S2: hb=150 g/L")]
    [InlineData("head;x\nRESULT\nSID;S1\nHGB;140\nRESULT\nSID;S2\nHGB;150\nEND_RESULT\n", "S1: !hb=140 g/L|S2: hb=150 g/L")]
    [InlineData("RESULT\r\nSID;S1\r\nHGB;140\r\n", "S1: !hb=140 g/L")]
    [InlineData("RESULT\rSID;S1\rHGB;140\rHGB;150\rEND_RESULT\r", "S1: !hb=140 g/L !hb=150 g/L")]
    public void Given_several_or_broken_samples_in_lines_When_read_Then_they_are_not_mixed_and_a_broken_one_does_not_count(string text, string said)
    {
        var profile = Profile("lines", """ "lines":{"delimiter":";","begin":"RESULT","end":"END_RESULT","value":2},"message":{"sampleId":["SID"]} """);

        Assert.Equal(said, string.Join('|', DeviceRecording.Read(Encoding.UTF8.GetBytes(text), profile).Messages.Select(Said)));
    }

    [Fact]
    public void Given_lines_of_key_equals_value_When_read_Then_the_rest_of_the_line_is_the_value()
    {
        var profile = Profile("lines", """ "lines":{"delimiter":"=","columns":2,"value":2},"message":{"sampleId":["ID"],"comment":["NOTE"]} """);

        Assert.Equal("A=1: hb=140 g/L", Said(Read(profile, "ID=A=1\nHGB = 140\n")));
    }

    [Fact]
    public void Given_parameters_named_by_an_attribute_When_xml_is_read_Then_each_is_a_value()
    {
        var profile = Profile("xml", """ "row":"Run","nameAttribute":"name","valueAttribute":"value","unitAttribute":"unit","message":{"sampleId":["DonationNumber"]} """, """
            {"code":"acdaUsedMl","device":["ACUsed"],"unit":"mL","units":{"mL":1},"plausible":{"min":0,"max":2000}},{"code":"productVolumeMl","device":["ProductVolume"],"unit":"mL","units":{"mL":1},"plausible":{"min":0,"max":1500}}
            """);

        Assert.Equal("D1: acdaUsedMl=412 mL productVolumeMl=250 mL", Said(Read(profile, Bytes("28-run-key-value.xml"))));
        Assert.Equal("D1: acdaUsedMl=412 mL productVolumeMl=250 mL", Said(One(Bytes("28-run-key-value.xml"), "generic/run-xml")));
        Assert.Equal("D2: acdaUsedMl=400 mL", Said(Read(profile, "<a><Run><Param name=\"DonationNumber\" value=\"D2\"/><Param name=\"ACUsed\" value=\"400\" unit=\"mL\"/></Run></a>")));
        Assert.Equal("D3: acdaUsedMl=401 mL", Said(Read(Profile("xml", """ "row":"Run","nameAttribute":"n","unitAttribute":"u","message":{"sampleId":["ID"]} """, """
            {"code":"acdaUsedMl","device":["AC"],"unit":"mL","units":{"mL":1},"plausible":{"min":0,"max":2000}}
            """), "<a><Run><P n=\"ID\">D3</P><P n=\"AC\" u=\"mL\">401</P></Run></a>")));
    }

    [Fact]
    public void Given_lines_before_the_headings_When_a_flat_file_is_read_Then_the_headings_are_found() =>
        Assert.Equal("D1: acdaUsedMl=412 mL productVolumeMl=250 mL", Said(One(Bytes("29-run-preamble.csv"), "generic/run-csv")));

    [Theory]
    [InlineData("Report, made by x\n\n样本号;HGB\nA1;140\n", "A1: hb=140 g/L")]
    [InlineData("a\tb\tc\nd\n样本号\tHGB\nA1\t140\n", "A1: hb=140 g/L")]
    [InlineData("\"one, two\"\n样本号,HGB\nA1,140\n", "A1: hb=140 g/L")]
    [InlineData("HGB,样本号\n140,A1\n", "A1: hb=140 g/L")]
    public void Given_any_preamble_When_a_flat_file_is_read_Then_the_row_that_names_the_sample_is_the_heading(string text, string said) =>
        Assert.Equal(said, Said(One(text, "generic/csv")));

    [Fact]
    public void Given_a_padded_sample_id_When_read_Then_it_is_the_number_on_the_tube() =>
        Assert.Equal("20261201005", One(Bytes("30-mindray-padded-id.hl7"), Hematology).SampleId);

    [Theory]
    [InlineData("^\\\\*([0-9]+)\\\\*$", "*20261201005*", "20261201005")]
    [InlineData("^[A-Z]?([0-9]{11})[A-Z]?$", "S20261201005A", "20261201005")]
    [InlineData("^([0-9]{11})(?:-[0-9])?$", "20261201005-2", "20261201005")]
    [InlineData("^0*([0-9]{11})$", "20261201005", "20261201005")]
    [InlineData("^0*([0-9]{11})$", "X1", "X1")]
    public void Given_a_wrapped_sample_id_When_the_profile_says_how_Then_the_number_is_taken_out(string pattern, string sent, string number) =>
        Assert.Equal(number, Read(Hl7Profile($"\"sampleIdPattern\":\"{pattern}\""), Hl7Text("718-7||140|g/L|||||F", sent)).SampleId);

    [Theory]
    [InlineData("14,1", "hb=141 g/L")]
    [InlineData("14,", "hb=140 g/L")]
    [InlineData("14", "hb=140 g/L")]
    [InlineData("14.1", "!hb=14.1")]
    [InlineData("1.400,5", "!hb=1.400,5")]
    public void Given_a_decimal_comma_When_the_profile_says_so_Then_it_is_read_and_a_point_is_not(string sent, string said) =>
        Assert.Equal("S1: " + said, Said(Read(Hl7Profile("\"decimalComma\":true"), Hl7Text($"718-7||{sent}|g/dL|||||F"))));

    [Fact]
    public void Given_a_forced_charset_When_the_message_declares_another_Then_the_profile_wins()
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes("MSH|^~\\&|x|||||||||||||||UNICODE\rPID|1|||||||女\rOBR|1||S女1\rOBX|1|NM|718-7||140|g/L|||||F\r");

        var message = Read(Hl7Profile("\"charset\":\"GB18030\",\"charsetForced\":true,\"sexCodes\":{\"女\":\"F\"}"), bytes);

        Assert.Equal(("S女1", "F"), (message.SampleId, message.PatientSex));
    }

    [Theory]
    [InlineData("0", "S1: hb=140 g/L")]
    [InlineData("OK", "S1: hb=140 g/L")]
    [InlineData("17", "S1: !hb=140 g/L")]
    [InlineData("", "S1: hb=140 g/L")]
    public void Given_a_code_that_must_be_one_of_those_allowed_When_read_Then_any_other_is_an_alarm(string code, string said)
    {
        var profile = Profile("csv", """ "message":{"sampleId":["ID"]},"alarms":{"known":[{"device":["Error"],"text":"仪器报错","items":["*"],"allowed":["0","OK"]}]} """);

        Assert.Equal(said, Said(Read(profile, $"ID,Error,HGB\nS1,{code},140\n")));
    }

    [Theory]
    [InlineData("NM", "hb=140 g/L")]
    [InlineData("ST", "!hb=140 g/L")]
    public void Given_the_values_a_field_of_the_result_must_have_When_it_has_another_Then_the_reading_does_not_count(string type, string said)
    {
        var profile = Hl7Profile("\"observationWhen\":[{\"path\":\"OBX-2\",\"values\":[\"NM\"],\"text\":\"不是数值结果\"}]");

        var message = Read(profile, Hl7Text("718-7||140|g/L|||||F").Replace("|NM|", $"|{type}|"));

        Assert.Equal("S1: " + said, Said(message));
        Assert.Equal(type == "ST", message.Readings[0].Reason?.Contains("不是数值结果") == true);
    }

    [Fact]
    public void Given_a_result_that_is_not_the_one_first_measured_When_read_Then_it_does_not_count()
    {
        var reading = One(Bytes("31-mindray-edited-result.hl7"), Chemistry).Readings.Single();

        Assert.True(reading is { Code: "alt", Accepted: false, RawValue: "45" } && reading.Reason!.Contains("OBX-13"), reading.ToString());
    }

    [Theory]
    [InlineData("45", "45.000", true)]
    [InlineData("45", "45.01", false)]
    [InlineData("45", "", true)]
    [InlineData("45", "***", false)]
    public void Given_two_fields_that_must_agree_When_read_Then_numbers_are_compared_as_numbers(string value, string original, bool accepted) =>
        Assert.Equal(accepted, One($"MSH|^~\\&|||||20180308144337||ORU^R01|2|P|2.3.1||||0||ASCII\rOBR|5|S1|1\rOBX|1|NM||ALT|{value}|U/L|-|N|||F||{original}|20180308144110\r", Chemistry).Readings.Single().Accepted);

    [Theory]
    [InlineData("\"sampleIdPattern\":\"^0*(\"", "$.sampleIdPattern", "正则表达式")]
    [InlineData("\"sampleIdPattern\":\"^0*[0-9]+$\"", "$.sampleIdPattern", "一个括号")]
    [InlineData("\"charset\":\"GB99\"", "$.charset", "不认识的字符集 GB99")]
    [InlineData("\"charsetForced\":true", "$.charset", "请写明字符集")]
    [InlineData("\"dateFormats\":[\"\"]", "$.dateFormats[0]", "不是日期格式")]
    [InlineData("\"dateFormats\":[\"HH:mm\"]", "$.dateFormats[0]", "年月日")]
    [InlineData("\"sexCodes\":{\"1\":\"X\"}", "$.sexCodes.1", "M、F 或 U")]
    [InlineData("\"kinds\":[{\"kind\":\"qc\",\"path\":\"MSH-11\"}]", "$.kinds[0]", "values 或 sameAs")]
    [InlineData("\"flags\":{\"N\":null}", "$.flags.N", "空")]
    [InlineData("\"binaryTypes\":[null]", "$.binaryTypes[0]", "空")]
    [InlineData("\"observationWhen\":[{\"path\":\"OBX3\",\"values\":[\"x\"],\"text\":\"t\"}]", "$.observationWhen[0].path", "不是字段路径")]
    [InlineData("\"clockMinutes\":-1", "$.clockMinutes", "分钟")]
    [InlineData("\"lines\":{\"delimiter\":\";\",\"value\":2}", "$.lines", "只用于")]
    [InlineData("\"row\":\"Run\"", "$.row", "只用于")]
    public void Given_a_wrong_profile_When_parsed_Then_the_place_and_the_remedy_are_named(string property, string path, string remedy)
    {
        var error = Assert.Throws<DeviceProfileException>(() => Hl7Profile(property));

        Assert.Equal(path, error.Path);
        Assert.Contains(remedy, error.Message);
    }

    [Fact]
    public void Given_a_path_that_is_none_When_parsed_Then_its_place_in_the_list_is_named()
    {
        var error = Assert.Throws<DeviceProfileException>(() => Hl7Profile("", sampleId: "OBR3"));

        Assert.Equal("$.message.sampleId[0]", error.Path);
    }
}
