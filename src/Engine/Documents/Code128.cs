namespace Engine.Documents;

/// <summary>A Code 128 symbol (ISO/IEC 15417) for printable ASCII, in code sets B and C, as short as those two allow.</summary>
/// <param name="Codewords">Start, data, check and stop, as symbol values 0–106.</param>
public sealed record Code128(IReadOnlyList<int> Codewords)
{
    /// <summary>Blank modules the standard demands on each side of the bars.</summary>
    public const int QuietModules = 10;

    private const int CodeC = 99, CodeB = 100, StartB = 104, StartC = 105, Stop = 106;

    /// <summary>Dearer than any text, small enough to add up.</summary>
    private const int Impossible = 1_000_000;

    /// <summary>Widths of bars and spaces in modules, by symbol value; the first of each is a bar.</summary>
    private static readonly string[] Patterns =
    [
        "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312", "231212",
        "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212", "223112", "312131",
        "311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
        "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121",
        "313121", "211331", "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
        "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
        "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242", "121142", "121241", "114212",
        "124112", "124211", "411212", "421112", "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113",
        "114311", "411113", "411311", "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
    ];

    private enum CodeSet { B, C }

    /// <summary>Width of the bars without quiet zones, in modules.</summary>
    public int Modules => Widths.Sum();

    /// <summary>Widths in modules, bar and space by turns, beginning and ending with a bar.</summary>
    public IEnumerable<int> Widths => Codewords.SelectMany(c => Patterns[c]).Select(w => w - '0');

    /// <summary>Encodes <paramref name="text"/>; null when it is empty or holds anything but ASCII 32–126.</summary>
    public static Code128? Encode(string text)
    {
        if (text.Length == 0 || text.Any(c => c is < ' ' or > '~')) return null;
        var costs = Costs(text);
        var set = costs[0, (int)CodeSet.C] <= costs[0, (int)CodeSet.B] ? CodeSet.C : CodeSet.B;
        var words = new List<int> { set == CodeSet.C ? StartC : StartB };
        for (var at = 0; at < text.Length;)
        {
            if (Stay(text, at, set, costs) > Switch(text, at, set, costs))
            {
                set = Other(set);
                words.Add(set == CodeSet.C ? CodeC : CodeB);
            }
            words.Add(set == CodeSet.C ? (text[at] - '0') * 10 + text[at + 1] - '0' : text[at] - ' ');
            at += Step(set);
        }
        words.Add(CheckOf(words));
        words.Add(Stop);
        return new Code128(words);
    }

    private static int CheckOf(List<int> words) => words.Select((word, at) => word * Math.Max(at, 1)).Sum() % 103;

    /// <summary>Fewest codewords from each position to the end, when the given set is active there.</summary>
    private static int[,] Costs(string text)
    {
        var costs = new int[text.Length + 1, 2];
        for (var at = text.Length - 1; at >= 0; at--)
            foreach (var set in (CodeSet[])[CodeSet.B, CodeSet.C])
                costs[at, (int)set] = Math.Min(Stay(text, at, set, costs), Switch(text, at, set, costs));
        return costs;
    }

    private static int Stay(string text, int at, CodeSet set, int[,] costs) =>
        set == CodeSet.B || IsPair(text, at) ? 1 + costs[at + Step(set), (int)set] : Impossible;

    private static int Switch(string text, int at, CodeSet set, int[,] costs) => 1 + Stay(text, at, Other(set), costs);

    private static bool IsPair(string text, int at) =>
        at + 1 < text.Length && char.IsAsciiDigit(text[at]) && char.IsAsciiDigit(text[at + 1]);

    private static CodeSet Other(CodeSet set) => set == CodeSet.B ? CodeSet.C : CodeSet.B;

    private static int Step(CodeSet set) => set == CodeSet.C ? 2 : 1;
}
