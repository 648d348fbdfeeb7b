using System.Text.Json;
using Engine.Canonical;
using Engine.Rules;
using Platform.Publishing;
using Xunit;

namespace FastTests.Rules;

public class ConditionTests
{
    [Theory]
    [InlineData("2026-08-31", "2027-02-27", 6, "months", false)]
    [InlineData("2026-08-31", "2027-02-28", 6, "months", true)]
    [InlineData("2026-02-28", "2026-08-27", 6, "months", false)]
    [InlineData("2026-02-28", "2026-08-28", 6, "months", true)]
    [InlineData("2024-02-29", "2025-02-27", 1, "years", false)]
    [InlineData("2024-02-29", "2025-02-28", 1, "years", true)]
    [InlineData("2023-02-28", "2024-02-28", 1, "years", true)]
    [InlineData("2026-11-09", "2026-11-22", 2, "weeks", false)]
    [InlineData("2026-11-08", "2026-11-22", 2, "weeks", true)]
    [InlineData("2026-11-18", "2026-11-22", 5, "days", false)]
    [InlineData("2026-11-17", "2026-11-22", 5, "days", true)]
    [InlineData("2026-11-21", "2026-11-22", 24, "hours", false)]
    [InlineData("2026-11-20", "2026-11-22", 24, "hours", true)]
    [InlineData("2026-11-20", "2026-11-22", 25, "hours", false)]
    [InlineData("2026-12-01", "2026-11-22", 0, "days", false)]
    [InlineData("2026-11-22", "2026-11-22", 0, "days", true)]
    public void Given_a_date_When_time_elapsed_is_asked_Then_months_clamp_and_hours_are_certain(string on, string visit, int value, string unit, bool elapsed)
    {
        var facts = new FactBag().Set("on", DateOnly.Parse(on)).Set("visitDate", DateOnly.Parse(visit));
        var condition = Parse($$"""{"fact":"on","op":"elapsed","value":{{value}},"unit":"{{unit}}"}""");

        Assert.Equal(elapsed, condition.Evaluate(facts));
    }

    [Fact]
    public void Given_any_start_and_span_When_the_day_after_it_is_computed_Then_it_is_the_first_day_elapsed()
    {
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var span = new CalendarSpan(random.Next(1, 40), (CalendarUnit)random.Next(5));
            var from = new DateOnly(2023, 1, 1).AddDays(random.Next(1500));
            var first = span.After(from)!.Value;
            var condition = Parse($$"""{"fact":"on","op":"elapsed","value":{{span.Length}},"unit":"{{span.Unit.ToString().ToLowerInvariant()}}"}""");

            Assert.True(condition.Evaluate(new FactBag().Set("on", from).Set("visitDate", first)), $"{from} + {span}");
            Assert.False(condition.Evaluate(new FactBag().Set("on", from).Set("visitDate", first.AddDays(-1))), $"{from} + {span}");
        }
    }

    [Theory]
    [InlineData("""{"fact":"hb","opp":">=","op":">=","value":1}""", "$.opp")]
    [InlineData("""{"all":[{"fact":"hb","op":">=","value":1}],"any":[]}""", "$.any")]
    [InlineData("""{"fact":"hb\"] != null || n[\"x","op":">=","value":1}""", "$.fact")]
    [InlineData("""{"fact":"hb) || (true","op":">=","value":1}""", "$.fact")]
    [InlineData("""{"param":"p\"]","op":"==","value":1}""", "$.param")]
    [InlineData("""{"fact":"sex","op":"==","value":"F\" || \"a\" == \"a"}""", "$.value")]
    [InlineData("""{"fact":"sex","op":"==","value":"F\\"}""", "$.value")]
    [InlineData("""{"fact":"sex","op":"<","value":"F"}""", "$.op")]
    [InlineData("""{"fact":"sex","op":"in","value":["F",1]}""", "$.value")]
    [InlineData("""{"fact":"hb","op":">=","value":1e400}""", "$.value")]
    [InlineData("""{"fact":"on","op":"elapsed","value":0.5,"unit":"months"}""", "$.value")]
    [InlineData("""{"fact":"on","op":"elapsed","value":3,"unit":"fortnights"}""", "$.unit")]
    [InlineData("""{"fact":"d","aggregate":"count","op":"<","value":24}""", "$.window")]
    [InlineData("""{"fact":"d","aggregate":"count","window":{"months":0},"op":"<","value":24}""", "$.window")]
    [InlineData("""{"all":[{"not":{"fact":"hb","op":"~","value":1}}]}""", "$.all[0].not.op")]
    public void Given_an_unfit_condition_When_read_Then_it_is_refused_at_its_path(string json, string path)
    {
        var error = Assert.Throws<DocumentFaultException>(() => Parse(json));

        Assert.Equal(path, error.Path);
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(1, 201)]
    public void Given_too_deep_or_too_large_a_tree_When_read_Then_it_is_refused(int nots, int leaves)
    {
        var many = string.Join(",", Enumerable.Repeat("""{"fact":"hb","op":">=","value":1}""", leaves));
        var json = string.Concat(Enumerable.Repeat("{\"not\":", nots)) + $"{{\"all\":[{many}]}}" + new string('}', nots);

        Assert.Throws<DocumentFaultException>(() => Parse(json));
    }

    [Fact]
    public void Given_alternatives_When_undecided_Then_only_the_first_unknown_is_asked_for()
    {
        var condition = Parse("""{"any":[{"fact":"tattoo","op":"==","value":"no"},{"all":[{"fact":"tattoo","op":"==","value":"yes"},{"fact":"tattooOn","op":"elapsed","value":1,"unit":"years"}]}]}""");
        var facts = new FactBag().Set("visitDate", MadePacks.Day);

        Assert.Equal(["tattoo"], condition.MissingFacts(facts));
        Assert.Equal(["tattooOn"], condition.MissingFacts(facts.Set("tattoo", "yes")));
        Assert.Empty(condition.MissingFacts(facts.Set("tattoo", "no")));
    }

    [Fact]
    public void Given_a_fact_of_another_kind_When_compared_Then_it_is_unknown_not_unequal()
    {
        var facts = new FactBag().Set("hb", "120");

        Assert.Null(Parse("""{"fact":"hb","op":"!=","value":110}""").Evaluate(facts));
        Assert.Null(Parse("""{"not":{"fact":"hb","op":"in","value":[110,120]}}""").Evaluate(facts));
    }

    private static Condition Parse(string json) => Condition.Parse(JsonDocument.Parse(json).RootElement);
}
