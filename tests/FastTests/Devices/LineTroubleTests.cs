using System.Text;
using Adapters.Devices;
using Adapters.Devices.Listening;
using Adapters.Devices.Wire;
using Modules.Devices.Contracts;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

/// <summary>What is wrong with a line is named, so that somebody can put it right at the device.</summary>
public sealed class LineTroubleTests
{
    /// <summary>Keeps everything; refuses what begins with "bad".</summary>
    private sealed class Intake : IFrameIntake
    {
        public List<(string Text, string? Damage)> Taken { get; } = [];
        public List<string> Answers { get; } = [];

        public Task<TakenFrame> TakeAsync(byte[] raw, string remote, string? damage, CancellationToken cancel)
        {
            var text = Encoding.Latin1.GetString(raw);
            Taken.Add((text, damage));
            return Task.FromResult(new TakenFrame(true, [.. Answers.Select(Encoding.ASCII.GetBytes)], damage ?? (text.StartsWith("bad", StringComparison.Ordinal) ? "没有找到 Hl7 消息" : null)));
        }

        public TakenFrame Refuse(string reason) => new(false, [], reason);
    }

    private readonly Intake _intake = new();

    private IConversation Line(WireFormat format) => Conversations.Of(format, _intake, "127.0.0.1");

    private static async Task<string?> TroubleAsync(IConversation line, params byte[][] pieces)
    {
        foreach (var piece in pieces) await line.HearAsync(piece, default);
        return line.Trouble;
    }

    private static byte[] Ascii(string text) => Encoding.Latin1.GetBytes(text);

    [Fact]
    public async Task Given_hl7_without_mllp_When_heard_Then_the_missing_frame_is_named() =>
        Assert.Contains("没有 MLLP 帧的 HL7", await TroubleAsync(Line(WireFormat.Hl7), Bytes("32-hl7-without-mllp.bin")));

    [Theory]
    [InlineData(WireFormat.Hl7, "\u0016\u0003\u0001\u0002\u0000\u0001\u0000", "TLS")]
    [InlineData(WireFormat.Astm, "\u0016\u0003\u0003\u0000\u00F1", "TLS")]
    [InlineData(WireFormat.Hl7, "\u0005", "ASTM 传输，而本设备的配置是 HL7")]
    [InlineData(WireFormat.Hl7, "\u00021H|\\^&\r\u000309\r\n", "ASTM 传输，而本设备的配置是 HL7")]
    [InlineData(WireFormat.Astm, "\u000BMSH|^~\\&|x\r\u001C\r", "HL7（MLLP）消息，而本设备的配置是 ASTM")]
    [InlineData(WireFormat.Astm, "MSH|^~\\&|x\r", "HL7 消息，而本设备的配置是 ASTM")]
    [InlineData(WireFormat.Astm, "H|\\^&|||XN\rP|1\r", "没有 LIS1-A 帧的 ASTM")]
    [InlineData(WireFormat.Hl7, "GET / HTTP/1.1\r\n", "HTTP")]
    [InlineData(WireFormat.Astm, "\r\n\r\nSSH-2.0-x", "SSH")]
    [InlineData(WireFormat.Hl7, "\r\nhello", "不属于任何消息的字节（68656C6C6F）")]
    [InlineData(WireFormat.Hl7, "\r\n", null)]
    [InlineData(WireFormat.Astm, "\r\n\u0004", null)]
    public async Task Given_bytes_outside_all_frames_When_heard_Then_the_mistake_behind_them_is_named(WireFormat format, string bytes, string? named)
    {
        var trouble = await TroubleAsync(Line(format), Ascii(bytes));

        if (named is null) Assert.Null(trouble);
        else Assert.Contains(named, trouble);
    }

    [Theory]
    [InlineData(WireFormat.Hl7)]
    [InlineData(WireFormat.Astm)]
    public async Task Given_a_tls_greeting_with_any_bytes_in_it_When_heard_Then_it_stays_what_it_is_and_is_hung_up_on(WireFormat format)
    {
        var line = Line(format);
        byte[] greeting = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x0B, 0x05, 0x02, 0x31, 0x03, 0x1C, 0x0D, 0x0A, 0x04, 0x15];

        var answer = await line.HearAsync(greeting, default);

        Assert.Contains("TLS", line.Trouble);
        Assert.Equal((0, true, 0), (answer.Length, line.Ended, _intake.Taken.Count));
    }

    [Fact]
    public async Task Given_the_same_bytes_in_single_pieces_When_heard_Then_the_same_mistake_is_named() =>
        Assert.Contains("没有 MLLP 帧的 HL7", await TroubleAsync(Line(WireFormat.Hl7), [.. Bytes("32-hl7-without-mllp.bin").Select(b => new[] { b })]));

    [Fact]
    public async Task Given_a_frame_without_a_checksum_When_the_device_falls_silent_Then_it_is_named()
    {
        var line = Line(WireFormat.Astm);
        await line.HearAsync(Bytes("33-astm-no-checksum.bin"), default);
        Assert.Equal((true, Conversations.Stall), (line.Pending, line.Patience));

        line.Lapse();

        Assert.Contains("第 1 帧在 ETX 之后没有校验和", line.Trouble);
        Assert.Null(line.Patience);
    }

    [Theory]
    [InlineData("\u0005\u00021H|\\^&\r\u0003\r\n")]
    [InlineData("\u0005\u00021H|\\^&\r\u0003\u00022P|1\r\u0003")]
    [InlineData("\u0005\u00021H|\\^&\r\u0003\u0005")]
    [InlineData("\u0005\u00021H|\\^&\r\u0003\u0004")]
    public async Task Given_frames_without_checksums_When_the_device_goes_on_Then_it_is_named_and_nothing_is_taken_for_a_result(string bytes)
    {
        var line = Line(WireFormat.Astm);

        Assert.Contains("没有校验和", await TroubleAsync(line, Ascii(bytes)));
        Assert.All(_intake.Taken, taken => Assert.NotNull(taken.Damage));
    }

    [Fact]
    public async Task Given_a_frame_numbered_from_0_When_heard_Then_it_is_named_at_once()
    {
        byte[] bytes = [AstmReceiver.Enq, .. Frame(0, "H|\\^&\r", AstmReceiver.Etx)];

        Assert.Contains("第一帧的编号是 0，应为 1", await TroubleAsync(Line(WireFormat.Astm), bytes));
    }

    [Theory]
    [InlineData(2, "应收到第 1 帧，收到第 2 帧")]
    [InlineData(7, "应收到第 1 帧，收到第 7 帧")]
    public async Task Given_a_frame_out_of_turn_When_heard_Then_both_numbers_are_named(int number, string named)
    {
        byte[] bytes = [AstmReceiver.Enq, .. Frame(number, "H|\\^&\r", AstmReceiver.Etx)];

        Assert.Contains(named, await TroubleAsync(Line(WireFormat.Astm), bytes));
    }

    [Theory]
    [InlineData(WireFormat.Hl7, "\u000BMSH|^~\\&|x\rOBX|1", "只收到一半")]
    [InlineData(WireFormat.Astm, "\u0005", "传输已开始，没有结束")]
    [InlineData(WireFormat.Astm, "\u0005\u00021H|\\^&", "第 1 帧只收到一半")]
    public async Task Given_half_a_message_When_the_device_falls_silent_or_hangs_up_Then_what_is_missing_is_named(WireFormat format, string bytes, string named)
    {
        var line = Line(format);
        await line.HearAsync(Ascii(bytes), default);
        Assert.Equal((null, Conversations.Stall), (line.Trouble, line.Patience!.Value));
        Assert.Contains(named, line.BrokenOff);

        line.Lapse();

        Assert.Contains(named, line.Trouble);
        Assert.Null(line.Patience);
    }

    [Fact]
    public async Task Given_trouble_When_a_message_is_understood_Then_it_is_over()
    {
        var line = Line(WireFormat.Hl7);
        await line.HearAsync(Ascii("noise"), default);
        Assert.Equal((true, false), (line.Trouble is not null, line.Understood));

        await line.HearAsync(MllpDecoder.Frame("bad"u8), default);
        Assert.Equal(("没有找到 Hl7 消息", false), (line.Trouble, line.Understood));

        await line.HearAsync(MllpDecoder.Frame("MSH|^~\\&|x"u8), default);
        Assert.Equal((null, true, null), (line.Trouble, line.Understood, line.BrokenOff));
    }

    [Fact]
    public async Task Given_a_question_over_astm_When_the_device_has_ended_Then_the_answer_is_sent_frame_by_frame()
    {
        _intake.Answers.Add("H|\\^&\rO|1|S1\rL|1|N\r");
        var line = Line(WireFormat.Astm);

        var enq = await line.HearAsync(Framed("H|\\^&\rQ|1|^^S1\rL|1|N\r"u8.ToArray()), default);
        Assert.Equal([AstmReceiver.Ack, AstmReceiver.Ack, AstmReceiver.Ack, AstmReceiver.Ack, AstmReceiver.Enq], enq);
        var sent = new List<byte[]>();
        for (var i = 0; i < 4; i++) sent.Add(await line.HearAsync(new[] { AstmReceiver.Ack }, default));

        Assert.Equal([Frame(1, "H|\\^&\r", AstmReceiver.Etx), Frame(2, "O|1|S1\r", AstmReceiver.Etx), Frame(3, "L|1|N\r", AstmReceiver.Etx), [AstmReceiver.Eot]], sent);
        Assert.Equal((null, null), (line.Patience, line.Trouble));
    }

    [Fact]
    public async Task Given_a_device_that_begins_to_send_at_the_same_moment_When_both_ask_Then_it_goes_first_and_is_answered_after()
    {
        _intake.Answers.Add("H|\\^&\rL|1|N\r");
        var line = Line(WireFormat.Astm);
        await line.HearAsync(Framed("H|\\^&\rQ|1|^^S1\rL|1|N\r"u8.ToArray()), default);
        _intake.Answers.Clear();

        var begun = await line.HearAsync(new[] { AstmReceiver.Enq }, default);
        var ended = await line.HearAsync(Framed("H|\\^&\rL|1|N\r"u8.ToArray()).AsMemory(1), default);
        var sent = await line.HearAsync(new[] { AstmReceiver.Ack }, default);

        Assert.Equal([AstmReceiver.Ack], begun);
        Assert.Equal([AstmReceiver.Ack, AstmReceiver.Ack, AstmReceiver.Enq], ended);
        Assert.Equal(Frame(1, "H|\\^&\r", AstmReceiver.Etx), sent);
    }

    [Fact]
    public async Task Given_a_device_that_refuses_a_frame_When_it_does_so_six_times_Then_the_answer_is_given_up()
    {
        _intake.Answers.Add("H|\\^&\rL|1|N\r");
        var line = Line(WireFormat.Astm);
        await line.HearAsync(Framed("H|\\^&\rQ|1|^^S1\rL|1|N\r"u8.ToArray()), default);
        var first = await line.HearAsync(new[] { AstmReceiver.Ack }, default);
        var again = new List<byte[]>();
        for (var i = 0; i < 6; i++) again.Add(await line.HearAsync(new[] { AstmReceiver.Nak }, default));

        Assert.All(again[..5], frame => Assert.Equal(first, frame));
        Assert.Equal([AstmReceiver.Eot], again[5]);
    }

    [Fact]
    public async Task Given_a_device_that_does_not_answer_When_it_has_been_asked_six_times_Then_it_is_an_incident_and_the_line_is_free()
    {
        _intake.Answers.Add("H|\\^&\rL|1|N\r");
        var line = Line(WireFormat.Astm);
        await line.HearAsync(Framed("H|\\^&\rQ|1|^^S1\rL|1|N\r"u8.ToArray()), default);
        for (var i = 0; i < 6; i++)
        {
            Assert.NotNull(line.Patience);
            line.Lapse();
        }

        Assert.Contains("没有接收查询的应答", line.Trouble);
        Assert.Null(line.Patience);
        _intake.Answers.Clear();
        Assert.Equal(AstmReceiver.Ack, (await line.HearAsync(Framed("H|\\^&\rL|1|N\r"u8.ToArray()), default))[0]);
    }

    [Fact]
    public void Given_a_record_longer_than_a_frame_When_sent_Then_it_is_cut_and_the_receiver_puts_it_together()
    {
        var (sender, receiver, record) = (new AstmSender(), new AstmReceiver(), "O|1|" + new string('x', 600) + "\rL|1|N\r");
        var (wire, heard) = (new List<byte>(), new List<byte>());
        sender.Enqueue(record);
        sender.Begin(wire);
        IReadOnlyList<byte[]> done = [];
        while (done.Count == 0)
        {
            heard.Clear();
            done = receiver.Feed([.. wire], heard);
            wire.Clear();
            foreach (var b in heard) sender.Hear(b, wire);
        }

        Assert.Equal(record, Encoding.ASCII.GetString(done[0]));
        Assert.False(sender.Busy || sender.Waiting);
    }
}
