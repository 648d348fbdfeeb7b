namespace Adapters.Devices.Wire;

/// <summary>What stands outside all frames on a line: names the mistake that makes a device send it.</summary>
/// <param name="starts">Bytes a frame begins with.</param>
public sealed class StrayBytes(WireFormat format, params byte[] starts)
{
    private const int Kept = 16;
    private static readonly string[] WebWords = ["GET ", "POST", "HEAD", "PUT ", "OPTI", "CONN"];

    private readonly List<byte> _first = [];

    /// <summary>What is heard is another protocol altogether: whatever follows, no message of a device will.</summary>
    public bool Foreign { get; private set; }

    /// <summary>Bytes heard while no frame was open, up to the next frame.</summary>
    /// <returns>What is wrong, in Chinese; null while nothing has been heard but line ends.</returns>
    public string? Hear(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.IndexOfAny(starts);
        foreach (var b in start < 0 ? bytes : bytes[..start])
            if (_first.Count < Kept && (_first.Count > 0 || b is not ((byte)'\r' or (byte)'\n'))) _first.Add(b);
        var words = _first.Count == 0 ? null : Name([.. _first]);
        if (start >= 0) _first.Clear();
        return words;
    }

    private string Name(byte[] first)
    {
        var text = System.Text.Encoding.Latin1.GetString(first);
        if (Stranger(first, text) is { } stranger)
        {
            Foreign = true;
            return stranger;
        }
        if (text.StartsWith("MSH", StringComparison.Ordinal))
            return format == WireFormat.Hl7 ? "收到没有 MLLP 帧的 HL7 消息，不能判断消息在哪里结束：请在仪器上打开 MLLP（开始 0x0B，结束 0x1C 0x0D）"
                : "收到 HL7 消息，而本设备的配置是 ASTM：请核对设备的 Profile";
        if (format == WireFormat.Hl7 && first[0] is AstmReceiver.Enq or AstmReceiver.Stx) return "收到 ASTM 传输，而本设备的配置是 HL7：请核对设备的 Profile";
        if (format == WireFormat.Astm && first[0] == 0x0B) return "收到 HL7（MLLP）消息，而本设备的配置是 ASTM：请核对设备的 Profile";
        if (text.Length > 1 && text[0] == 'H' && !char.IsLetterOrDigit(text[1])) return "收到没有 LIS1-A 帧的 ASTM 消息：请在仪器上打开 LIS1-A（E1381）低层协议";
        return $"收到不属于任何消息的字节（{Convert.ToHexString(first)}）：请核对仪器的通讯协议";
    }

    private static string? Stranger(byte[] first, string text)
    {
        if (first is [0x16, 3, ..]) return "收到加密（TLS）连接，而本端口不加密：请在仪器上关闭 TLS，或在中间加一个解密的代理";
        if (WebWords.Any(w => text.StartsWith(w, StringComparison.Ordinal))) return "收到网页（HTTP）请求，不是仪器消息：请核对仪器上填写的地址和端口";
        return text.StartsWith("SSH-", StringComparison.Ordinal) ? "收到 SSH 连接，不是仪器消息：请核对仪器上填写的地址和端口" : null;
    }
}
