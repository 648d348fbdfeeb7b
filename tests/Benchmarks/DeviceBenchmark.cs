using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Adapters.Devices;
using Adapters.Devices.Wire;
using Harness;

namespace Benchmarks;

/// <summary>Messages received, stored, matched and acknowledged, against the same framing, reading and answering that stores nothing.</summary>
internal static class DeviceBenchmark
{
    private const int Messages = 400;
    private const int Devices = 8;

    public static async Task RunAsync(Figures figures)
    {
        var bare = await BareAsync();
        await OnAsync(figures, "SQLite", onPostgres: false, bare);
        if (Environment.GetEnvironmentVariable("TEST_POSTGRES") is not null) await OnAsync(figures, "PostgreSQL", onPostgres: true, bare);
    }

    private static async Task OnAsync(Figures figures, string database, bool onPostgres, (double One, double Eight) bare)
    {
        var (configuration, ports) = Configuration();
        using var _ = configuration;
        await using var server = await ServerProcess.StartAsync(configuration.Folder, onPostgres);
        await ListeningAsync(ports);
        await RateAsync([ports[0]], Messages / 4, "warm");
        var one = await RateAsync([ports[0]], Messages, "one");
        var eight = await RateAsync(ports, Messages, "eight");
        figures.Add($"{database}: one device, stored and acknowledged", $"{one:0} /s", $"{Messages} messages");
        figures.Add($"{database}: eight devices at once", $"{eight:0} /s", $"{Messages} messages");
        figures.Ratio($"{database}: one device, framing and reading alone / stored", bare.One / one);
        figures.Ratio($"{database}: eight devices, framing and reading alone / stored", bare.Eight / eight);
    }

    /// <summary>The same listener's work without a store, in this process.</summary>
    private static async Task<(double One, double Eight)> BareAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var end = new CancellationTokenSource();
        var serving = ServeAsync(listener, end.Token);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await RateAsync([port], Messages, "warm");
        var rates = (await RateAsync([port], Messages, "one"), await RateAsync([.. Enumerable.Repeat(port, Devices)], Messages, "eight"));
        await end.CancelAsync();
        await serving;
        return rates;
    }

    private static async Task ServeAsync(TcpListener listener, CancellationToken end)
    {
        try
        {
            while (true) _ = AnswerAsync(await listener.AcceptSocketAsync(end), end);
        }
        catch (OperationCanceledException)
        {
            listener.Stop();
        }
    }

    private static async Task AnswerAsync(Socket device, CancellationToken end)
    {
        using var _ = device;
        var (profile, decoder, buffer) = (DeliveredProfiles.Of("mindray/bc-5380"), new MllpDecoder(), new byte[64 * 1024]);
        var reader = new DeviceMessageReader(profile);
        while (await device.ReceiveAsync(buffer, SocketFlags.None, end) is > 0 and var read)
            foreach (var frame in decoder.Feed(buffer.AsSpan(0, read)))
                foreach (var message in DeviceRecording.Parse(frame, profile))
                {
                    reader.Read(message);
                    var answer = Acknowledgement.Build(profile, message, AcknowledgementCode.AA, "Message accepted", 0, DateTime.UnixEpoch);
                    await device.SendAsync(MllpDecoder.Frame(Encoding.UTF8.GetBytes(answer)), SocketFlags.None, end);
                }
    }

    /// <summary>Messages per second; each device waits for its answer before it sends the next.</summary>
    private static async Task<double> RateAsync(IReadOnlyList<int> ports, int messages, string run)
    {
        var recording = DeviceSimulator.Recording("01-mindray-bc5380-normal.hl7");
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(ports.Select((port, device) => Task.Run(async () =>
        {
            await using var simulator = new DeviceSimulator(port);
            for (var i = 0; i < messages / ports.Count; i++)
                if (await simulator.SendForCodeAsync(recording.Replace("20250220001", $"{run}-{device}-{i}", StringComparison.Ordinal)) != "AA") throw new InvalidOperationException("A message was not accepted.");
        })));
        return messages / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>The demonstration with eight analysers at one station.</summary>
    private static (TenantConfigCopy Configuration, IReadOnlyList<int> Ports) Configuration()
    {
        var (configuration, ports) = (new TenantConfigCopy(), Enumerable.Range(0, Devices).Select(_ => ServerProcess.FreePort()).ToList());
        foreach (var station in new[] { "hangzhou", "shaoxing" })
            configuration.EditRecipe(station, steps => steps.Single(s => s!["name"]!.GetValue<string>() == "Station.Devices")!["Devices"] = new JsonArray([.. (station == "hangzhou" ? ports : []).Select(p => (JsonNode)new JsonObject
            {
                ["Code"] = $"analyser-{p}", ["Name"] = $"分析仪 {p}", ["Profile"] = "mindray/bc-5380", ["Port"] = p, ["AllowedAddresses"] = new JsonArray("127.0.0.1"),
            })]));
        return (configuration, ports);
    }

    private static async Task ListeningAsync(IReadOnlyList<int> ports)
    {
        foreach (var port in ports)
            for (var i = 0; i < 200; i++)
            {
                try
                {
                    using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(IPAddress.Loopback, port);
                    break;
                }
                catch (SocketException)
                {
                    await Task.Delay(100);
                }
            }
    }
}
