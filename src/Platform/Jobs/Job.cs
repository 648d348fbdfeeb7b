using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Platform.Jobs;

/// <summary>A row that falls due. Who holds its lease does it; a lease that is not renewed ends, and the next one takes it up.</summary>
public interface IDueRow
{
    Guid Id { get; }

    /// <summary>Not done before; later than first written once a try has failed.</summary>
    DateTimeOffset DueAt { get; set; }

    DateTimeOffset? DoneAt { get; set; }

    /// <summary>One taking up of the row, not the process: a process that comes back after its lease has ended is a stranger.</summary>
    Guid? LeasedBy { get; set; }

    DateTimeOffset? LeasedUntil { get; set; }

    /// <summary>How often it was taken up.</summary>
    int Attempts { get; set; }

    string? LastError { get; set; }
}

/// <summary>How a job has ended.</summary>
public static class JobOutcomes
{
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
}

/// <summary>Due work of a tenant: a message to deliver, or long work that shows how far it is. Written with what causes it.</summary>
public sealed class Job : IDueRow
{
    public required Guid Id { get; init; }

    /// <summary>Who does it: of a message its <see cref="Storage.IOutboxHandler"/>, of long work its <see cref="IJobHandler"/>.</summary>
    public required string Kind { get; init; }

    public required string PayloadJson { get; init; }

    /// <summary>Takes a lane of its own, so that messages do not wait for it.</summary>
    public bool IsLong { get; init; }

    /// <summary>What it does, zh-CN; empty of a message.</summary>
    public string Title { get; init; } = "";

    /// <summary>Who started it; empty where nobody did.</summary>
    public string PersonId { get; init; } = "";

    public string PersonName { get; init; } = "";
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset DueAt { get; set; }
    public DateTimeOffset? DoneAt { get; set; }
    public Guid? LeasedBy { get; set; }
    public DateTimeOffset? LeasedUntil { get; set; }
    public int Attempts { get; set; }
    public string? LastError { get; set; }

    /// <summary>Things to look at in all, as far as known.</summary>
    public int Total { get; set; }

    public int Done { get; set; }

    /// <summary>Of those, what has been made anew.</summary>
    public int Made { get; set; }

    public int Faults { get; set; }

    /// <summary>How far it is, in the words of its handler, so that whoever takes it up goes on behind it.</summary>
    public string? Cursor { get; set; }

    public DateTimeOffset? CancelAskedAt { get; set; }

    /// <summary>One of <see cref="JobOutcomes"/>; null while it is not done.</summary>
    public string? Outcome { get; set; }

    public T Payload<T>() => JsonSerializer.Deserialize<T>(PayloadJson)!;
}

/// <summary>What a job has to say about one thing it looked at.</summary>
public sealed class JobLine
{
    public required Guid JobId { get; init; }
    public required int Number { get; init; }

    /// <summary>The thing looked at; null for a line about something else.</summary>
    public Guid? Subject { get; init; }

    public required string Label { get; init; }
    public required bool Fault { get; init; }
    public required string Text { get; init; }
}

internal static class JobTables
{
    public const string Jobs = "jobs";

    public static void Map(ModelBuilder model)
    {
        model.Entity<Job>(table =>
        {
            table.ToTable(Jobs).HasKey(j => j.Id);
            table.Property(j => j.LeasedBy).IsConcurrencyToken();
            table.HasIndex(j => new { j.DoneAt, j.IsLong, j.DueAt });
            table.HasIndex(j => new { j.Kind, j.CreatedAt });
        });
        model.Entity<JobLine>(table =>
        {
            table.ToTable("job_lines").HasKey(l => new { l.JobId, l.Number });
            table.HasIndex(l => new { l.JobId, l.Subject });
        });
    }
}
