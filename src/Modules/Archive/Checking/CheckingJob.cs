using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Modules.Signing.Contracts;
using Platform.Jobs;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>Checks the whole archive, all that is signed and in no package, and all evidence of a tenant, and writes down what does not hold. One part after the other; what a part has to say is written when it is through, so whoever goes on says nothing twice.</summary>
internal sealed class CheckingJob(Store store, VerifyArchive archive, IEnumerable<ISignedEvidence> kept, EvidenceCheck evidence, CheckHeads heads, StoreTables tables, ILogger<CheckingJob> log) : IJobHandler
{
    /// <summary>More of one part says nothing new.</summary>
    private const int MostLines = 1000;

    public async Task RunAsync(JobRun run, CancellationToken cancel)
    {
        List<(string What, Func<List<JobWord>, Task> Check)> parts =
        [
            ("档案包", words => PackagesAsync(run, words, cancel)),
            .. kept.Select(s => (s.Title, (Func<List<JobWord>, Task>)(words => KeptAsync(s, words, cancel)))),
            ("证据", words => EvidenceAsync(words, cancel)),
        ];
        for (var part = Place.Of(run.Job).Part; part < parts.Count; part++)
        {
            var words = new List<JobWord>();
            await GoingOnAsync(parts[part].What, parts[part].Check, words);
            var (said, next) = (words.Take(MostLines).ToList(), new Place(part + 1, null));
            await WriteAsync(run, said, job => (job.Cursor, job.Faults) = (next.ToString(), job.Faults + words.Skip(MostLines).Count(w => w.Fault)), cancel);
        }
    }

    /// <summary>Every part is looked at whatever the others do.</summary>
    private async Task GoingOnAsync(string what, Func<List<JobWord>, Task> check, List<JobWord> words)
    {
        try
        {
            await check(words);
        }
        catch (Exception e) when (e is not (OperationCanceledException or LeaseLostException))
        {
            log.LogError(e, "{What} could not be checked to the end", what);
            words.Add(new JobWord(what, $"核查中断：{e.Message}", true));
        }
    }

    private static async Task KeptAsync(ISignedEvidence signatures, List<JobWord> words, CancellationToken cancel)
    {
        var pending = 0;
        await foreach (var signature in signatures.JudgeAsync(cancel).Where(s => s.Pending || s.Faults.Count > 0))
        {
            if (signature.Pending) pending++;
            words.AddRange(signature.Faults.Select(fault => new JobWord(signature.Of, signature.Says(fault), true)));
        }
        if (pending > 0) words.Add(new JobWord(signatures.Title, ArchiveWords.Pending(pending), false));
    }

    private async Task EvidenceAsync(List<JobWord> words, CancellationToken cancel)
    {
        await foreach (var finding in evidence.RunAsync(tables.Evidence, null, cancel)) words.Add(new JobWord(tables.Row(finding), finding.Reason, true));
        await foreach (var fault in heads.RunAsync(archive.Heads, cancel)) words.Add(new JobWord("证据树头", fault, true));
    }

    private async Task PackagesAsync(JobRun run, List<JobWord> words, CancellationToken cancel)
    {
        var after = Place.Of(run.Job).Item;
        var (total, done) = (after is null ? await archive.CountAsync(cancel) : run.Job.Total, run.Job.Done);
        await WriteAsync(run, [], job => job.Total = total, cancel);
        await archive.RunAsync(after, group => WriteAsync(run,
            [.. group.SelectMany(c => c.Faults.Select(f => new JobWord(c.ArchiveNumber, $"{f.File}：{f.Reason}", true)))],
            job => (job.Done, job.Cursor) = (done += group.Count, new Place(0, group[^1].ItemId).ToString()), cancel), cancel);
        if (done < total) words.Add(new JobWord("档案包", ArchiveWords.NotAll(done, total), true));
        words.AddRange((await archive.WithoutVersionAsync(cancel)).Select(item => new JobWord(item, ArchiveWords.WithoutVersion, true)));
        words.AddRange((await ItemNumbers.AllAsync(store, cancel)).Where(n => n.Missing.Count > 0).Select(n => new JobWord(n.Class, "件号中断：" + string.Join("、", n.Missing), true)));
        words.AddRange((await archive.ForeignAsync(cancel)).Select(file => new JobWord(file, ArchiveWords.Foreign, false)));
    }

    private Task WriteAsync(JobRun run, IReadOnlyList<JobWord> words, Action<Job> change, CancellationToken cancel)
    {
        store.ChangeTracker.Clear();
        return run.WriteAsync(store, words, change, cancel);
    }

    /// <summary>The part that is next, and in the first of them the last package looked at.</summary>
    private readonly record struct Place(int Part, Guid? Item)
    {
        public static Place Of(Job job) => job.Cursor?.Split('|') is [var part, var item]
            ? new(int.Parse(part, System.Globalization.CultureInfo.InvariantCulture), Guid.TryParse(item, out var id) ? id : null) : new(0, null);

        public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Part}|{Item}");
    }
}

/// <summary>What is said of the archive as a whole, on the page and by the verb alike; zh-CN.</summary>
public static class ArchiveWords
{
    public const string WithoutVersion = "档案目录中有这一件，却没有归档的版本：不是由本系统归档的";

    /// <summary>No fault: a try that was cut off leaves one too.</summary>
    public const string Foreign = "存储中有不属于任何一件档案的文件，可能是中断的归档留下的";

    public static string Pending(int signatures) => $"{signatures} 个签名待核：认证机构没有应答，还不能确认证书在签名时没有被吊销。请稍后再核查";

    public static string NotAll(int done, int total) => $"应核查 {total} 个，只核查到 {done} 个";
}
