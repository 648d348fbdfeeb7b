using Microsoft.EntityFrameworkCore;
using Platform.Jobs;

namespace Platform.Flows;

/// <summary>A running flow. Bound for life to the definition it started on.</summary>
public sealed class WorkflowInstanceRow
{
    public required Guid Id { get; init; }

    /// <summary>Hash of the pinned definition.</summary>
    public required string DefinitionHash { get; init; }

    /// <summary>Kind and id of what the flow is about, for example <c>visit:…</c>.</summary>
    public required string Subject { get; init; }

    public required string StateJson { get; set; }
    public required string Status { get; set; }

    /// <summary>Counts commands; a command that saw an older one is refused.</summary>
    public long Revision { get; set; }
}

/// <summary>Something a person has to do, as the worklist shows it. Closed rows stay.</summary>
public sealed class UserTaskRow
{
    /// <summary>The step of a task that stands for a fault of the flow.</summary>
    public const string Exception = "exception";

    public required Guid Id { get; init; }
    public required Guid InstanceId { get; init; }
    public required string Subject { get; init; }
    public required string ActivityId { get; init; }

    /// <summary>Code of the step, for example <c>general-check</c>.</summary>
    public required string Step { get; init; }

    public required string Title { get; init; }
    public required string Form { get; init; }
    public required string Permission { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Why it came here, in words: sent back by whom and why, or what went wrong.</summary>
    public string? Note { get; set; }

    /// <summary>Who else may open it once its time is over, a permission.</summary>
    public string? EscalateTo { get; init; }

    /// <summary>When its time was over.</summary>
    public DateTimeOffset? EscalatedAt { get; set; }

    /// <summary>Whom it was handed to; null = whoever has the permission.</summary>
    public string? AssigneeId { get; set; }

    public string? AssigneeName { get; set; }

    /// <summary>Who has the step open, so that a second person sees it.</summary>
    public string? HolderId { get; set; }

    public string? HolderName { get; set; }
    public DateTimeOffset? HeldAt { get; set; }
    public DateTimeOffset? ClosedAt { get; set; }
    public string? ClosedBy { get; set; }
}

/// <summary>Something that falls due: a wait that ends by itself, or a task that has waited too long. Written with the wait, closed with it.</summary>
public sealed class TimerRow : IDueRow
{
    public required Guid Id { get; init; }
    public required Guid InstanceId { get; init; }

    /// <summary>Kind of the bookmark: a task is escalated, everything else is resumed.</summary>
    public required string Kind { get; init; }

    public required string BookmarkKey { get; init; }

    /// <summary>Later than first written once a try has failed.</summary>
    public required DateTimeOffset DueAt { get; set; }

    public DateTimeOffset? DoneAt { get; set; }
    public Guid? LeasedBy { get; set; }
    public DateTimeOffset? LeasedUntil { get; set; }
    public int Attempts { get; set; }
    public string? LastError { get; set; }
}

public static class WorkflowTables
{
    internal static void Map(ModelBuilder model)
    {
        model.Entity<WorkflowInstanceRow>(table =>
        {
            table.ToTable("workflow_instances").HasKey(i => i.Id);
            table.Property(i => i.Revision).IsConcurrencyToken();
            table.HasIndex(i => i.Subject);
        });
        model.Entity<UserTaskRow>(table =>
        {
            table.ToTable("user_tasks").HasKey(t => t.Id);
            table.HasIndex(t => new { t.ClosedAt, t.Step, t.OpenedAt });
            table.HasIndex(t => t.Subject);
        });
        model.Entity<TimerRow>(table =>
        {
            table.ToTable("timers").HasKey(t => t.Id);
            table.HasIndex(t => new { t.DoneAt, t.DueAt });
            table.HasIndex(t => t.InstanceId);
        });
    }
}
