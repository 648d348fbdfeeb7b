using System.Diagnostics;
using System.Globalization;
using System.Text;
using Adapters.Devices;
using Adapters.Devices.Wire;
using Harness;
using Modules.Devices.Contracts;

namespace Benchmarks;

/// <summary>Reads any number of damaged device messages: none may crash or hang a reader, take memory out of proportion, or count outside its plausible range.</summary>
internal static class MutationRun
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private static readonly (string File, string Profile, bool Framed)[] Originals =
    [
        ("01-mindray-bc5380-normal.hl7", "mindray/bc-5380", true), ("02-mindray-bc5380-anemia-flags.hl7", "mindray/bc-5380", false),
        ("04-mindray-bc5300-qc.hl7", "mindray/bc-5380", true), ("06-mindray-oem-3part.hl7", "mindray/bc-5380", false),
        ("13-sysmex-xn350.astm", "sysmex/xn", false), ("17-mindray-bc5380-flatfile.csv", "mindray/bc-5380-csv", false),
    ];

    /// <summary>The same seed damages the same messages in the same way.</summary>
    /// <returns>0 when all went well, 1 at the first that did not.</returns>
    public static int Run(int seed, int count)
    {
        Console.WriteLine($"{count} damaged messages, seed {seed}");
        var originals = Originals.Select(o => (Bytes: Bytes(o.File, o.Framed), Profile: DeliveredProfiles.Of(o.Profile))).ToList();
        var random = new Random(seed);
        var (slowest, watch) = (TimeSpan.Zero, Stopwatch.StartNew());
        for (var i = 0; i < count; i++)
        {
            var (original, profile) = originals[random.Next(originals.Count)];
            var mutated = MutatedFrames.Mutate(original, random);
            var began = Stopwatch.GetTimestamp();
            if (Wrong(mutated, profile) is { } wrong) return Fail($"round {i}: {wrong}");
            var took = Stopwatch.GetElapsedTime(began);
            if (took > slowest) slowest = took;
            if (took > Longest) return Fail($"round {i} took {took}");
            if ((i + 1) % 100_000 == 0) Console.WriteLine($"{i + 1}: {watch.Elapsed:hh\\:mm\\:ss}, slowest {slowest.TotalMilliseconds:0.0} ms, heap {GC.GetTotalMemory(false) / 1048576} MiB, process {Environment.WorkingSet / 1048576} MiB");
        }
        Console.WriteLine($"{count} read in {watch.Elapsed:hh\\:mm\\:ss}; slowest {slowest.TotalMilliseconds:0.0} ms; process {Environment.WorkingSet / 1048576} MiB; none crashed, hung or counted outside its range");
        return 0;
    }

    private static string? Wrong(byte[] mutated, DeviceProfile profile)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var recording = DeviceRecording.Read(mutated, profile);
        if (GC.GetAllocatedBytesForCurrentThread() - before > 16_000_000 + 64L * mutated.Length) return $"{mutated.Length} bytes took too much memory";
        var bad = recording.Messages.SelectMany(m => m.Readings.Where(r => r.Accepted).Select(r => (m, r))).FirstOrDefault(p => !MayCount(p.m, p.r, profile));
        return bad.r is null ? null : $"{bad.r} counts";
    }

    private static bool MayCount(DeviceMessage message, DeviceReading reading, DeviceProfile profile) =>
        message.Kind == DeviceMessageKind.Result && message.SampleId is not null && message.Problems.Count == 0
        && profile.Items.Single(item => item.Code == reading.Code).Plausible.Contain(decimal.Parse(reading.Value!, CultureInfo.InvariantCulture));

    private static byte[] Bytes(string file, bool framed)
    {
        var bytes = Encoding.Latin1.GetBytes(DeviceSimulator.Recording(file));
        return framed ? MllpDecoder.Frame(bytes) : bytes;
    }

    private static int Fail(string what)
    {
        Console.Error.WriteLine(what);
        return 1;
    }
}
