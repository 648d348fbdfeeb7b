using Microsoft.EntityFrameworkCore;

namespace Platform.Workflows;

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

    /// <summary>Who has the step open, so that a second person sees it.</summary>
    public string? HolderId { get; set; }

    public string? HolderName { get; set; }
    public DateTimeOffset? HeldAt { get; set; }
    public DateTimeOffset? ClosedAt { get; set; }
    public string? ClosedBy { get; set; }
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
    }
}
