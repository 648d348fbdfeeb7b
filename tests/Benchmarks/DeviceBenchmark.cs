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
    public static async Task RunAsync(Figures figures, Counts counts)
    {
        var bare = await BareAsync(counts);
        foreach (var database in Database.Available) await OnAsync(figures, counts, database, bare);
    }

    private static async Task OnAsync(Figures figures, Counts counts, Database database, (double One, double Many) bare)
    {
        var (configuration, ports) = Configuration(counts.Devices);
        using var _ = configuration;
        await using var server = await Measured.RunningAsync(database, configuration.Folder);
        await RateAsync([ports[0]], counts.Messages / 4, "warm");
        var one = await RateAsync([ports[0]], counts.Messages, "one");
        var many = await RateAsync(ports, counts.Messages, "many");
        figures.Add($"{database.Name}: one device, stored and acknowledged", $"{one:0} /s", $"{counts.Messages} messages");
        figures.Add($"{database.Name}: {counts.Devices} devices at once", $"{many:0} /s", $"{counts.Messages} messages");
        figures.Ratio($"{database.Name}: one device, framing and reading alone / stored", bare.One / one);
        figures.Ratio($"{database.Name}: {counts.Devices} devices, framing and reading alone / stored", bare.Many / many);
    }

    /// <summary>The same listener's work without a store, in this process.</summary>
    private static async Task<(double One, double Many)> BareAsync(Counts counts)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var end = new CancellationTokenSource();
        var serving = ServeAsync(listener, end.Token);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await RateAsync([port], counts.Messages, "warm");
        var rates = (await RateAsync([port], counts.Messages, "one"), await RateAsync([.. Enumerable.Repeat(port, counts.Devices)], counts.Messages, "many"));
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

    /// <summary>The demonstration with these analysers at one station.</summary>
    private static (TenantConfigCopy Configuration, IReadOnlyList<int> Ports) Configuration(int devices)
    {
        var (configuration, ports) = (new TenantConfigCopy(), Enumerable.Range(0, devices).Select(_ => Installation.FreePort()).ToList());
        foreach (var station in new[] { "hangzhou", "shaoxing" })
            configuration.EditRecipe(station, steps => steps.Single(s => s!["name"]!.GetValue<string>() == "Station.Devices")!["Devices"] = new JsonArray([.. (station == "hangzhou" ? ports : []).Select(p => (JsonNode)new JsonObject
            {
                ["Code"] = $"analyser-{p}", ["Name"] = $"分析仪 {p}", ["Profile"] = "mindray/bc-5380", ["Port"] = p, ["AllowedAddresses"] = new JsonArray("127.0.0.1"),
            })]));
        return (configuration, ports);
    }
}
