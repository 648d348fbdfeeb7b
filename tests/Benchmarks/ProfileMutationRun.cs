using System.Diagnostics;
using System.Globalization;
using System.Text;
using Adapters.Devices;
using Adapters.Devices.Wire;
using Harness;
using Modules.Devices.Contracts;

namespace Benchmarks;

/// <summary>Reads any number of damaged device profiles: each is refused with its place and a remedy, or reads every recording without a crash, a hang or a value out of its plausible range.</summary>
internal static class ProfileMutationRun
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private static readonly byte[][] Recordings =
    [
        .. new[] { "01-mindray-bc5380-normal.hl7", "13-sysmex-xn350.astm", "17-mindray-bc5380-flatfile.csv", "24-mindray-query-orm.hl7", "25-sysmex-query.astm", "27-line-format.txt", "28-run-key-value.xml", "29-run-preamble.csv" }
            .Select(f => Encoding.Latin1.GetBytes(DeviceSimulator.Recording(f))),
    ];

    /// <returns>0 when all went well, 1 at the first that did not.</returns>
    public static int Run(int seed, int count)
    {
        Console.WriteLine($"{count} damaged profiles, seed {seed}");
        var (random, refused, watch) = (new Random(seed), 0, Stopwatch.StartNew());
        for (var i = 0; i < count; i++)
        {
            var mutated = MutatedJson.Mutate(DeliveredProfiles.Json(DeliveredProfiles.Names[random.Next(DeliveredProfiles.Names.Count)]), random);
            var began = Stopwatch.GetTimestamp();
            try
            {
                if (Wrong(mutated) is { } wrong) return Fail($"round {i}: {wrong}");
            }
            catch (DeviceProfileException e) when (e.Path.StartsWith('$') && e.Remedy.Length > 0)
            {
                refused++;
            }
            catch (Exception e)
            {
                return Fail($"round {i}: {e}\n{mutated}");
            }
            if (Stopwatch.GetElapsedTime(began) > Longest) return Fail($"round {i} took {Stopwatch.GetElapsedTime(began)}\n{mutated}");
        }
        Console.WriteLine($"{count} read in {watch.Elapsed:hh\\:mm\\:ss}, {refused} refused with place and remedy, the others read every recording");
        return 0;
    }

    private static string? Wrong(string mutated)
    {
        var profile = DeviceProfileReader.Parse(mutated, "mutated");
        foreach (var (message, reading) in Recordings.SelectMany(bytes => DeviceRecording.Read(bytes, profile).Messages).SelectMany(m => m.Readings.Where(r => r.Accepted).Select(r => (m, r))))
            if (message.Kind != DeviceMessageKind.Result || !profile.Items.Single(i => i.Code == reading.Code).Plausible.Contain(decimal.Parse(reading.Value!, CultureInfo.InvariantCulture))) return $"{reading} counts";
        // The answers are templates of the profile too.
        foreach (var message in Recordings.Where(_ => profile.Format is WireFormat.Hl7 or WireFormat.Astm).SelectMany(bytes => DeviceRecording.Parse(bytes, profile)))
            Acknowledgement.Build(profile, message, AcknowledgementCode.AA, "text", 0, DateTime.UnixEpoch);
        return null;
    }

    private static int Fail(string what)
    {
        Console.Error.WriteLine(what);
        return 1;
    }
}
