using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Harness;

/// <summary>An analyser as the network sees it: sends over MLLP or LIS1-A, waits for its answer as long as real ones do, and connects again when it has to.</summary>
public sealed class DeviceSimulator(int port) : IAsyncDisposable
{
    public const byte Enq = 0x05, Eot = 0x04, Ack = 0x06, Nak = 0x15;
    private const byte Stx = 0x02, Etx = 0x03, Vt = 0x0B, Fs = 0x1C, Cr = 0x0D;

    /// <summary>A device gives up on an answer after this time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Reconnecting = TimeSpan.FromMinutes(1);
    private Socket? _socket;

    /// <summary>One of the recordings the readers are tested with, as if it had been run at this minute: a result of another day belongs to nobody.</summary>
    public static string Recording(string file) => Regex.Replace(
        Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(Installation.Repository, "tests", "FastTests", "Devices", "Samples", file))), @"\b20[0-9]{12}\b", RunAt.ToString("yyyyMMddHHmmss"));

    /// <summary>When the recordings say that they were run; local at the stations of the tests.</summary>
    public static DateTime RunAt { get; } = TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).DateTime;

    /// <summary>Sends one HL7 message and gives its acknowledgement without framing; null when the server hung up.</summary>
    /// <exception cref="OperationCanceledException">No answer in time.</exception>
    public async Task<string?> SendHl7Async(string message)
    {
        await SendAsync([Vt, .. Encoding.UTF8.GetBytes(message), Fs, Cr]);
        return await AnswerAsync();
    }

    /// <summary>Code of the acknowledgement: AA, AE or AR.</summary>
    public async Task<string?> SendForCodeAsync(string message) => (await SendHl7Async(message))?.Split("MSA|")[1].Split('|')[0];

    /// <summary>Sends again, over new connections, until the server says it has it.</summary>
    public async Task SendUntilAcceptedAsync(string message)
    {
        while (true)
        {
            try
            {
                if (await SendForCodeAsync(message) == "AA") return;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                await DisposeAsync();
            }
        }
    }

    /// <summary>Sends ASTM records, one a frame, each again while it is refused; false when the server refuses one six times.</summary>
    /// <param name="spoil">Gives the bytes of a frame when it is sent the first time, so that a test can damage it.</param>
    public async Task<bool> SendAstmAsync(string records, Func<int, byte[], byte[]>? spoil = null)
    {
        if (await AskAsync([Enq]) != Ack) return false;
        var number = 0;
        foreach (var record in records.Split('\r', StringSplitOptions.RemoveEmptyEntries))
        {
            var frame = AstmFrame(++number % 8, record + "\r");
            var answer = await AskAsync(spoil?.Invoke(number, frame) ?? frame);
            for (var again = 0; answer != Ack && again < 5; again++) answer = await AskAsync(frame);
            if (answer != Ack) return false;
        }
        await SendAsync([Eot]);
        return true;
    }

    /// <summary>Listens as a device does that has asked something: acknowledges each frame of what the server sends, and gives the records without framing; null when the server hung up.</summary>
    public async Task<string?> ReceiveAstmAsync()
    {
        var (records, frame) = (new StringBuilder(), new List<byte>());
        while (await ByteAsync() is { } b)
        {
            if (b == Eot) return records.ToString();
            frame.Add(b);
            if (b != Enq && b != (byte)'\n') continue;
            if (b == (byte)'\n') records.Append(Encoding.UTF8.GetString([.. frame[2..^5]]));
            frame.Clear();
            await SendAsync([Ack]);
        }
        return null;
    }

    public async Task SendAsync(byte[] bytes)
    {
        if (_socket is null) await ConnectAsync();
        for (var sent = 0; sent < bytes.Length;) sent += await _socket!.SendAsync(bytes.AsMemory(sent), SocketFlags.None);
    }

    /// <summary>Everything up to the end of the next frame; null when the server hung up.</summary>
    public async Task<string?> AnswerAsync()
    {
        var answer = new List<byte>();
        while (await ByteAsync() is { } b)
        {
            if (b == Cr && answer is [.., Fs]) return Encoding.UTF8.GetString([.. answer[1..^1]]);
            answer.Add(b);
        }
        return null;
    }

    /// <summary>Whether the server has ended the connection.</summary>
    public async Task<bool> IsHungUpAsync()
    {
        if (_socket is null) await ConnectAsync();
        return await ByteAsync() is null;
    }

    public ValueTask DisposeAsync()
    {
        _socket?.Dispose();
        _socket = null;
        return ValueTask.CompletedTask;
    }

    private async Task<byte?> AskAsync(byte[] bytes)
    {
        await SendAsync(bytes);
        return await ByteAsync();
    }

    private async Task<byte?> ByteAsync()
    {
        var one = new byte[1];
        using var patience = new CancellationTokenSource(Patience);
        return await _socket!.ReceiveAsync(one, patience.Token) == 1 ? one[0] : null;
    }

    /// <summary>A server that has just started may not listen yet.</summary>
    private async Task ConnectAsync()
    {
        for (var until = DateTime.UtcNow + Reconnecting; ; await Task.Delay(100))
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                _socket = socket;
                return;
            }
            catch (SocketException) when (DateTime.UtcNow < until)
            {
                socket.Dispose();
            }
        }
    }

    private static byte[] AstmFrame(int number, string text)
    {
        byte[] summed = [(byte)('0' + number), .. Encoding.Latin1.GetBytes(text), Etx];
        return [Stx, .. summed, .. Encoding.ASCII.GetBytes((summed.Sum(b => b) & 0xFF).ToString("X2")), Cr, (byte)'\n'];
    }
}
