using System.Globalization;
using System.Text;

namespace Engine.Documents;

/// <summary>Objects written behind a file, with their table (ISO 32000-1, 7.5.6).</summary>
internal sealed class PdfUpdate(PdfFile file)
{
    private readonly StringBuilder _text = new(file.Text.EndsWith('\n') ? "" : "\n");
    private readonly SortedDictionary<int, int> _offsets = [];
    private int _size = file.Last.Trailer.WholeNumber("Size");

    public int NewNumber() => _size++;

    public void Write(int number, string content)
    {
        _offsets.Add(number, file.Text.Length + _text.Length);
        _text.Append(CultureInfo.InvariantCulture, $"{number} 0 obj\n{content}\nendobj\n");
    }

    /// <param name="identifier">Of this state of the file, hexadecimal.</param>
    /// <returns>All that is to be put behind the file.</returns>
    public string Finish(string identifier)
    {
        var table = file.Text.Length + _text.Length;
        _text.Append("xref\n");
        foreach (var (number, offset) in _offsets) _text.Append(CultureInfo.InvariantCulture, $"{number} 1\n{offset:D10} 00000 n \n");
        var trailer = file.Last.Trailer;
        var info = trailer.Find("Info") is { } written ? $" /Info {written}" : "";
        _text.Append(CultureInfo.InvariantCulture, $"trailer\n<</Size {_size} /Root {trailer.Get("Root")}{info} /ID [{trailer.Items("ID")[0]} <{identifier}>] /Prev {file.Last.Table}>>\n")
            .Append(CultureInfo.InvariantCulture, $"startxref\n{table}\n%%EOF\n");
        return _text.ToString();
    }
}
