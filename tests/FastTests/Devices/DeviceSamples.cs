using System.Collections.Concurrent;
using System.Text;
using Adapters.Devices;
using Adapters.Devices.Wire;
using Modules.Devices.Contracts;

namespace FastTests.Devices;

/// <summary>Recorded messages and short ways to read made-up ones.</summary>
internal static class DeviceSamples
{
    public const string Hematology = "mindray/bc-5380", Chemistry = "mindray/bs", Sysmex = "sysmex/xn", Flat = "mindray/bc-5380-csv";

    public static byte[] Bytes(string name) => Resource("Devices/" + name);

    private static byte[] Resource(string name)
    {
        using var stream = typeof(DeviceSamples).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The profiles of the province.</summary>
    public static ProfileShelf Shelf { get; } = new(
        [.. typeof(DeviceSamples).Assembly.GetManifestResourceNames().Where(n => n.StartsWith("profiles/", StringComparison.Ordinal)).Select(n => n["profiles/".Length..^DeviceProfileReader.Ending.Length].Replace('\\', '/')).Order(StringComparer.Ordinal)],
        name => Encoding.UTF8.GetString(Resource("profiles/" + name + DeviceProfileReader.Ending)));

    private static readonly ConcurrentDictionary<string, DeviceProfile> Profiles = new(StringComparer.Ordinal);

    public static DeviceProfile Profile(string name) => Profiles.GetOrAdd(name, n => Shelf.Find(n)!);

    public static DeviceRecording Record(byte[] bytes, string profile) => DeviceRecording.Read(bytes, Profile(profile));

    public static DeviceMessage One(byte[] bytes, string profile)
    {
        var recording = Record(bytes, profile);
        Assert.Empty(recording.Errors);
        return Assert.Single(recording.Messages);
    }

    public static DeviceMessage One(string text, string profile) => One(Encoding.UTF8.GetBytes(text), profile);

    /// <summary>A haematology message with these OBX segments (without the set id).</summary>
    public static DeviceMessage Hl7(params string[] observations) =>
        One("MSH|^~\\&|BC-5380|Mindray|||20260301080000||ORU^R01|7|P|2.3.1||||||UNICODE\rPID|1|||||||Male\rOBR|1||20260301001|00001^Automated Count^99MRC|||20260301075900\r"
            + string.Concat(observations.Select((o, i) => $"OBX|{i + 1}|{o}\r")), Hematology);

    /// <summary>A Sysmex message with these R records (without letter and number).</summary>
    public static DeviceMessage Astm(params string[] results) =>
        One("H|\\^&|||XN-1000^00-01^1^^^^SN1||||||||E1394-97\rP|1\rO|1||^^   20260301001^B||||||||N\r" + string.Concat(results.Select((r, i) => $"R|{i + 1}|{r}\r")) + "L|1|N\r", Sysmex);

    /// <summary>LIS1-A frames around the records, one a frame.</summary>
    public static byte[] Framed(byte[] records)
    {
        var bytes = new List<byte> { AstmReceiver.Enq };
        var number = 1;
        foreach (var record in Encoding.Latin1.GetString(records).Split('\r', StringSplitOptions.RemoveEmptyEntries))
            bytes.AddRange(Frame(number++ % 8, record + "\r", AstmReceiver.Etx));
        return [.. bytes, AstmReceiver.Eot];
    }

    public static byte[] Frame(int number, string text, byte end)
    {
        byte[] summed = [(byte)('0' + number), .. Encoding.Latin1.GetBytes(text), end];
        return [AstmReceiver.Stx, .. summed, .. Encoding.ASCII.GetBytes(AstmReceiver.Checksum(summed)), (byte)'\r', (byte)'\n'];
    }

    /// <summary>code=value unit, with ! before what does not count.</summary>
    public static string Line(DeviceReading r) => $"{(r.Accepted ? "" : "!")}{r.Code ?? r.Name ?? r.DeviceCode}={r.Value ?? r.RawValue} {r.Unit}".TrimEnd();
}
