using Microsoft.EntityFrameworkCore;

namespace Platform.Storage;

/// <summary>What a command answered, kept so that the same operation id has one effect and one answer.</summary>
public sealed class StoredOperation
{
    public required Guid Id { get; init; }
    public required string PersonId { get; init; }
    public required string RequestHash { get; init; }
    public required string OutcomeJson { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>What a person typed into a step and has not submitted. Encrypted as a whole.</summary>
public sealed class Draft
{
    public required string Subject { get; init; }
    public required string Step { get; init; }
    public required string PersonId { get; set; }
    public required string PersonName { get; set; }
    public required string ProtectedValues { get; set; }
    public required DateTimeOffset SavedAt { get; set; }
}

/// <summary>A running number, for example donation numbers of one year. Never goes back.</summary>
public sealed class NumberSeries
{
    public required string Key { get; init; }
    public long Last { get; set; }
}

public sealed class PlatformTables : ITables
{
    public IReadOnlyList<EvidenceTable> Evidence => [new("audit", "操作记录"), new(Audit.AuditTables.Leaves, "证据索引"), new("change_revisions", "变更单的修改"), new("change_approvals", "变更单的批准")];

    public IReadOnlyList<string> Passing => [StoreIdentity.Table, "sessions", "failed_tries"];

    public void Map(ModelBuilder model)
    {
        model.Entity<StoredOperation>().ToTable("operations").HasKey(o => o.Id);
        model.Entity<Draft>().ToTable("drafts").HasKey(d => new { d.Subject, d.Step });
        model.Entity<NumberSeries>().ToTable("number_series").HasKey(n => n.Key);
        model.Entity<StoreIdentity>(table =>
        {
            table.ToTable(StoreIdentity.Table).HasKey(i => i.Id);
            table.Property(i => i.Id).ValueGeneratedNever();
        });
        Audit.AuditTables.Map(model);
        Publishing.PublishingTables.Map(model);
        Jobs.JobTables.Map(model);
        Flows.WorkflowTables.Map(model);
        People.PeopleTables.Map(model);
    }
}

public static class NumberSeriesQueries
{
    /// <summary>Takes the next number inside the caller's transaction; concurrent callers wait for each other's row.</summary>
    public static async Task<long> NextNumberAsync(this Store store, string key, CancellationToken cancel = default)
    {
        var taken = await store.Database.SqlQuery<long>(
            $"""INSERT INTO number_series ("Key", "Last") VALUES ({key}, 1) ON CONFLICT ("Key") DO UPDATE SET "Last" = number_series."Last" + 1 RETURNING "Last" AS "Value" """)
            .ToListAsync(cancel);
        return taken[0];
    }
}
