using System.Diagnostics;
using System.Globalization;
using Adapters.Devices.Wire;
using Modules.Devices.Contracts;
using Xunit.Abstractions;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

public sealed class DamagedInputTests(ITestOutputHelper output)
{
    private readonly int _seed = Random.Shared.Next();

    private static readonly (byte[] Bytes, string Profile)[] Originals =
    [
        (MllpDecoder.Frame(Bytes("01-mindray-bc5380-normal.hl7")), Hematology), (Bytes("02-mindray-bc5380-anemia-flags.hl7"), Hematology),
        (MllpDecoder.Frame(Bytes("04-mindray-bc5300-qc.hl7")), Hematology), (Bytes("06-mindray-oem-3part.hl7"), Hematology),
        (Bytes("13-sysmex-xn350.astm"), Sysmex), (Framed(Bytes("13-sysmex-xn350.astm")), Sysmex), (Bytes("17-mindray-bc5380-flatfile.csv"), Flat),
    ];

    [Fact]
    public void Given_2000_mutated_messages_When_read_Then_no_crash_no_hang_bounded_memory_and_nothing_implausible_counts()
    {
        output.WriteLine($"seed {_seed}");
        var random = new Random(_seed);
        for (var i = 0; i < 2000; i++)
        {
            var (original, profile) = Originals[random.Next(Originals.Length)];
            var mutated = Harness.MutatedFrames.Mutate(original, random);
            var (clock, before) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
            var recording = Record(mutated, profile);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2) && allocated < 16_000_000, $"seed {_seed}, round {i}: {clock.Elapsed}, {allocated} bytes");
            foreach (var (message, reading) in recording.Messages.SelectMany(m => m.Readings.Where(r => r.Accepted).Select(r => (m, r))))
            {
                var limits = Profile(profile).Items.Single(item => item.Code == reading.Code).Plausible;
                Assert.True(message.Kind == DeviceMessageKind.Result && message.SampleId is not null && message.Problems.Count == 0
                    && limits.Contain(decimal.Parse(reading.Value!, CultureInfo.InvariantCulture)), $"seed {_seed}, round {i}: {reading}");
            }
        }
    }

    [Fact]
    public void Given_one_byte_changed_in_checked_frames_When_read_Then_nothing_counts_or_every_reading_is_unchanged()
    {
        output.WriteLine($"seed {_seed}");
        var random = new Random(_seed);
        var framed = Framed(Bytes("13-sysmex-xn350.astm"));
        var expected = One(framed, Sysmex).Readings.Select(Line).ToList();
        for (var i = 0; i < framed.Length; i++)
        {
            var damaged = (byte[])framed.Clone();
            damaged[i] ^= (byte)random.Next(1, 256);
            var recording = Record(damaged, Sysmex);
            var readings = recording.Messages.SelectMany(m => m.Readings).ToList();
            Assert.True(!readings.Any(r => r.Accepted) || expected.SequenceEqual(readings.Select(Line)), $"seed {_seed}, byte {i}: {framed[i]} -> {damaged[i]}");
        }
    }

    [Fact]
    public void Given_a_megabyte_of_separators_When_read_Then_memory_stays_in_proportion()
    {
        byte[] hostile = [.. "MSH|^~\\&|x\rOBX|"u8, .. Enumerable.Repeat((byte)'|', 1_000_000), .. "\rOBX|1|NM|"u8, .. Enumerable.Repeat((byte)'~', 1_000_000), .. Enumerable.Repeat((byte)'\\', 200_000)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.DoesNotContain(Record(hostile, Hematology).Messages.SelectMany(m => m.Readings), r => r.Accepted);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64L * hostile.Length);
    }
}
