using System.Text;

namespace Adapters.Devices.Wire;

/// <summary>RFC 4180: quoted cells, doubled quotes, line ends CR, LF or both.</summary>
public static class CsvFile
{
    private static readonly char[] Others = [',', ';', '\t'];

    /// <summary>One message for each row below the headings.</summary>
    /// <param name="delimiter">As the profile expects it; comma, semicolon or tab where the heading row has none of it.</param>
    public static IReadOnlyList<WireMessage> Parse(string text, char delimiter)
    {
        var heading = text.TrimStart().Split(['\r', '\n'], 2)[0];
        // Spreadsheets save by the language they are set to; a heading row that lacks the separator expected has another one.
        if (!heading.Contains(delimiter)) delimiter = Others.FirstOrDefault(heading.Contains, delimiter);
        var rows = Rows(text, delimiter);
        if (rows.Count < 2) return [];
        var headings = rows[0].Select(h => h.Trim()).ToList();
        return [.. rows.Skip(1).Select((cells, i) => new WireMessage(WireFormat.Csv, [new FlatRow(headings.Zip(cells, (h, c) => new FlatCell(h, c.Trim(), "")))],
            cells.Count == headings.Count ? [] : [$"第 {i + 1} 行数据有 {cells.Count} 列，表头有 {headings.Count} 列"]))];
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
