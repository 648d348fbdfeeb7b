using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Storage;

namespace Platform.Jobs;

/// <summary>Does long work of one kind. What it writes it writes through <see cref="JobRun.WriteAsync"/>, together with how far it is: then whoever takes it up after a crash repeats nothing.</summary>
public interface IJobHandler
{
    /// <exception cref="OperationCanceledException">Cancelled, or this process stops.</exception>
    Task RunAsync(JobRun run, CancellationToken cancel);
}

/// <summary>Something a job has to say; kept as a <see cref="JobLine"/>.</summary>
public sealed record JobWord(string Label, string Text, bool Fault)
{
    /// <summary>The thing looked at; null where it is about something else.</summary>
    public Guid? Subject { get; init; }
}

/// <summary>One taking up of a job.</summary>
public sealed class JobRun(Job job, TimeProvider clock)
{
    private readonly Guid? _lease = job.LeasedBy;
    private int? _lines;

    /// <summary>As it was when it was taken up.</summary>
    public Job Job => job;

    /// <summary>Writes a piece of the work, what there is to say of it, and how far the job is by that, in one transaction.</summary>
    /// <param name="store">Holds what else is to be written.</param>
    /// <exception cref="LeaseLostException">Another worker has taken the job up; nothing was written.</exception>
    /// <exception cref="OperationCanceledException">The job was cancelled; what was to be written is.</exception>
    public async Task WriteAsync(Store store, IReadOnlyList<JobWord> words, Action<Job> change, CancellationToken cancel)
    {
        _lines ??= await store.Set<JobLine>().CountAsync(l => l.JobId == job.Id, cancel);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var row = await store.Set<Job>().SingleAsync(j => j.Id == job.Id, cancel);
        if (row.LeasedBy != _lease) throw new LeaseLostException();
        row.LeasedUntil = clock.GetUtcNow() + Leases.Length;
        foreach (var word in words)
            store.Add(new JobLine { JobId = job.Id, Number = (_lines++).Value, Subject = word.Subject, Label = word.Label, Text = word.Text, Fault = word.Fault });
        row.Faults += words.Count(w => w.Fault);
        change(row);
        try
        {
            await transaction.CommitAsync(cancel);
        }
        catch (DbUpdateConcurrencyException e) when (e.Entries.Any(entry => entry.Entity == row))
        {
            throw new LeaseLostException();
        }
        finally
        {
            store.Entry(row).State = EntityState.Detached;
        }
        if (row.CancelAskedAt is not null) throw new OperationCanceledException("the job was cancelled");
    }
}

public static class JobServices
{
    /// <summary>Says who does work of a kind.</summary>
    public static IServiceCollection AddJob<T>(this IServiceCollection services, string kind) where T : class, IJobHandler => services.AddKeyedScoped<IJobHandler, T>(kind);
}

/// <summary>Starting and cancelling long work.</summary>
public static class JobStarting
{
    /// <summary>Puts the job into the caller's transaction, unless the same one is not done yet; then that is the answer.</summary>
    public static async Task<(Job Job, bool Started)> StartAsync(this Store store, Job job, CancellationToken cancel)
    {
        var same = await store.Set<Job>().FirstOrDefaultAsync(j => j.DoneAt == null && j.Kind == job.Kind && j.PayloadJson == job.PayloadJson, cancel);
        if (same is null) store.Add(job);
        return (same ?? job, same is null);
    }

    /// <summary>Ends a job nobody works at; one at work ends with the piece it is at. To be written in the caller's transaction.</summary>
    /// <returns>False when there is none that is not done.</returns>
    public static async Task<bool> CancelAsync(this Store store, Guid id, DateTimeOffset now, CancellationToken cancel)
    {
        var open = store.Set<Job>().Where(j => j.Id == id && j.DoneAt == null);
        if (await open.ExecuteUpdateAsync(set => set.SetProperty(j => j.CancelAskedAt, now), cancel) == 0) return false;
        await open.Where(j => j.LeasedUntil == null || j.LeasedUntil <= now)
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.DoneAt, now).SetProperty(j => j.Outcome, JobOutcomes.Cancelled), cancel);
        return true;
    }
}
