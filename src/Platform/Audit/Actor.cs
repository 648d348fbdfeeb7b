namespace Platform.Audit;

/// <summary>Who acts: a person, a terminal, a program, or nobody who is known.</summary>
public sealed record Actor(string Id, string Name)
{
    /// <summary>Whoever has the shell of the machine.</summary>
    public static Actor Operator { get; } = new("operator", "系统操作员");

    /// <summary>Before anybody is signed in.</summary>
    public static Actor Nobody { get; } = new("nobody", "未登录");

    /// <summary>The entry that says what was done to what.</summary>
    public AuditEntry Did(string action, string subject, DateTimeOffset at, AuditChange? change = null) => new()
    {
        At = at, PersonId = Id, PersonName = Name, Action = action, Subject = subject, Field = change?.Field, Old = change?.Old, New = change?.New, Reason = change?.Reason,
    };
}

/// <summary>What became different, and why.</summary>
public sealed record AuditChange(string? Field = null, string? Old = null, string? New = null, string? Reason = null);
