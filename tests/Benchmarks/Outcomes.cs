namespace Benchmarks;

/// <summary>Runs one benchmark after the other and says in the end, a line for each, which gave all its figures. One that fails keeps no other from running.</summary>
internal sealed class Outcomes(Figures figures)
{
    private readonly List<string> _lines = [];

    public bool AllGood { get; private set; } = true;

    public async Task AddAsync(string name, Func<Task> benchmark)
    {
        var before = figures.Count;
        try
        {
            await benchmark();
            if (figures.Count == before) throw new InvalidOperationException("It gave no figure.");
            _lines.Add("ok " + name);
        }
        catch (Exception e)
        {
            AllGood = false;
            await Console.Error.WriteLineAsync(e.ToString());
            _lines.Add($"failed {name}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    public void Print(TextWriter output)
    {
        output.WriteLine();
        foreach (var line in _lines) output.WriteLine(line);
    }
}
