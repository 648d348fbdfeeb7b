using System.Globalization;

namespace Benchmarks;

/// <summary>What a run measured. A ratio compares two things measured in turn in the same run, so it holds on another machine as well.</summary>
internal sealed class Figures
{
    private readonly List<(string What, string Value, string Runs)> _rows = [];

    public int Count => _rows.Count;

    public void Milliseconds(string what, IReadOnlyCollection<double> values) =>
        Add(what, Median(values).ToString("0.00", CultureInfo.InvariantCulture) + " ms", $"{values.Min():0.00} – {values.Max():0.00}, {values.Count} runs");

    public void Ratio(string what, double value) => Add(what, Finite(what, value).ToString("0.00", CultureInfo.InvariantCulture) + " ×", "");

    public void Share(string what, double value) => Add(what, (Finite(what, value) * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %", "");

    public void Add(string what, string value, string runs)
    {
        _rows.Add((what, value, runs));
        Console.Error.WriteLine($"{what}: {value} {runs}");
    }

    public void Print(TextWriter output)
    {
        output.WriteLine("\n| measured | median | range |\n|---|---:|---|");
        foreach (var (what, value, runs) in _rows) output.WriteLine($"| {what} | {value} | {runs} |");
    }

    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static double Finite(string what, double value) =>
        double.IsFinite(value) ? value : throw new InvalidOperationException($"{what}: there is no such figure.");
}
