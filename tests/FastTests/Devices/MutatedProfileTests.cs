using System.Globalization;
using Adapters.Devices;
using Adapters.Devices.Wire;
using Modules.Devices.Contracts;
using Xunit.Abstractions;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

public sealed class MutatedProfileTests(ITestOutputHelper output)
{
    private const int Rounds = 200;

    private static readonly string[] Recordings =
    [
        "01-mindray-bc5380-normal.hl7", "13-sysmex-xn350.astm", "17-mindray-bc5380-flatfile.csv", "24-mindray-query-orm.hl7", "25-sysmex-query.astm", "27-line-format.txt", "28-run-key-value.xml", "29-run-preamble.csv",
    ];

    private readonly int _seed = Random.Shared.Next();

    [Fact]
    public void Given_200_mutated_profiles_When_read_Then_each_is_refused_with_place_and_remedy_or_reads_every_recording()
    {
        output.WriteLine($"seed {_seed}");
        var random = new Random(_seed);
        for (var i = 0; i < Rounds; i++)
        {
            var mutated = Harness.MutatedJson.Mutate(Shelf.Json(Shelf.Names[random.Next(Shelf.Names.Count)]), random);
            var fault = Xunit.Record.Exception(() => Read(mutated));
            Assert.True(fault is null || fault is DeviceProfileException { Remedy.Length: > 0 } named && named.Path.StartsWith('$'), $"seed {_seed}, round {i}: {fault}\n{mutated}");
        }
    }

    private static void Read(string json)
    {
        var profile = DeviceProfileReader.Parse(json, "mutated");
        foreach (var name in Recordings)
        {
            foreach (var message in DeviceRecording.Read(Bytes(name), profile).Messages)
                Assert.All(message.Readings.Where(r => r.Accepted), r => Assert.True(message.Kind == DeviceMessageKind.Result
                    && profile.Items.Single(item => item.Code == r.Code).Plausible.Contain(decimal.Parse(r.Value!, CultureInfo.InvariantCulture)), r.ToString()));
            foreach (var wire in profile.IsFile ? [] : DeviceRecording.Parse(Bytes(name), profile)) Answer(profile, wire);
        }
    }

    private static void Answer(DeviceProfile profile, WireMessage wire)
    {
        Acknowledgement.Build(profile, wire, AcknowledgementCode.AA, "text", 0, DateTime.UnixEpoch);
        foreach (var query in DeviceQuery.Of(wire, profile)) QueryAnswer.Build(profile, query, new AwaitedSample("S1", "F", [.. profile.Items.Select(i => i.Code)]), DateTime.UnixEpoch);
    }
}
