using Engine.Forms;
using Engine.Rules;
using Modules.Collection;
using Modules.Devices.Contracts;
using Platform.Audit;
using Xunit;
using static FastTests.Collection.MadeVisits;

namespace FastTests.Collection;

/// <summary>What devices measured: one value that nothing speaks against is filled in, anything else is for a person to decide.</summary>
public sealed class StepReadingsTests
{
    private static readonly FormDefinition Form = Lenient.Form("tests");

    [Theory]
    [InlineData("145", "145")]
    [InlineData("145 145.0", "145")]
    [InlineData("? 145", "145")]
    [InlineData("119.9999", "119.9999")]
    public async Task Given_one_value_that_counts_When_shown_Then_it_is_filled_in(string hb, string filled)
    {
        var measured = await OfAsync(hb);

        Assert.Empty(measured.Disputed);
        Assert.Equal(filled, measured.Filled["hb"]);
    }

    [Theory]
    [InlineData("145 139")]
    [InlineData("145 145.1")]
    [InlineData("145 139 145")]
    [InlineData("145 ?")]
    [InlineData("? 145 ?")]
    public async Task Given_values_that_differ_or_a_later_doubt_When_shown_Then_none_is_filled_in_and_all_are_named(string hb)
    {
        var measured = await OfAsync(hb);

        Assert.False(measured.Filled.ContainsKey("hb"));
        var disputed = Assert.Single(measured.Disputed);
        Assert.All(hb.Split(' '), value => Assert.Contains(value, disputed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_a_value_in_another_unit_than_the_forms_When_shown_Then_it_does_not_count()
    {
        var measured = await OfAsync(new VisitReading(Guid.NewGuid(), "hb", "14.5", "14.5", "g/dL", "", "血球仪", "08:01", null));

        Assert.Empty(measured.Filled);
        Assert.Contains("单位 g/dL 与表单的 g/L 不同", measured.Notes["hb"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_what_a_person_has_typed_When_filled_in_Then_only_gaps_are()
    {
        var measured = await OfAsync(Reading("hb", "145"), Reading("plt", "240", "10^9/L"));

        var values = measured.Fill(new Dictionary<string, string> { ["hb"] = "139", ["plt"] = " " });

        Assert.Equal(("139", "240"), (values["hb"], values["plt"]));
    }

    [Theory]
    [InlineData("145", "145.0", true)]
    [InlineData("145", "144", false)]
    [InlineData("145 139", "145", false)]
    [InlineData("?", "145", false)]
    public async Task Given_what_was_signed_When_it_is_not_the_devices_value_Then_a_second_person_checks_it(
        string measured, string signed, bool byDevice) =>
        Assert.Equal(byDevice, (await OfAsync(measured)).Give(Form, Filled(Form, ("hb", signed))));

    [Fact]
    public async Task Given_another_transmission_When_shown_Then_the_readings_have_another_name()
    {
        VisitReading[] first = [Reading("hb", "145")];

        Assert.Equal((await OfAsync(first)).Token, (await OfAsync(first)).Token);
        Assert.NotEqual((await OfAsync(first)).Token, (await OfAsync([.. first, Reading("hb", "145")])).Token);
        Assert.Equal("", (await OfAsync()).Token);
    }

    /// <param name="hb">Values one after the other; '?' one that does not count.</param>
    private static Task<StepMeasurements> OfAsync(string hb) => OfAsync([.. hb.Split(' ').Select(v => Reading("hb", v))]);

    private static Task<StepMeasurements> OfAsync(params VisitReading[] readings) =>
        new StepReadings(new Readings(readings), null!, new StoppedClock(Now)).OfAsync(
            new VisitFile(Visit(), null!, Lenient, null!, null!, [], [], []), Form,
            new FormContext(new FactBag(), new HashSet<string>(), Day), default);

    private static VisitReading Reading(string item, string value, string unit = "g/L") => value == "?"
        ? new VisitReading(Guid.NewGuid(), item, null, "?", unit, "!", "血球仪", "08:01", "可疑")
        : new VisitReading(Guid.NewGuid(), item, value, value, unit, "", "血球仪", "08:01", null);

    private sealed class Readings(VisitReading[] all) : IReadings
    {
        public Task<IReadOnlyList<VisitReading>> OfVisitAsync(Guid visitId, CancellationToken cancel = default) =>
            Task.FromResult<IReadOnlyList<VisitReading>>(all);

        public void Use(IEnumerable<Guid> sampleIds, Guid visitId, Actor by) => throw new NotSupportedException();
    }
}
