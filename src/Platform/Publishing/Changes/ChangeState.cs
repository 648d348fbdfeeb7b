namespace Platform.Publishing.Changes;

/// <summary>How far a change has come, as it is stored.</summary>
public enum ChangeState
{
    Draft,

    /// <summary>Nothing was found in what is written now.</summary>
    Checked,

    /// <summary>Waits for those who approve.</summary>
    Submitted,

    /// <summary>Approved by everybody it needs; in force from its instant.</summary>
    Approved,

    /// <summary>Given up before it was in force.</summary>
    Withdrawn,
}

/// <summary>What is done to a change.</summary>
public enum ChangeAct
{
    /// <summary>Its content becomes different: edit, undo, redo, merge, another instant.</summary>
    Edit,

    /// <summary>Looked at, and nothing found.</summary>
    Pass,

    /// <summary>Looked at, and something found.</summary>
    Fail,
    Submit,

    /// <summary>Back to its authors.</summary>
    SendBack,
    Approve,
    Withdraw,
}

/// <summary>A change as people see it at an instant: it comes into force by its date alone.</summary>
public enum ChangeStage
{
    Draft,
    Checked,
    Submitted,
    Scheduled,
    InForce,
    TakenBack,
    Withdrawn,
}

/// <summary>Which act follows which.</summary>
public static class ChangeStates
{
    /// <returns>The state after the act, or why it is refused, zh-CN.</returns>
    public static (ChangeState Next, string? Refusal) After(ChangeState state, ChangeAct act) => (state, act) switch
    {
        (ChangeState.Approved, _) => (state, "变更单已经批准，不能再改动：请新建变更单；要收回，请用“收回”"),
        (ChangeState.Withdrawn, _) => (state, "变更单已经撤销：请新建变更单"),
        (_, ChangeAct.Edit) => (ChangeState.Draft, null),
        (_, ChangeAct.Withdraw) => (ChangeState.Withdrawn, null),
        (ChangeState.Draft or ChangeState.Checked, ChangeAct.Pass) => (ChangeState.Checked, null),
        (ChangeState.Draft or ChangeState.Checked, ChangeAct.Fail) => (ChangeState.Draft, null),
        // Looking once more at what waits leaves it waiting: whoever approves sees what was found.
        (ChangeState.Submitted, ChangeAct.Pass or ChangeAct.Fail) => (ChangeState.Submitted, null),
        (ChangeState.Checked, ChangeAct.Submit) => (ChangeState.Submitted, null),
        (ChangeState.Draft, ChangeAct.Submit) => (state, "变更单还没有通过检查：请先检查，改正查出的问题"),
        (ChangeState.Submitted, ChangeAct.Submit) => (state, "变更单已经送批，正在等待批准"),
        (ChangeState.Submitted, ChangeAct.SendBack) => (ChangeState.Draft, null),
        (ChangeState.Submitted, ChangeAct.Approve) => (ChangeState.Approved, null),
        (_, ChangeAct.SendBack) => (state, "变更单还没有送批，不能退回"),
        _ => (state, "变更单还没有送批，不能批准：请起草人先检查并送批"),
    };

    /// <param name="from">First instant in force of an approved change.</param>
    public static ChangeStage Stage(ChangeState state, DateTimeOffset? from, bool takenBack, DateTimeOffset now) => state switch
    {
        ChangeState.Approved => takenBack ? ChangeStage.TakenBack : from > now ? ChangeStage.Scheduled : ChangeStage.InForce,
        ChangeState.Submitted => ChangeStage.Submitted,
        ChangeState.Checked => ChangeStage.Checked,
        ChangeState.Withdrawn => ChangeStage.Withdrawn,
        _ => ChangeStage.Draft,
    };

    public static string Words(ChangeStage stage) => stage switch
    {
        ChangeStage.Draft => "起草中",
        ChangeStage.Checked => "检查通过",
        ChangeStage.Submitted => "待批准",
        ChangeStage.Scheduled => "已排期",
        ChangeStage.InForce => "已生效",
        ChangeStage.TakenBack => "已收回",
        _ => "已撤销",
    };
}
