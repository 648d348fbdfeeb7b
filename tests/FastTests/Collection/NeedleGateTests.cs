using Engine.Rules;
using Modules.Collection;
using Modules.Collection.Contracts;
using Modules.Devices.Contracts;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Pages;
using Xunit;
using static FastTests.Collection.MadeVisits;

namespace FastTests.Collection;

/// <summary>What the gate wants before a needle, each part taken away alone from a visit that has them all.</summary>
public sealed class NeedleGateTests
{
    private const string Check = "pre-collection-check", Record = "collection-record";
    private readonly (IDonors Book, KnownDonors Known) _donors = KnownDonors.Make();
    private readonly UnseenResults _results = new();
    private List<Submission> _stored = [Consent(), Submitted("tests", Now.AddMinutes(-20))];
    private List<StoredVerdict> _verdicts = [Verdict(RuleOutcome.Pass, -10)];
    private Signer[] _signers = [Signer("collector", "甲"), Signer("checker", "乙")];

    [Fact]
    public async Task Given_identity_consent_verdict_and_two_persons_When_asked_Then_the_gate_is_open() =>
        Assert.Null(await AtCheckAsync());

    [Fact]
    public async Task Given_no_signed_consent_When_asked_Then_it_is_shut()
    {
        _stored = [Submitted("consent-inquiry", Now.AddMinutes(-40)), Submitted("tests", Now.AddMinutes(-20))];

        Assert.Contains("还没有签署知情同意", await AtCheckAsync(), StringComparison.Ordinal);
        Assert.Contains("还没有签署知情同意", await AtRecordAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_person_who_is_not_who_the_document_says_When_asked_Then_it_is_shut() =>
        Assert.Contains("床旁身份核对不符", await AtCheckAsync(identity: "no"), StringComparison.Ordinal);

    [Theory]
    [InlineData("甲", SigningMethods.Pin, null, null)]
    [InlineData("甲", SigningMethods.Pin, "甲", SigningMethods.Pin)]
    [InlineData("甲", SigningMethods.Pin, "乙", SigningMethods.Wet)]
    [InlineData("甲", SigningMethods.Handwriting, "乙", SigningMethods.Pin)]
    public async Task Given_one_member_of_staff_When_asked_Then_nobody_collects_alone(string first, string how, string? second, string? as2)
    {
        _signers = [Signer("collector", first, how), .. second is null ? [] : new[] { Signer("checker", second, as2!) }];

        Assert.Equal("采前核对须由两人各自签名，不能采集", await AtCheckAsync());
    }

    public static TheoryData<string, string> Verdicts => new()
    {
        { "", "还没有献血前评估的判定，不能采集" },
        { "Pass@tests", "还没有献血前评估的判定，不能采集" },
        { "Pass/plasma", "还没有献血前评估的判定，不能采集" },
        { "Pass DeferVisit", "最后一次判定为" },
        { "Pass Missing", "最后一次判定为" },
        { "Pass Block", "最后一次判定为" },
        { "Prompt", "最后一次判定为" },
        { "DeferUntil Pass", "" },
        { "Prompt!", "" },
        { "Pass DeferVisit/plasma", "" },
    };

    /// <summary>Outcomes in order; '@' another stage, '/' another type, '!' confirmed.</summary>
    [Theory]
    [MemberData(nameof(Verdicts))]
    public async Task Given_the_last_verdict_of_the_assessment_When_asked_Then_only_one_that_allows_opens_it(string given, string refusal)
    {
        _verdicts = [.. given.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((v, i) => Verdict(
            Enum.Parse<RuleOutcome>(v.TrimEnd('!').Split('@', '/')[0]), i - 15, v.Contains('@') ? "tests" : "assessment",
            v.Contains('/') ? "apheresis-plasma" : Platelets, v.EndsWith('!') ? "已核实" : null))];

        var said = await AtCheckAsync();

        if (refusal.Length == 0) Assert.Null(said);
        else Assert.StartsWith(refusal, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_visit_that_has_ended_or_has_no_number_When_asked_Then_it_is_shut()
    {
        Assert.Equal("本次献血已结束，不能采集", await AtCheckAsync(Visit(VisitStates.Withdrawn)));
        Assert.StartsWith("还没有献血编号", await AtCheckAsync(Visit(number: null)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_the_day_after_the_assessment_When_asked_Then_only_a_run_begun_before_goes_on_record()
    {
        Assert.StartsWith("本次献血登记于 2026-11-23，当天没有采集", await AtCheckAsync(days: 1), StringComparison.Ordinal);
        _stored.Add(Submitted(Check, Now.AddMinutes(-5), _signers));
        Assert.Null(await AtRecordAsync(days: 1));
    }

    [Theory]
    [InlineData(null, "2026-12-01", true)]
    [InlineData(Platelets, null, true)]
    [InlineData("apheresis-plasma", null, false)]
    [InlineData(null, "2026-11-23", false)]
    [InlineData(null, "2026-11-24", true)]
    public async Task Given_a_deferral_that_came_after_the_verdict_When_asked_Then_one_that_holds_today_shuts_it(
        string? type, string? until, bool shuts)
    {
        _donors.Known.Deferrals.Add(new EarlierDeferral("本站", type, Day, until is null ? null : DateOnly.Parse(until), "检测结果"));

        Assert.Equal(shuts ? "评估之后登记了新的暂缓（检测结果），不能采集。请先重新评估" : null, await AtCheckAsync());
    }

    [Fact]
    public async Task Given_a_deferral_the_verdict_has_seen_When_asked_Then_it_is_not_held_against_the_donor_again()
    {
        var known = new EarlierDeferral("本站", null, Day, null, "旧");
        _donors.Known.Deferrals.Add(known);

        Assert.Null(await AtCheckAsync(Visit(history: new DonorHistory([], [known], null))));
    }

    [Fact]
    public async Task Given_a_result_nobody_has_looked_at_since_the_tests_When_asked_Then_it_is_shut()
    {
        _results.Came = Now.AddMinutes(-19);
        Assert.StartsWith("检测提交以后，血球仪又传来样本 20261123001 的结果", await AtCheckAsync(), StringComparison.Ordinal);
        _results.Came = Now.AddMinutes(-21);
        Assert.Null(await AtCheckAsync());
    }

    [Fact]
    public async Task Given_a_run_When_it_goes_on_record_Then_it_is_judged_by_the_check_before_it_whoever_corrected_that()
    {
        Assert.Equal("还没有采前核对，不能采集", await AtRecordAsync());
        _stored.Add(Submitted(Check, Now.AddMinutes(-5), _signers));
        _verdicts.Add(Verdict(RuleOutcome.DeferVisit, -1));
        Assert.Null(await AtRecordAsync());
        _verdicts.Add(Verdict(RuleOutcome.DeferVisit, -5));
        _verdicts.Sort((a, b) => a.At.CompareTo(b.At));
        Assert.StartsWith("最后一次判定为", await AtRecordAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_check_that_one_person_signed_When_the_run_goes_on_record_Then_it_is_refused()
    {
        _stored.Add(Submitted(Check, Now.AddMinutes(-5), Signer("collector", "甲")));

        Assert.Equal("采前核对须由两人各自签名，不能采集", await AtRecordAsync());
    }

    private static Submission Consent() =>
        Submitted("consent-inquiry", Now.AddMinutes(-40), Signer("donor", "donor:1", SigningMethods.Handwriting));

    private Task<string?> AtCheckAsync(Visit? visit = null, string identity = "yes", int days = 0) =>
        AskAsync(Check, visit, days, ("bedsideIdentity", identity));

    private Task<string?> AtRecordAsync(int days = 0) => AskAsync(Record, null, days);

    private Task<string?> AskAsync(string code, Visit? visit, int days, params (string, string)[] values)
    {
        var form = Lenient.Form(code);
        Assert.True(NeedleGate.Guards(form));
        var files = new VisitFiles(null!, null!, null!, null!, new StoredValues(null!));
        var gate = new NeedleGate(null!, files, _donors.Book, _results, new StoppedClock(Now.AddDays(days)));
        var at = new VisitAtNeedle(visit ?? Visit(), Lenient, _stored, _verdicts);
        return gate.RefusalAsync(at, form, Filled(form, values), _signers, default);
    }

    private sealed class UnseenResults : IWaitingResults
    {
        public DateTimeOffset? Came { get; set; }

        public Task<Paged<QueuedResult>> WaitingAsync(int? page, CancellationToken cancel = default) => throw new NotSupportedException();

        public Task<QueuedResult?> SinceAsync(string sampleNumber, DateTimeOffset after, CancellationToken cancel = default) =>
            Task.FromResult(Came > after ? new QueuedResult("血球仪", sampleNumber, "", Came.Value) : null);
    }
}

/// <summary>A clock that shows one instant.</summary>
internal sealed class StoppedClock(DateTimeOffset at) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => at;
}
