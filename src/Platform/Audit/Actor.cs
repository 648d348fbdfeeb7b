namespace Platform.Audit;

public enum ActorKind
{
    Person,
    Terminal,

    /// <summary>Another program, by its credentials.</summary>
    Client,

    /// <summary>The platform itself, with nobody there.</summary>
    Job,

    /// <summary>Whoever has the shell of the machine.</summary>
    Operator,
}

/// <summary>Who acts: a person, a terminal, a program, or nobody who is known.</summary>
public sealed record Actor(string Id, string Name)
{
    public ActorKind Kind { get; init; }

    /// <summary>What a person signs in with; null for everything else.</summary>
    public string? Account { get; init; }

    /// <summary>Whoever has the shell of the machine.</summary>
    public static Actor Operator { get; } = new("operator", "系统操作员") { Kind = ActorKind.Operator };

    /// <summary>Where nobody has done it.</summary>
    public static Actor System { get; } = new("system", "系统") { Kind = ActorKind.Job };

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
