using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;
using Platform.Audit;
using Xunit;

namespace FastTests.Audit;

public class CanonicalJsonTests
{
    [Fact]
    public void Given_example_of_RFC_8785_3_2_3_When_written_Then_members_sort_by_UTF16_code_units()
    {
        const string input = """
            { "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis" }
            """;

        using var written = JsonDocument.Parse(CanonicalJson.Write(JsonNode.Parse(input)));

        Assert.Equal(
            ["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"],
            written.RootElement.EnumerateObject().Select(p => p.Value.GetString()));
    }

    [Fact]
    public void Given_example_of_RFC_8785_3_2_2_When_written_Then_literals_numbers_and_escapes_are_as_published()
    {
        // The first number of the published sample has a digit a double cannot hold, which documents refuse; it is given here as it is read.
        const string input = """
            { "numbers": [333333333.3333333, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false] }
            """;

        Assert.Equal(
            """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""",
            Document(input));
    }

    [Fact]
    public void Given_number_beyond_a_doubles_precision_When_document_is_hashed_Then_refused()
    {
        Assert.Throws<ArgumentException>(() => CanonicalJson.DocumentHash("[333333333.33333329]"));
    }

    [Theory]
    [InlineData(0x0000000000000000UL, "0")]
    [InlineData(0x8000000000000000UL, "0")]
    [InlineData(0x0000000000000001UL, "5e-324")]
    [InlineData(0x7fefffffffffffffUL, "1.7976931348623157e+308")]
    [InlineData(0x4340000000000000UL, "9007199254740992")]
    [InlineData(0x4430000000000000UL, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5UL, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6UL, "1e+23")]
    [InlineData(0x444b1ae4d6e2ef4eUL, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef50UL, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8cUL, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8dUL, "0.000001")]
    [InlineData(0x41b3de4355555554UL, "333333333.33333325")]
    [InlineData(0xbecbf647612f3696UL, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959UL, "1424953923781206.2")]
    public void Given_sample_of_RFC_8785_appendix_B_When_written_Then_as_published(ulong bits, string expected)
    {
        var number = BitConverter.UInt64BitsToDouble(bits).ToString("R", CultureInfo.InvariantCulture);

        Assert.Equal($"[{expected}]", Document($"[{number}]"));
    }

    [Theory]
    [InlineData("9007199254740991", true)]
    [InlineData("-9007199254740991", true)]
    [InlineData("9007199254740992", false)]
    [InlineData("1.5", false)]
    [InlineData("1e2", false)]
    public void Given_number_When_content_is_to_be_signed_Then_only_safe_integers_pass(string number, bool passes)
    {
        var node = JsonNode.Parse(number);

        if (passes) Assert.Equal(number, Encoding.UTF8.GetString(CanonicalJson.Write(node)));
        else Assert.Throws<ArgumentException>(() => CanonicalJson.Write(node));
    }

    [Fact]
    public void Given_unpaired_surrogate_When_written_Then_refused()
    {
        foreach (var text in new[] { "\uD800", "\uDC00x", "x\uD800y" })
            Assert.Throws<ArgumentException>(() => CanonicalJson.Write(new JsonObject { ["a"] = text }));
    }

    [Fact]
    public void Given_duplicate_property_When_document_is_hashed_Then_refused()
    {
        Assert.ThrowsAny<JsonException>(() => CanonicalJson.DocumentHash("""{ "a": 1, "a": 2 }"""));
    }

    [Theory]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("\uF900", "\u8C48")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("血红蛋白 110 g/L", "血红蛋白 110 g/L")]
    public void Given_text_When_normalized_Then_it_is_form_C_whatever_the_machine(string text, string expected)
    {
        Assert.Equal(expected, UnicodeText.ToNfc(text));
    }

    private static string Document(string json) => Encoding.UTF8.GetString(CanonicalJson.WriteDocument(json));
}
