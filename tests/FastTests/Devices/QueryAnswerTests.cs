using System.Text;
using Adapters.Devices;
using Modules.Devices.Contracts;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

/// <summary>A question is known as one, and answered in the protocol it was asked in.</summary>
public sealed class QueryAnswerTests
{
    private static readonly DateTime Now = new(2026, 12, 1, 8, 30, 0);

    private static readonly AwaitedSample Woman = new("S1", "F", ["hb", "hct", "plt", "wbc", "alt"]);

    private static List<string> Answers(byte[] asked, string profile, AwaitedSample? sample) => [.. DeviceRecording.Parse(asked, Profile(profile))
        .SelectMany(m => DeviceQuery.Of(m, Profile(profile))).SelectMany(q => QueryAnswer.Build(Profile(profile), q, sample, Now))];

    private static DeviceProfile Silent(string format, string observation) => DeviceProfileReader.Parse($$$"""
        {"maker":"M","model":"1","title":"t","source":"s","format":"{{{format}}}",{{{observation}}},"finalStatuses":["F"],
        "items":[{"code":"hb","device":["HGB"],"order":"HGB","unit":"g/L","units":{"g/L":1},"plausible":{"min":30,"max":250}}]}
        """, "own");

    [Theory]
    [InlineData("24-mindray-query-orm.hl7", Hematology, "S1")]
    [InlineData("25-sysmex-query.astm", Sysmex, "S1")]
    [InlineData("26-mindray-query-qry.hl7", Chemistry, "S1")]
    public void Given_a_question_When_read_Then_it_is_no_result(string file, string profile, string sample)
    {
        var message = One(Bytes(file), profile);

        Assert.Equal((DeviceMessageKind.Query, sample, 0, 0), (message.Kind, message.SampleId, message.Readings.Count, message.Problems.Count));
    }

    [Fact]
    public void Given_an_order_question_When_the_sample_is_awaited_Then_the_answer_is_an_order_response() => Assert.Equal(
        "MSH|^~\\&|LIS||||20261201083000||ORR^O02|389|P|2.3.1||||||UNICODE\rMSA|AA|389\rPID|1|||||||Female\rORC|AF|S1|S1\rOBR|1|S1|S1|00001^Automated Count^99MRC\r"
        + "OBX|1|IS|08002^Blood Mode^99MRC||W||||||F\rOBX|2|IS|08003^Test Mode^99MRC||CBC+DIFF||||||F\r",
        Assert.Single(Answers(Bytes("24-mindray-query-orm.hl7"), Hematology, Woman)));

    [Fact]
    public void Given_an_order_question_When_the_sample_is_not_awaited_Then_the_answer_says_so() =>
        Assert.Equal("MSH|^~\\&|LIS||||20261201083000||ORR^O02|389|P|2.3.1||||||UNICODE\rMSA|AR|389\r", Assert.Single(Answers(Bytes("24-mindray-query-orm.hl7"), Hematology, null)));

    [Fact]
    public void Given_a_display_query_When_the_sample_is_awaited_Then_it_is_acknowledged_and_answered()
    {
        var answers = Answers(Bytes("26-mindray-query-qry.hl7"), Chemistry, Woman);

        Assert.Equal("MSH|^~\\&|||Mindray|BS-200E|20261201083000||QCK^Q02|1|P|2.3.1||||||ASCII|||\rMSA|AA|1|Message accepted|||0|\rERR|0|\rQAK|SR|OK|\r", answers[0]);
        var lines = answers[1].Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("MSH|^~\\&|||Mindray|BS-200E|20261201083000||DSR^Q03|1|P|2.3.1", lines[0]);
        Assert.Equal("QRD|20070723170707|R|D|1|||RD|S1|OTH|||T|", lines[4]);
        Assert.Equal(["DSP|5||F|||", "DSP|21||S1|||", "DSP|29||ALT^^^|||", "DSC||"], lines.Where(l => l is "DSC||" || l.StartsWith("DSP|5|") || l.StartsWith("DSP|21|") || l.StartsWith("DSP|29")));
        Assert.Equal(2, answers.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Given_a_display_query_When_there_is_nothing_to_measure_Then_not_found_is_answered(bool awaited) =>
        Assert.EndsWith("QAK|SR|NF|\r", Assert.Single(Answers(Bytes("26-mindray-query-qry.hl7"), Chemistry, awaited ? Woman with { Items = ["hb"] } : null)));

    [Fact]
    public void Given_a_host_query_When_the_sample_is_awaited_Then_the_order_repeats_the_question_and_names_the_tests() => Assert.Equal(
        "H|\\^&||||||||||P|E1394-97|20261201083000\rP|1|||||||F\rO|1|2^1^S1^B||^^^^WBC\\^^^^HGB\\^^^^HCT\\^^^^PLT|||||||N||||||||||||||Q\rL|1|N\r",
        Assert.Single(Answers(Bytes("25-sysmex-query.astm"), Sysmex, Woman)));

    [Fact]
    public void Given_a_host_query_When_the_sample_is_not_awaited_Then_no_order_is_on_record() =>
        Assert.Equal("H|\\^&||||||||||P|E1394-97|20261201083000\rP|1\rO|1|2^1^S1^B|||||||||||||||||||||||Y\rL|1|N\r", Assert.Single(Answers(Bytes("25-sysmex-query.astm"), Sysmex, null)));

    [Fact]
    public void Given_several_questions_in_one_message_When_read_Then_each_is_asked_for_itself()
    {
        var asked = "H|\\^&\rQ|1|2^1^A1^B\rQ|2|2^2^   A2^B\rL|1|N\r"u8.ToArray();

        Assert.Equal(["A1", "A2"], Record(asked, Sysmex).Messages.Select(m => m.SampleId));
        Assert.Equal(["O|1|2^1^A1^B", "O|1|2^2^A2^B"], Answers(asked, Sysmex, null).Select(a => a.Split('\r')[2].Split("||")[0]));
    }

    [Theory]
    [InlineData("MSH|^~\\&|dev|lab|||20260101||ORM^O01|7|P|2.3.1\rORC|RF||S1\r", "ORR^O02|7|P|2.3.1\rMSA|AR|7\r")]
    [InlineData("MSH|^~\\&|dev|lab|||20260101||QRY^Q02|8|P|2.3.1\rQRD|x|R|D|1|||RD|S1|OTH|||T\r", "QCK^Q02|8|P|2.3.1\rMSA|AA|8\rERR|0\rQAK|SR|NF\r")]
    public void Given_a_profile_without_queries_When_asked_in_hl7_Then_the_standard_answer_says_there_is_nothing(string asked, string answer)
    {
        var profile = Silent("hl7", """ "hierarchy":["MSH","OBR","OBX"],"message":{"sampleId":["OBR-3"]},"observation":{"code":["OBX-3.1"],"value":["OBX-5"],"unit":["OBX-6"],"flags":["OBX-8"],"status":["OBX-11"]} """);

        var query = DeviceRecording.Parse(Encoding.ASCII.GetBytes(asked), profile).SelectMany(m => DeviceQuery.Of(m, profile)).Single();

        Assert.Equal("S1", query.SampleId);
        Assert.EndsWith(answer, Assert.Single(QueryAnswer.Build(profile, query, Woman, Now)));
        Assert.Equal(DeviceMessageKind.Query, DeviceRecording.Read(Encoding.ASCII.GetBytes(asked), profile).Messages.Single().Kind);
    }

    [Fact]
    public void Given_a_profile_without_queries_When_asked_in_astm_Then_the_standard_answer_says_there_is_nothing()
    {
        var profile = Silent("astm", """ "hierarchy":["H","O","R"],"message":{"sampleId":["O-3"]},"observation":{"code":["R-3.4"],"value":["R-4"],"unit":["R-5"],"flags":["R-7"],"status":["R-9"]} """);

        var query = DeviceRecording.Parse("H|\\^&\rQ|1|^S1||ALL\rL|1|N\r"u8.ToArray(), profile).SelectMany(m => DeviceQuery.Of(m, profile)).Single();

        Assert.Contains("\rO|1|^S1|||||||||||||||||||||||Y\rL|1|N\r", Assert.Single(QueryAnswer.Build(profile, query, null, Now)));
    }

    [Fact]
    public void Given_results_beside_a_question_When_read_Then_they_are_results()
    {
        var message = One("H|\\^&\rP|1\rO|1||^^A1^B\rR|1|^^^^HGB^1|14.1|g/dL||N||F\rQ|1|2^1^A2^B\rL|1|N\r", Sysmex);

        Assert.Equal((DeviceMessageKind.Result, "A1", "hb=141 g/L"), (message.Kind, message.SampleId, Line(Assert.Single(message.Readings))));
    }

    [Fact]
    public void Given_separators_in_what_was_asked_When_answered_Then_they_are_escaped_and_structure_is_kept()
    {
        var answer = Assert.Single(Answers("H|\\^&\rQ|1|2^1^S&F&1^B\rL|1|N\r"u8.ToArray(), Sysmex, null));

        Assert.Contains("O|1|2^1^S&F&1^B|", answer);
    }
}
