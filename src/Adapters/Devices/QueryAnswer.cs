using System.Globalization;
using Modules.Devices.Contracts;

namespace Adapters.Devices;

/// <summary>Answers a device's question in its own protocol.</summary>
internal static class QueryAnswer
{
    private const string EachTest = "{test}";

    /// <param name="sample">The sample asked for, while it is waited for; null for any other.</param>
    /// <param name="now">Local time of the station.</param>
    /// <returns>The messages, unframed.</returns>
    public static IReadOnlyList<string> Build(DeviceProfile profile, DeviceQuery query, AwaitedSample? sample, DateTime now)
    {
        var tests = profile.Items.Where(i => i.Order is not null && sample?.Items.Contains(i.Code) == true).Select(i => i.Order!)
            .Distinct(StringComparer.Ordinal).ToList();
        var messages = tests.Count > 0 ? query.Rules.Found : query.Rules.Missing;
        var lines = new AnswerLines(profile.Format, query.Records, new Dictionary<string, string>
        {
            ["sample"] = sample?.Number ?? query.SampleId ?? "", ["sex"] = Sex(profile, sample), ["text"] = sample is null ? "没有这个样本号"
                : "没有要检测的项目",
            ["now"] = now.ToString(AnswerLines.Time, CultureInfo.InvariantCulture),
        });
        return [.. messages.Select(message => lines.Fill(message.SelectMany(line => Repeated(line, tests, profile.Format == Wire.WireFormat.Astm ? '\\' : '~'))))];
    }

    // What an item is called is written in the device's own syntax: it is put in as it stands.
    private static IEnumerable<string> Repeated(string line, List<string> tests, char repetition)
    {
        line = line.Replace("{tests}", string.Join(repetition, tests), StringComparison.Ordinal);
        return line.Contains(EachTest, StringComparison.Ordinal)
            ? tests.Select(test => line.Replace(EachTest, test, StringComparison.Ordinal)) : [line];
    }

    private static string Sex(DeviceProfile profile, AwaitedSample? sample) =>
        sample is null ? "" : profile.SexCodes.Where(c => c.Value == sample.Sex).Select(c => c.Key).FirstOrDefault("");
}
