using Engine.Documents;
using Xunit;

namespace FastTests.Documents;

public sealed class Code128Tests
{
    private const int StartB = 104, StartC = 105, CodeB = 100, CodeC = 99, Stop = 106;

    [Theory]
    // Check values worked out by hand: (start + sum of value times position) mod 103.
    [InlineData("123456", new[] { StartC, 12, 34, 56, 44, Stop })]
    [InlineData("PJJ123C", new[] { StartB, 48, 42, 42, 17, 18, 19, 35, 55, Stop })]
    [InlineData("9000623510234", new[] { StartC, 90, 0, 62, 35, 10, 23, CodeB, 20, 24, Stop })]
    [InlineData("AB123456", new[] { StartB, 33, 34, CodeC, 12, 34, 56, 26, Stop })]
    public void Given_known_text_When_encoded_Then_start_switches_and_check_are_as_the_standard_says(string text, int[] expected) =>
        Assert.Equal(expected, Code128.Encode(text)!.Codewords);

    [Theory]
    [InlineData("")]
    [InlineData("献血")]
    [InlineData("９０")]
    [InlineData("12\n")]
    public void Given_text_outside_printable_ASCII_When_encoded_Then_there_is_no_symbol(string text) => Assert.Null(Code128.Encode(text));

    [Fact]
    public void Given_the_pattern_table_When_measured_Then_each_is_eleven_modules_of_even_bars_and_unlike_the_others()
    {
        var patterns = Enumerable.Range(0, 106).Select(value => new Code128([value]).Widths.ToList()).ToList();

        Assert.All(patterns, p => Assert.Equal(11, p.Sum()));
        Assert.All(patterns, p => Assert.Equal(0, p.Where((_, at) => at % 2 == 0).Sum() % 2));
        Assert.Equal(106, patterns.Select(p => string.Join(',', p)).Distinct().Count());
        Assert.Equal(13, new Code128([Stop]).Modules);
    }

    [Fact]
    public void Given_any_printable_text_When_encoded_Then_it_decodes_to_itself_and_its_check_holds()
    {
        var random = new Random(128);
        for (var i = 0; i < 2_000; i++)
        {
            var text = RandomText(random, 1 + random.Next(24));
            var words = Code128.Encode(text)!.Codewords;

            Assert.Equal(text, Decode(words));
            Assert.Equal(words[^2], words.Take(words.Count - 2).Select((w, at) => w * Math.Max(at, 1)).Sum() % 103);
            Assert.Equal(Stop, words[^1]);
        }
    }

    [Fact]
    public void Given_any_short_text_When_encoded_Then_no_other_choice_of_code_sets_is_shorter()
    {
        var random = new Random(99);
        for (var i = 0; i < 300; i++)
        {
            var text = RandomText(random, 1 + random.Next(11));
            var shortest = Math.Min(Shortest(text, 0, inC: false), Shortest(text, 0, inC: true));

            Assert.Equal(shortest, Code128.Encode(text)!.Codewords.Count - 3);
        }
    }

    /// <summary>Every choice tried: data and switches from here to the end.</summary>
    private static int Shortest(string text, int at, bool inC)
    {
        if (at == text.Length) return 0;
        var asB = (inC ? 2 : 1) + Shortest(text, at + 1, inC: false);
        if (at + 1 >= text.Length || !char.IsAsciiDigit(text[at]) || !char.IsAsciiDigit(text[at + 1])) return asB;
        return Math.Min(asB, (inC ? 1 : 2) + Shortest(text, at + 2, inC: true));
    }

    private static string RandomText(Random random, int length) => string.Concat(Enumerable.Range(0, length)
        .Select(_ => (char)(random.Next(4) == 0 ? random.Next(' ', '~' + 1) : random.Next('0', '9' + 1))));

    private static string Decode(IReadOnlyList<int> words)
    {
        var (inC, text) = (words[0] == StartC, "");
        foreach (var word in words.Skip(1).Take(words.Count - 3))
        {
            if (inC && word == CodeB || !inC && word == CodeC) inC = !inC;
            else text += inC ? word.ToString("D2") : ((char)(word + ' ')).ToString();
        }
        return text;
    }
}
