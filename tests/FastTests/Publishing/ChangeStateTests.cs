using Platform.People;
using Platform.Publishing.Changes;
using Xunit;

namespace FastTests.Publishing;

/// <summary>How far a change has come, who may approve it, and its steps of undo.</summary>
public sealed class ChangeStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(ChangeState.Draft, ChangeAct.Pass, ChangeState.Checked)]
    [InlineData(ChangeState.Checked, ChangeAct.Fail, ChangeState.Draft)]
    [InlineData(ChangeState.Checked, ChangeAct.Submit, ChangeState.Submitted)]
    [InlineData(ChangeState.Checked, ChangeAct.Edit, ChangeState.Draft)]
    [InlineData(ChangeState.Submitted, ChangeAct.Edit, ChangeState.Draft)]
    [InlineData(ChangeState.Submitted, ChangeAct.SendBack, ChangeState.Draft)]
    [InlineData(ChangeState.Submitted, ChangeAct.Approve, ChangeState.Approved)]
    [InlineData(ChangeState.Submitted, ChangeAct.Withdraw, ChangeState.Withdrawn)]
    [InlineData(ChangeState.Submitted, ChangeAct.Fail, ChangeState.Submitted)]
    public void Given_a_state_When_an_act_follows_Then_the_next_state_is(ChangeState state, ChangeAct act, ChangeState next) => Assert.Equal((next, null), ChangeStates.After(state, act));

    [Theory]
    [InlineData(ChangeState.Draft, ChangeAct.Submit, "先检查")]
    [InlineData(ChangeState.Draft, ChangeAct.Approve, "还没有送批")]
    [InlineData(ChangeState.Checked, ChangeAct.Approve, "还没有送批")]
    [InlineData(ChangeState.Checked, ChangeAct.SendBack, "还没有送批")]
    [InlineData(ChangeState.Submitted, ChangeAct.Submit, "已经送批")]
    [InlineData(ChangeState.Approved, ChangeAct.Edit, "已经批准")]
    [InlineData(ChangeState.Approved, ChangeAct.Approve, "已经批准")]
    [InlineData(ChangeState.Approved, ChangeAct.Withdraw, "收回")]
    [InlineData(ChangeState.Withdrawn, ChangeAct.Edit, "已经撤销")]
    [InlineData(ChangeState.Withdrawn, ChangeAct.Submit, "已经撤销")]
    public void Given_a_state_When_an_act_does_not_follow_Then_it_is_refused_in_words_and_the_state_stays(ChangeState state, ChangeAct act, string words)
    {
        var (next, refusal) = ChangeStates.After(state, act);

        Assert.Equal(state, next);
        Assert.Contains(words, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_an_approved_change_When_its_instant_passes_or_it_is_taken_back_Then_its_stage_follows_the_clock()
    {
        Assert.Equal(ChangeStage.Scheduled, ChangeStates.Stage(ChangeState.Approved, Now.AddDays(1), takenBack: false, Now));
        Assert.Equal(ChangeStage.InForce, ChangeStates.Stage(ChangeState.Approved, Now.AddDays(1), takenBack: false, Now.AddDays(1)));
        Assert.Equal(ChangeStage.TakenBack, ChangeStates.Stage(ChangeState.Approved, Now, takenBack: true, Now));
    }

    [Fact]
    public void Given_any_run_of_edits_undos_and_redos_When_all_are_undone_Then_the_first_edit_holds_and_each_redo_brings_the_next_back()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (history, number) = (EditHistory.Empty.After(1, RevisionAct.Edit), 1);
            for (var i = 0; i < 80; i++) history = history.After(++number, (RevisionAct)random.Next(3));
            var before = history;
            while (history.Back.Count > 0) history = history.After(++number, RevisionAct.Undo);
            Assert.Equal(1, history.Current);
            while (history.Forward.Count > before.Forward.Count) history = history.After(++number, RevisionAct.Redo);
            Assert.Equal(before.Current, history.Current);
            Assert.Equal(before.Back, history.Back);
        }
    }

    [Fact]
    public void Given_sixty_edits_When_undone_one_by_one_Then_all_steps_are_there_and_an_edit_after_that_ends_redoing()
    {
        var history = EditHistory.Of(Enumerable.Range(1, 60).Select(n => (n, RevisionAct.Edit)));
        for (var n = 61; n <= 115; n++) history = history.After(n, RevisionAct.Undo);

        Assert.Equal((5, 55), (history.Current, history.Forward.Count));
        Assert.Empty(history.After(116, RevisionAct.Edit).Forward);
    }

    [Theory]
    [InlineData("a", null, "forms.approve", "起草人不能批准")]
    [InlineData("b", "T1", "forms.approve", "起草人不能批准")]
    [InlineData("b", "T2", "rules.approve", "没有批准这份变更单的权限（forms.approve）")]
    [InlineData("b", null, "forms.approve", "证件号码")]
    [InlineData("b", "T2", "forms.approve", null)]
    public void Given_an_author_of_one_revision_When_somebody_approves_Then_persons_are_compared_and_not_accounts(string id, string? token, string right, string? words)
    {
        var refusal = ApprovalRule.Refusal([new StatedPerson("a", "T1")], Person(id, token, right), ["forms.approve"]);

        if (words is null) Assert.Null(refusal);
        else Assert.Contains(words, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_who_only_undid_a_step_When_approving_Then_refused_as_an_author() =>
        Assert.NotNull(ApprovalRule.Refusal([new StatedPerson("a", null), new StatedPerson("c", null)], Person("c", null, "forms.approve"), ["forms.approve"]));

    private static ChangeActor Person(string id, string? token, params string[] rights) => new(new RightsPerson(id, id, token, rights.ToHashSet()), id);
}
