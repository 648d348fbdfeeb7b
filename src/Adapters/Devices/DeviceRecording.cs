using System.Text;
using Adapters.Devices.Wire;
using Modules.Devices.Contracts;

namespace Adapters.Devices;

/// <summary>What a recording of device bytes holds. With an error nothing of it is to be used.</summary>
public sealed record DeviceRecording(IReadOnlyList<DeviceMessage> Messages, IReadOnlyList<string> Errors, long GarbageBytes)
{
    /// <summary>Finds out the framing by itself (MLLP, LIS1-A or none) and reads every message by the profile.</summary>
    public static DeviceRecording Read(byte[] bytes, DeviceProfile profile)
    {
        if (bytes.Length == 0) return Failed("文件是空的：请重新采集");
        var framing = bytes.AsSpan().Contains((byte)0x0B) ? WireFormat.Hl7 : bytes.AsSpan()
            .IndexOfAny(AstmReceiver.Enq, AstmReceiver.Stx) >= 0 ? WireFormat.Astm : Look(bytes);
        // A text without any frame may be lines as well as a table.
        if (framing == WireFormat.Csv && profile.Format == WireFormat.Lines) framing = WireFormat.Lines;
        if (framing != profile.Format)
            return Failed($"内容是 {Say(framing)}，而仪器配置 {profile.Name} 要求 {Say(profile.Format)}：请用 --profile 换成该仪器的配置");
        var (texts, error, garbage) = Unframe(bytes, framing);
        if (error is not null) return Failed(error);
        var reader = new DeviceMessageReader(profile);
        var wire = texts.SelectMany(t => Parse(t, profile)).ToList();
        return wire.Count == 0
            ? Failed($"没有找到 {Say(profile.Format)} 消息：请确认文件完整，且首行是 {First(profile)}")
            : new DeviceRecording([.. wire.SelectMany(reader.Read)], [], garbage);
    }

    /// <summary>The messages in unframed bytes, before a profile's meaning.</summary>
    public static IReadOnlyList<WireMessage> Parse(byte[] bytes, DeviceProfile profile)
    {
        var declared = profile.Format switch
        {
            WireFormat.Hl7 => Charsets.DeclaredIn(bytes),
            WireFormat.Xml => Charsets.DeclaredInProlog(bytes),
            _ => null,
        };
        var decoded = Charsets.Decode(bytes, declared, profile.Charset, profile.CharsetForced);
        return [.. Parse(decoded, profile)
            .Select(m => m with { Charset = decoded.Charset, Problems = decoded.Doubt is { } doubt ? [doubt, .. m.Problems]
            : m.Problems })];
    }

    private static IReadOnlyList<WireMessage> Parse(DecodedText decoded, DeviceProfile profile) => profile.Format switch
    {
        WireFormat.Csv => CsvFile.Parse(decoded.Text, profile.Delimiter, [.. profile.Message.SampleId.Select(p => p.Text)]),
        WireFormat.Xml => XmlFile.Parse(decoded.Text.TrimStart(),
            new XmlNames(profile.Row!, profile.UnitAttribute, profile.NameAttribute, profile.ValueAttribute)),
        WireFormat.Lines => LinesFile.Parse(decoded.Text, profile.Lines!),
        _ => DelimitedMessage.Parse(decoded.Text, profile.Format, decoded.Charset, profile.Subcomponent),
    };

    private static DeviceRecording Failed(string error) => new([], [error], 0);

    private static string First(DeviceProfile profile) => profile.Format switch
    {
        WireFormat.Hl7 => "MSH 段",
        WireFormat.Xml => $"有元素 {profile.Row}",
        WireFormat.Lines => $"{profile.Lines!.Begin ?? "名称和值"}",
        WireFormat.Csv => "表头、其后至少一行数据",
        _ => "H 记录",
    };

    private static string Say(WireFormat format) => format switch
    {
        WireFormat.Hl7 => "HL7",
        WireFormat.Astm => "ASTM",
        WireFormat.Xml => "XML",
        WireFormat.Lines => "逐行名称和值的文本",
        _ => "CSV 平面文件",
    };

    private static WireFormat Look(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[3..];
        bytes = bytes.TrimStart(" \t\r\n"u8);
        if (bytes.StartsWith("MSH"u8) || bytes.StartsWith("FHS"u8) || bytes.StartsWith("BHS"u8)) return WireFormat.Hl7;
        if (bytes.StartsWith("<"u8)) return WireFormat.Xml;
        return bytes.Length > 2 && bytes[0] == 'H' && !char.IsLetterOrDigit((char)bytes[1])
            && bytes[1] is not ((byte)',' or (byte)';' or (byte)'\t')
            ? WireFormat.Astm : WireFormat.Csv;
    }

    private static (IReadOnlyList<byte[]> Texts, string? Error, long Garbage) Unframe(byte[] bytes, WireFormat format)
    {
        if (format == WireFormat.Hl7 && bytes.AsSpan().Contains((byte)0x0B))
        {
            var decoder = new MllpDecoder();
            var frames = decoder.Feed(bytes);
            var error = decoder.Pending ? "最后一个 MLLP 帧没有结束符（FS CR），请重新采集" : decoder.OversizedFrames > 0
                ? $"MLLP 帧超过 {MllpDecoder.DefaultMaxFrame} 字节" : null;
            return (frames, error, decoder.GarbageBytes);
        }
        if (format != WireFormat.Astm || bytes.AsSpan().IndexOfAny(AstmReceiver.Enq, AstmReceiver.Stx) < 0) return ([bytes], null, 0);
        var receiver = new AstmReceiver();
        // A recording may lack its closing EOT; the receiver then delivers on the one added here, and on none if that was not needed.
        var done = receiver.Feed([.. bytes, AstmReceiver.Eot], []);
        return (done, receiver.IncompleteTransmissions > 0 ? $"ASTM 传输不完整：{receiver.Refusal ?? "传输中途重新开始"}。请让仪器重发"
            : null, receiver.GarbageBytes);
    }
}
