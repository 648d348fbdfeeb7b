using Engine.Rules;
using Engine.Workflows;
using FastTests.Rules;
using Microsoft.EntityFrameworkCore;
using Modules.Collection;
using Modules.Donors.Contracts;
using Platform.Audit;
using Platform.Storage;
using Xunit;
using static FastTests.Collection.MadeVisits;

namespace FastTests.Collection;

/// <summary>What the verdicts of a visit enter in the deferral file, and what they take out of it.</summary>
public sealed class StepDeferralsTests
{
    private const string Hb = """{"fact":"hb","op":">=","value":120,"unit":"g/L"}""";
    private const string ForMonths = """{"outcome":"defer-until","until":{"from":"treatedOn","add":{"months":6}}}""";
    private static readonly DateOnly Until = new(2027, 2, 28);
    private static readonly StoreTables Tables = new([new PlatformTables()]);
    private readonly (IDonors Book, KnownDonors Known) _donors = KnownDonors.Make();

    /// <summary>Remembers what it is given and is never opened.</summary>
    private readonly SqliteStore _store = new(new DbContextOptionsBuilder<SqliteStore>().UseSqlite("Data Source=:memory:").Options, Tables);

    [Theory]
    [InlineData(ForMonths, "2027-02-28")]
    [InlineData("""{"outcome":"defer-permanently"}""", "permanent")]
    [InlineData("""{"outcome":"defer-visit"}""", "")]
    [InlineData("""{"outcome":"prompt"}""", "")]
    [InlineData("""{"outcome":"block"}""", "")]
    public async Task Given_a_rule_that_failed_When_written_Then_what_outlasts_the_visit_goes_to_the_file(string more, string until)
    {
        await FollowAsync(Pack("assessment", MadePacks.Rule("N-1", Hb, more)), hb: 100);

        Assert.Equal(until, string.Join(' ', _donors.Known.Entered.Select(d => d.Until is { } day ? $"{day:yyyy-MM-dd}" : "permanent")));
        Assert.All(_donors.Known.Entered, d => Assert.Equal(("N-1", null, Day), (d.RuleId, d.DonationType, d.From)));
    }

    [Fact]
    public async Task Given_a_rule_for_one_type_When_it_fails_Then_the_deferral_is_for_that_type()
    {
        var rule = MadePacks.Rule("N-1", Hb, """{"outcome":"defer-permanently","donationTypes":["apheresis-platelets"]}""");
        await FollowAsync(Pack("assessment", rule), hb: 100);

        Assert.Equal(Platelets, Assert.Single(_donors.Known.Entered).DonationType);
    }

    [Fact]
    public async Task Given_a_failure_of_the_first_stage_When_written_Then_it_is_judged_from_the_records_and_not_entered()
    {
        await FollowAsync(Pack("inquiry", MadePacks.Rule("N-1", Hb, ForMonths)), hb: 100);

        Assert.Empty(_donors.Known.Entered);
    }

    [Fact]
    public async Task Given_a_flow_that_still_has_to_decide_When_written_Then_only_what_stands_there_is_put_right()
    {
        var pack = Pack("assessment", MadePacks.Rule("N-1", Hb, ForMonths));
        await FollowAsync(pack, hb: 100, enters: false);
        Assert.Empty(_donors.Known.Entered);

        var old = Standing("N-1", Until.AddDays(-9));
        await FollowAsync(pack, hb: 100, enters: false);
        Assert.Equal((Until, old), (Assert.Single(_donors.Known.Entered).Until, Assert.Single(_donors.Known.Lifted)));
    }

    [Fact]
    public async Task Given_the_same_deferral_standing_When_written_again_Then_nothing_changes()
    {
        Standing("N-1", Until);
        await FollowAsync(Pack("assessment", MadePacks.Rule("N-1", Hb, ForMonths)), hb: 100);

        Assert.Empty(_donors.Known.Entered);
        Assert.Empty(_donors.Known.Lifted);
    }

    [Theory]
    [InlineData("N-1", 125, true)]
    [InlineData("N-1", null, false)]
    [InlineData("N-9", 125, false)]
    public async Task Given_a_deferral_of_this_visit_When_judged_anew_Then_only_a_rule_satisfied_now_lifts_it(
        string rule, int? hb, bool lifts)
    {
        var standing = Standing(rule, Until);
        await FollowAsync(Pack("assessment", MadePacks.Rule("N-1", Hb, ForMonths)), hb);

        Assert.Equal(lifts ? [standing] : [], _donors.Known.Lifted);
        var noted = _store.ChangeTracker.Entries<AuditEntry>().Select(e => e.Entity).Select(e => (e.Action, e.Field, e.Old, e.Reason));
        Assert.Equal(lifts ? [("解除暂缓", rule, "暂缓至 2027-02-28", "看错一行")] : [], noted);
    }

    private const string Nursing = """{"any":[{"fact":"lactating","op":"==","value":"no"},{"fact":"treatedOn","op":"elapsed","value":6,"unit":"months"}]}""";
    private const string WhenSatisfied = """{"outcome":"defer-until","until":"whenSatisfied"}""";

    [Theory]
    [InlineData("""{"fact":"lactating","op":"==","value":"no"}""", "undated")]
    [InlineData("""{"all":[{"fact":"lactating","op":"==","value":"no"},{"fact":"treatedOn","op":"elapsed","value":6,"unit":"months"}]}""", "undated")]
    [InlineData("""{"fact":"treatedOn","op":"elapsed","value":6,"unit":"months"}""", "2027-02-28")]
    [InlineData(Nursing, "2027-02-28")]
    public async Task Given_a_rule_that_defers_while_something_lasts_When_nobody_can_date_it_Then_it_reaches_the_file_undated(string tree, string until)
    {
        await FollowAsync(Pack("assessment", MadePacks.Rule("N-1", tree, WhenSatisfied)), 125, lactating: "yes");

        var entered = Assert.Single(_donors.Known.Entered);
        Assert.Equal(until, entered.Undated ? "undated" : $"{entered.Until:yyyy-MM-dd}");
    }

    [Theory]
    [InlineData("yes", "", "")]
    [InlineData("no", "", "lifted")]
    [InlineData(null, "", "")]
    [InlineData("yes", "N-9", "")]
    [InlineData("no", "N-9", "")]
    public async Task Given_an_undated_deferral_of_an_earlier_visit_When_the_donor_is_asked_again_Then_the_answer_to_its_own_rule_ends_it(
        string? lactating, string rule, string lifts)
    {
        var standing = Standing(rule.Length > 0 ? rule : "N-1", null, undated: true);
        await FollowAsync(Pack("assessment", MadePacks.Rule("N-1", """{"fact":"lactating","op":"==","value":"no"}""", WhenSatisfied)), 125, lactating: lactating);

        Assert.Equal(lifts.Length > 0 ? [standing] : [], _donors.Known.Lifted);
        Assert.Equal(rule == "N-9" && lactating == "yes" ? 1 : 0, _donors.Known.Entered.Count);
    }

    [Fact]
    public async Task Given_an_undated_deferral_When_the_date_is_known_at_last_Then_the_dated_one_takes_its_place()
    {
        var standing = Standing("N-1", null, undated: true);
        await FollowAsync(Pack("assessment", MadePacks.Rule("N-1", """{"fact":"treatedOn","op":"elapsed","value":6,"unit":"months"}""", WhenSatisfied)), 125);

        Assert.Equal((Until, false), (Assert.Single(_donors.Known.Entered).Until!.Value, _donors.Known.Entered[0].Undated));
        Assert.Equal(standing, Assert.Single(_donors.Known.Lifted));
        Assert.Equal("暂缓，日期待定", _store.ChangeTracker.Entries<AuditEntry>().Single().Entity.Old);
    }

    private Guid Standing(string rule, DateOnly? until, bool undated = false)
    {
        _donors.Known.OfVisit.Add(new VisitDeferral(Guid.NewGuid(), rule, null, until, undated));
        return _donors.Known.OfVisit[^1].Id;
    }

    private async Task FollowAsync(string pack, int? hb, bool enters = true, string? lactating = null)
    {
        var configuration = Configuration(pack);
        var entered = new FactBag().Set("hb", hb).Set("treatedOn", new DateOnly(2026, 8, 31)).Set("lactating", lactating);
        var visited = new VisitRun(configuration, _donors.Book, new JudgedVisit("", NoHistory, Platelets, Day), entered);
        visited.JudgeAgain("assessment");
        var run = WorkflowRun.Nothing(new WorkflowState { DefinitionHash = "" });
        var step = new StepResult(Visit(), null!, configuration, run, visited, new Actor("1", "甲")) { Step = "tests", Reason = "看错一行", At = Now };
        await new StepDeferrals(_store, _donors.Book).FollowAsync(step, enters, default);
    }

    private static string Pack(string stage, string rule) => $$"""
        {"id":"made","title":"试","titleEn":"made","layer":"national","version":"1","effectiveFrom":"2020-01-01","generator":1,
         "donationTypes":[{"code":"apheresis-platelets","label":"单采血小板"},{"code":"apheresis-plasma","label":"单采血浆"}],
         "stages":[{"code":"inquiry","label":"征询"},{"code":"assessment","label":"评估"}],
         "ruleSets":[{"stage":"{{stage}}","rules":[{{rule}}]}]}
        """;
}
