using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Adapters.Devices;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

public sealed class ProfileAndVerbTests
{
    private static readonly string Minimal = """
        {"maker":"M","model":"1","title":"t","source":"s","format":"hl7","hierarchy":["MSH","OBR","OBX"],"message":{"sampleId":["OBR-3"]},
        "observation":{"code":["OBX-3.1"],"value":["OBX-5"],"unit":["OBX-6"],"flags":["OBX-8"],"status":["OBX-11"]},"finalStatuses":["F"],
        "items":[{"code":"hb","device":["718-7"],"unit":"g/L","units":{"g/L":1},"plausible":{"min":30,"max":250}}]}
        """;

    [Theory]
    [InlineData("\"format\":\"hl7\"", "\"format\":\"hl7\",\"colour\":1", "$.colour", "没有属性 colour")]
    [InlineData("\"min\":30", "\"low\":30", "$.items[0].plausible.low", "没有属性 low")]
    [InlineData("\"title\":\"t\",", "", "$", "缺少必填属性 title")]
    [InlineData("\"title\":\"t\",", "\"title\":\"t\",\"title\":\"u\",", "$.title", "写了两次")]
    [InlineData("\"hl7\"", "\"x12\"", "$.format", "值的类型不对")]
    [InlineData("OBX-3.1", "OBX3", "$.observation.code[0]", "不是字段路径")]
    [InlineData("\"g/L\":1", "\"g/dL\":10", "$.items[0].units", "请写明本单位 g/L 的系数 1")]
    [InlineData("\"g/L\":1", "\"g/L\":0", "$.items[0].units", "必须大于 0")]
    [InlineData("\"max\":250", "\"max\":3", "$.items[0].plausible", "下限必须小于上限")]
    [InlineData("\"finalStatuses\":[\"F\"]", "\"finalStatuses\":[\"F\"],\"alarms\":{\"known\":[{\"device\":[\"1\"],\"text\":\"x\",\"items\":[\"plt\"]}]}", "$.alarms.known[0].items", "没有检测项目 plt")]
    public void Given_a_wrong_profile_When_parsed_Then_path_and_remedy_are_named(string find, string replace, string path, string remedy)
    {
        var error = Assert.Throws<DeviceProfileException>(() => DeviceProfileReader.Parse(Minimal.Replace(find, replace), "test"));
        Assert.Equal(path, error.Path);
        Assert.Contains(remedy, error.Message);
    }

    [Fact]
    public void Given_a_new_device_as_one_file_When_its_message_is_read_Then_no_code_is_needed()
    {
        var profile = DeviceProfileReader.Parse(Minimal, "test");
        var message = DeviceRecording.Read("MSH|^~\\&|x\rOBR|1||S9\rOBX|1|NM|718-7||151|g/L|||||F\r"u8.ToArray(), profile).Messages.Single();
        Assert.Equal(("test", "S9", "hb=151 g/L"), (message.Profile, message.SampleId, Line(message.Readings.Single())));
    }

    private static async Task<(int Code, string Out, string Error)> Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await new DevicesParseCommand(Shelf, path => path switch
        {
            "own.json" => Task.FromResult(Encoding.UTF8.GetBytes(Minimal)),
            "empty" => Task.FromResult(Array.Empty<byte>()),
            "cut" => Task.FromResult<byte[]>([0x0B, .. "MSH|^~\\&|x"u8]),
            "missing" => throw new FileNotFoundException(),
            _ => Task.FromResult(Bytes(path)),
        }).RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task Given_json_When_parsed_Then_the_normalised_readings_are_printed()
    {
        var (code, text, error) = await Run("13-sysmex-xn350.astm", "--profile", Sysmex, "--json");
        Assert.Equal((0, ""), (code, error));
        var hb = JsonNode.Parse(text)![0]!["readings"]!.AsArray().Single(r => (string?)r!["code"] == "hb")!;
        Assert.Equal("""{"code":"hb","deviceCode":"HGB","name":null,"rawValue":"10.1","value":"101","unit":"g/L","originalUnit":"g/dL","flags":["N"],"range":null,"accepted":true,"reason":null}""",
            hb.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public async Task Given_no_json_When_parsed_Then_a_table_in_chinese_names_the_reason()
    {
        var (code, text, _) = await Run("04-mindray-bc5300-qc.hl7", "--profile", Hematology);
        Assert.Equal(0, code);
        Assert.Contains("样本 6  质控", text);
        Assert.Contains("质控结果，不是献血者的结果", text);
    }

    [Fact]
    public async Task Given_no_profile_When_parsed_Then_the_profiles_are_listed()
    {
        var (code, text, _) = await Run();
        Assert.Equal(0, code);
        Assert.All(Shelf.Names, name => Assert.Contains(name, text));
    }

    [Theory]
    [InlineData("missing --profile mindray/bs", "没有找到文件（missing")]
    [InlineData("empty --profile mindray/bs", "empty：文件是空的")]
    [InlineData("cut --profile mindray/bs", "MLLP 帧没有结束符")]
    [InlineData("13-sysmex-xn350.astm --profile mindray/bs", "内容是 ASTM，而仪器配置 mindray/bs 要求 HL7")]
    [InlineData("04-mindray-bc5300-qc.hl7 --profile nobody/x", "没有这个配置；可用：generic/csv")]
    [InlineData("04-mindray-bc5300-qc.hl7 --profile", "--profile 后缺少配置名")]
    [InlineData("04-mindray-bc5300-qc.hl7", "缺少 --profile")]
    [InlineData("a b --profile mindray/bs", "不认识的参数 b")]
    [InlineData("04-mindray-bc5300-qc.hl7 --profile 17-mindray-bc5380-flatfile.csv", "没有这个配置")]
    public async Task Given_bad_input_When_parsed_Then_exit_2_with_the_remedy(string args, string message)
    {
        var (code, _, error) = await Run(args.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(message, error);
    }

    [Fact]
    public async Task Given_a_profile_file_When_parsed_Then_it_is_used() =>
        Assert.Contains("hb", (await Run("01-mindray-bc5380-normal.hl7", "--profile", "own.json")).Out);
}
