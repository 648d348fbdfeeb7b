using System.Globalization;

namespace Engine.Canonical;

/// <summary>Canonical mappings and combining classes, read once from <c>UnicodeNormalization.txt</c>.</summary>
internal sealed class NormalizationData
{
    public Dictionary<int, int[]> Decompositions { get; } = [];
    public Dictionary<(int First, int Second), int> Compositions { get; } = [];
    public Dictionary<int, int> Classes { get; } = [];

    public static NormalizationData Load()
    {
        using var stream = typeof(NormalizationData).Assembly.GetManifestResourceStream("Engine.Canonical.UnicodeNormalization.txt")
            ?? throw new InvalidOperationException("UnicodeNormalization.txt is not embedded.");
        using var reader = new StreamReader(stream);
        var data = new NormalizationData();
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '@') data.AddClass(line);
            else if (line[0] != '#') data.AddMapping(line);
        }
        return data;
    }

    private void AddMapping(string line)
    {
        var sign = line.IndexOfAny(['=', '>']);
        var point = Hex(line[..sign]);
        var parts = line[(sign + 1)..].Split('+').Select(Hex).ToArray();
        Decompositions.Add(point, parts);
        if (line[sign] == '=') Compositions.Add((parts[0], parts[1]), point);
    }

    private void AddClass(string line)
    {
        var words = line[1..].Split(' ');
        var rank = int.Parse(words[0], CultureInfo.InvariantCulture);
        foreach (var range in words[1..])
        {
            var ends = range.Split('-');
            for (var point = Hex(ends[0]); point <= Hex(ends[^1]); point++) Classes.Add(point, rank);
        }
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
