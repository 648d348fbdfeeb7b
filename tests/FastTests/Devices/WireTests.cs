using System.Text;
using Adapters.Devices;
using Adapters.Devices.Wire;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

public sealed class WireTests
{
    private static string Field(string hl7, string path, Encoding? charset = null)
    {
        var place = FieldPath.Parse(path);
        return DelimitedMessage.Parse(hl7, WireFormat.Hl7, charset ?? Encoding.UTF8).Single().Records.First(r => r.Name == place.Record).Get(place);
    }

    [Theory]
    [InlineData("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f")]
    [InlineData("\\X41\\\\X4243\\", "ABC")]
    [InlineData("\\XE98787\\", "采")]
    [InlineData("\\X4\\ \\Q\\ C:\\", "\\X4\\ \\Q\\ C:\\")]
    public void Given_escapes_When_a_field_is_read_Then_only_those_of_the_standard_are_resolved(string sent, string read) =>
        Assert.Equal(read, Field($"MSH|^~\\&|x\rNTE|1|{sent}", "NTE-2"));

    [Fact]
    public void Given_a_message_with_its_own_separators_When_read_Then_they_are_used()
    {
        const string text = "MSH$*!/@$dev\nOBX$1$NM$718-7*HGB@2$$/F/13";
        Assert.Equal(("718-7", "HGB", "2", "$13"), (Field(text, "OBX-3.1"), Field(text, "OBX-3.2.1"), Field(text, "OBX-3.2.2"), Field(text, "OBX-5")));
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Given_any_line_end_When_parsed_Then_the_segments_are_the_same(string end) =>
        Assert.Equal("F", Field($"MSH|^~\\&|x{end}PID|1|||||||F{end}{end}", "PID-8"));

    [Fact]
    public void Given_gb18030_without_declaration_When_decoded_Then_chinese_is_read_even_where_its_bytes_are_separators()
    {
        // 亅's second byte in GB18030 is 0x7C, the field separator.
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
        var bytes = gb.GetBytes("MSH|^~\\&|BC-5380|Mindray\rPID|1||9^^^^MR||张亅^测试||19900101|男\r");
        Assert.Contains((byte)0x7C, gb.GetBytes("亅"));
        var record = DeviceRecording.Parse(bytes, Profile(Hematology)).Single().Records[1];
        Assert.Equal(("张亅", "男"), (record.Get(FieldPath.Parse("PID-5.1")), record.Get(FieldPath.Parse("PID-8"))));
    }

    [Theory]
    [InlineData("UNICODE", "utf-8")]
    [InlineData("ASCII", "utf-8")]
    [InlineData("GB 18030-2000", "GB18030")]
    [InlineData("", "utf-8")]
    public void Given_a_declared_charset_When_the_bytes_contradict_it_Then_the_next_is_taken(string declared, string actual)
    {
        var bytes = (actual == "utf-8" ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(actual)!).GetBytes("献血者");
        Assert.Equal("献血者", Charsets.Decode(bytes, declared).Text);
    }

    [Fact]
    public void Given_frames_in_pieces_with_noise_between_When_decoded_Then_each_frame_comes_out_once_and_noise_is_counted()
    {
        byte[] stream = [.. "noise"u8, .. MllpDecoder.Frame("MSH|1"u8), .. "\r\nxx"u8, 0x0B, .. "cut"u8, .. MllpDecoder.Frame("MSH|2"u8)];
        var decoder = new MllpDecoder();
        var frames = stream.SelectMany(b => decoder.Feed([b])).Select(Encoding.ASCII.GetString);
        Assert.Equal(["MSH|1", "MSH|2"], frames);
        Assert.Equal((10L, false), (decoder.GarbageBytes, decoder.Pending));
    }

    [Fact]
    public void Given_a_frame_over_the_limit_When_decoded_Then_dropped_counted_and_the_next_still_read()
    {
        var decoder = new MllpDecoder(8);
        var frames = decoder.Feed([.. MllpDecoder.Frame(new byte[1000]), .. MllpDecoder.Frame("MSH"u8)]);
        Assert.Equal("MSH", Encoding.ASCII.GetString(Assert.Single(frames)));
        Assert.Equal(1, decoder.OversizedFrames);
    }

    [Fact]
    public void Given_astm_frames_When_received_Then_each_is_acknowledged_and_the_records_delivered_at_the_end()
    {
        var (receiver, answers) = (new AstmReceiver(), new List<byte>());
        byte[] stream = [AstmReceiver.Enq, .. Frame(1, "H|\\^&\rR|1|^^^^W", AstmReceiver.Etb), .. Frame(2, "BC^1|9\r", AstmReceiver.Etx), .. Frame(3, "L|1", AstmReceiver.Etx)];
        Assert.Empty(receiver.Feed(stream, answers));
        Assert.Equal("H|\\^&\rR|1|^^^^WBC^1|9\rL|1\r", Encoding.ASCII.GetString(Assert.Single(receiver.Feed([AstmReceiver.Eot], answers))));
        Assert.Equal([AstmReceiver.Ack, AstmReceiver.Ack, AstmReceiver.Ack, AstmReceiver.Ack], answers);
    }

    [Fact]
    public void Given_a_wrong_checksum_When_received_Then_NAK_and_the_repeated_frame_counts_once()
    {
        var (receiver, answers) = (new AstmReceiver(), new List<byte>());
        var (good, bad) = (Frame(1, "H|\\^&\r", AstmReceiver.Etx), Frame(1, "H|\\^&\r", AstmReceiver.Etx));
        bad[3] ^= 1;
        var done = receiver.Feed([AstmReceiver.Enq, .. bad, .. good, .. good, AstmReceiver.Eot], answers);
        Assert.Equal([AstmReceiver.Ack, AstmReceiver.Nak, AstmReceiver.Ack, AstmReceiver.Ack], answers);
        Assert.Equal("H|\\^&\r", Encoding.ASCII.GetString(Assert.Single(done)));
    }

    [Fact]
    public void Given_a_frame_refused_and_never_repeated_When_the_transmission_ends_Then_nothing_is_delivered_and_the_frame_is_named()
    {
        var bad = Frame(2, "R|1|^^^^HGB^1|14.1|g/dL||N||F\r", AstmReceiver.Etx);
        bad[20] ^= 1;
        byte[] stream = [AstmReceiver.Enq, .. Frame(1, "H|\\^&\r", AstmReceiver.Etx), .. bad, .. Frame(3, "L|1\r", AstmReceiver.Etx), AstmReceiver.Eot];
        var (receiver, answers) = (new AstmReceiver(), new List<byte>());
        Assert.Empty(receiver.Feed(stream, answers));
        Assert.Equal(AstmReceiver.Nak, answers[2]);
        Assert.Contains("ASTM 传输不完整", Assert.Single(Record(stream, Sysmex).Errors));
    }

    [Theory]
    [InlineData("a,\"b,\"\"c\"\"\",d\r\n1,2,3\r\n", "1 2 3")]
    [InlineData("a,b,c\n\n1,\"x\ny\",3", "1 x\ny 3")]
    public void Given_quoted_cells_When_a_flat_file_is_read_Then_they_are_whole(string text, string cells) =>
        Assert.Equal(cells, string.Join(" ", CsvFile.Parse(text, ',').Single().Records.Cast<FlatRow>().Single().Cells.Select(c => c.Value)));

    [Theory]
    [InlineData("样本号;HGB;PLT\nA1;130;200\n", "utf-8", "hb=130 plt=200")]
    [InlineData("样本号\tHGB\tPLT\nA1\t130\t200\n", "utf-16", "hb=130 plt=200")]
    [InlineData("样本号\tHGB\tPLT\nA1\t130\t200\n", "utf-16BE", "hb=130 plt=200")]
    [InlineData("样本号,血红蛋白,PLT\nA1,130,200\n", "GB18030", "hb=130 plt=200")]
    [InlineData("样本号;HGB;PLT\nA1;130,5;200\n", "utf-8", "plt=200")]
    public void Given_a_flat_file_as_a_spreadsheet_saves_it_When_read_Then_cells_and_charset_are_found_and_a_decimal_comma_does_not_count(string text, string charset, string accepted)
    {
        var encoding = charset == "GB18030" ? CodePagesEncodingProvider.Instance.GetEncoding(charset)! : Encoding.GetEncoding(charset);
        var message = One([.. encoding.GetPreamble(), .. encoding.GetBytes(text)], "generic/csv");

        Assert.Equal(("A1", accepted), (message.SampleId, string.Join(' ', message.Readings.Where(r => r.Accepted).Select(r => $"{r.Code}={r.Value}"))));
    }

    [Fact]
    public void Given_a_row_shorter_than_its_headings_When_read_Then_its_readings_do_not_count() =>
        Assert.All(Record("样本号,HGB,PLT\nA1,130\n"u8.ToArray(), "generic/csv").Messages.Single().Readings, r => Assert.False(r.Accepted));

    [Fact]
    public void Given_chemistry_When_acknowledged_Then_the_answer_has_the_recorded_shape()
    {
        var asked = DeviceRecording.Parse("MSH|^~\\&|Mindray|BS-200|||20261005101500||ORU^R01|17|P|2.3.1||||0||ASCII|||\r"u8.ToArray(), Profile(Chemistry)).Single();
        var answer = Acknowledgement.Build(Profile(Chemistry), asked, AcknowledgementCode.AA, "Message accepted", 0, new DateTime(2026, 10, 5, 10, 15, 1));
        Assert.Equal(Encoding.ASCII.GetString(Bytes("12-mindray-bs200-ack.hl7")).Trim(), answer.Trim());
    }

    [Fact]
    public void Given_haematology_with_a_separator_in_its_id_When_refused_Then_the_answer_escapes_it()
    {
        var asked = DeviceRecording.Parse("MSH|^~\\&|BC-5380|Mindray|||20260301||ORU^R01|9\\F\\1|Q|2.3.1||||||UNICODE\r"u8.ToArray(), Profile(Hematology)).Single();
        Assert.Equal("MSH|^~\\&|LIS||BC-5380|Mindray|20260301080000||ACK^R01|9\\F\\1|Q|2.3.1||||||UNICODE\rMSA|AE|9\\F\\1\r",
            Acknowledgement.Build(Profile(Hematology), asked, AcknowledgementCode.AE, "", 0, new DateTime(2026, 3, 1, 8, 0, 0)));
    }

    [Fact]
    public void Given_frames_of_a_message_When_each_has_come_Then_the_message_is_there_with_its_terminator_and_before_the_end_of_transmission()
    {
        var receiver = new AstmReceiver();
        string[] records = ["H|x\r", "L|\r", "O|1\r", "L|1|N\r"];
        receiver.Feed([AstmReceiver.Enq], []);
        var ended = records.Select((record, i) =>
        {
            receiver.Feed(Frame(i + 1, record, i == 1 ? AstmReceiver.Etb : AstmReceiver.Etx), []);
            return receiver.Ended is { } text ? Encoding.ASCII.GetString(text) : null;
        }).ToList();

        Assert.Equal([null, null, null, "H|x\rL|\rO|1\rL|1|N\r"], ended);
    }

    [Fact]
    public void Given_several_messages_in_one_transmission_When_each_is_handed_over_Then_the_next_stands_by_itself_and_nothing_is_left_for_the_end()
    {
        var receiver = new AstmReceiver();
        string[] records = ["H|1\r", "L|1\r", "H|2\r", "L|2\r"];
        receiver.Feed([AstmReceiver.Enq], []);
        var handed = new List<string>();
        for (var i = 0; i < records.Length; i++)
        {
            var frame = Frame(i + 1, records[i], AstmReceiver.Etx);
            // The device repeats a frame whose answer was lost.
            receiver.Feed([.. frame, .. frame], []);
            if (receiver.Ended is not { } text) continue;
            handed.Add(Encoding.ASCII.GetString(text));
            receiver.HandOver();
        }

        Assert.Equal(["H|1\rL|1\r", "H|2\rL|2\r"], handed);
        Assert.Empty(receiver.Feed([AstmReceiver.Eot, AstmReceiver.Enq, AstmReceiver.Enq], []));
        Assert.Equal(0, receiver.IncompleteTransmissions);
    }
}
