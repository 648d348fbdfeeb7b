using System.Text;

namespace Adapters.Devices.Wire;

/// <summary>RFC 4180: quoted cells, doubled quotes, line ends CR, LF or both.</summary>
public static class CsvFile
{
    private static readonly char[] Others = [',', ';', '\t'];

    /// <summary>One message for each row below the headings.</summary>
    /// <param name="delimiter">As the profile expects it; comma, semicolon or tab where the heading row has none of it.</param>
    /// <param name="known">Names one of which the heading row has: lines before it are a title. Without any the first row is the heading.</param>
    public static IReadOnlyList<WireMessage> Parse(string text, char delimiter, IReadOnlyList<string>? known = null)
    {
        var rows = Table(text, delimiter, known ?? []);
        if (rows.Count < 2) return [];
        var headings = rows[0].Select(h => h.Trim()).ToList();
        return [.. rows.Skip(1).Select((cells, i) => new WireMessage(WireFormat.Csv, [new FlatRow(headings.Zip(cells, (h, c) => new FlatCell(h, c.Trim(), "")))],
            cells.Count == headings.Count ? [] : [$"第 {i + 1} 行数据有 {cells.Count} 列，表头有 {headings.Count} 列"]))];
    }

    /// <summary>The heading row and what is below it. Spreadsheets save by the language they are set to: the separator is the one by which a row has a heading known.</summary>
    private static List<List<string>> Table(string text, char delimiter, IReadOnlyList<string> known)
    {
        foreach (var candidate in Others.Prepend(delimiter).Distinct())
        {
            var rows = Rows(text, candidate);
            var heading = rows.FindIndex(row => row.Any(cell => known.Contains(cell.Trim(), StringComparer.OrdinalIgnoreCase)));
            if (heading >= 0) return rows[heading..];
        }
        var first = text.TrimStart().Split(['\r', '\n'], 2)[0];
        return Rows(text, first.Contains(delimiter) ? delimiter : Others.FirstOrDefault(first.Contains, delimiter));
    }

    private static List<List<string>> Rows(string text, char delimiter)
    {
        var rows = new List<List<string>>();
        var row = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[++i]);
            else if (c == '"' && (quoted || cell.Length == 0)) quoted = !quoted;
            else if (quoted || c != delimiter && c is not ('\r' or '\n')) cell.Append(c);
            else EndCell(c != delimiter);
        }
        EndCell(true);
        return rows;

        void EndCell(bool endRow)
        {
            row.Add(cell.ToString());
            cell.Clear();
            if (!endRow) return;
            if (row.Any(c => !string.IsNullOrWhiteSpace(c))) rows.Add(row);
            row = [];
        }
    }
}
