namespace Adapters.Devices.Wire;

/// <summary>How lines of a key and its values are cut. Columns count from 1, the key's.</summary>
public sealed record LineRules
{
    public required char Delimiter { get; init; }
    /// <summary>Most columns; the last takes the rest of the line. Absent: as many as there are.</summary>
    public int? Columns { get; init; }
    /// <summary>Key of the line a sample begins with. Absent: the whole file is one sample.</summary>
    public string? Begin { get; init; }
    /// <summary>Key of the line a sample ends with; a sample without it is incomplete.</summary>
    public string? End { get; init; }
    /// <summary>Column of the value.</summary>
    public required int Value { get; init; }
    /// <summary>Column of the unit; absent when units are not written.</summary>
    public int? Unit { get; init; }
    /// <summary>Columns of flags.</summary>
    public IReadOnlyList<int> Flags { get; init; } = [];
}

/// <summary>A text of lines, each a key and its values: <c>WBC;6.9;*</c>.</summary>
public static class LinesFile
{
    /// <summary>One message for each sample; what stands before the first belongs to each.</summary>
    public static IReadOnlyList<WireMessage> Parse(string text, LineRules rules)
    {
        var messages = new List<WireMessage>();
        var (header, sample) = (new List<FlatCell>(), rules.Begin is null ? [] : (List<FlatCell>?)null);
        foreach (var columns in text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(line => Columns(line, rules))
            .Where(c => c[0].Length > 0))
        {
            if (Is(rules.Begin, columns))
            {
                if (sample is not null) Close(rules.End is not null);
                sample = [];
            }
            else if (Is(rules.End, columns)) Close(false);
            else (sample ?? header).Add(Cell(columns, rules));
        }
        if (sample is { Count: > 0 }) Close(rules.End is not null);
        return messages;

        void Close(bool incomplete)
        {
            IReadOnlyList<string> problems = incomplete ? [$"缺少结束行 {rules.End}，样本可能不完整"] : [];
            if (sample is not null) messages.Add(new WireMessage(WireFormat.Lines, [new FlatRow([.. header, .. sample])], problems));
            sample = null;
        }
    }

    private static string[] Columns(string line, LineRules rules) =>
        [.. (rules.Columns is { } most ? line.Split(rules.Delimiter, most) : line.Split(rules.Delimiter)).Select(c => c.Trim())];

    private static bool Is(string? key, string[] columns) =>
        key is not null && string.Equals(key, columns[0], StringComparison.OrdinalIgnoreCase);

    private static FlatCell Cell(string[] columns, LineRules rules)
    {
        string At(int column) => column <= columns.Length ? columns[column - 1] : "";
        return new FlatCell(columns[0], At(rules.Value), rules.Unit is { } unit ? At(unit)
            : "") { Flags = [.. rules.Flags.Select(At).Where(f => f.Length > 0)] };
    }
}
