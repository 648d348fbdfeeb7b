using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Modules.Signing.Contracts;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>Checks the whole archive, all that is signed and in no package, and all evidence of a tenant, and writes down what does not hold.</summary>
internal sealed class CheckingJob(Store store, VerifyArchive archive, IEnumerable<ISignedEvidence> kept, EvidenceCheck evidence, CheckHeads heads, StoreTables tables, TimeProvider clock, ILogger<CheckingJob> log)
{
    /// <summary>More of one kind says nothing new.</summary>
    private const int MostLines = 1000;

    private int _lines;

    public async Task RunAsync(Guid id, CancellationToken cancel)
    {
        _lines = await store.Set<ArchiveJobLine>().CountAsync(l => l.JobId == id, cancel);
        await GoingOnAsync(id, "档案包", () => PackagesAsync(id, cancel), cancel);
        foreach (var signatures in kept) await GoingOnAsync(id, signatures.Title, () => KeptAsync(id, signatures, cancel), cancel);
        var findings = await evidence.RunAsync(tables.Evidence, null, cancel).ToListAsync(cancel);
        var unlike = await heads.RunAsync(archive.Heads, cancel).ToListAsync(cancel);
        await ChangeAsync(id, changed =>
        {
            foreach (var fault in unlike) Add(changed, "证据树头", fault, true);
            foreach (var finding in findings) Add(changed, tables.Row(finding), finding.Reason, true);
            changed.FinishedAt = clock.GetUtcNow();
        }, cancel);
    }

    /// <summary>Every part is looked at whatever the others do.</summary>
    private async Task GoingOnAsync(Guid id, string what, Func<Task> check, CancellationToken cancel)
    {
        try
        {
            await check();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "{What} could not be checked to the end", what);
            await ChangeAsync(id, changed => Add(changed, what, $"核查中断：{e.Message}", true), cancel);
        }
    }

    private async Task KeptAsync(Guid id, ISignedEvidence signatures, CancellationToken cancel)
    {
        var pending = 0;
        await foreach (var signature in signatures.JudgeAsync(cancel).Where(s => s.Pending || s.Faults.Count > 0))
        {
            if (signature.Pending) pending++;
            await ChangeAsync(id, changed => { foreach (var fault in signature.Faults) Add(changed, signature.Of, signature.Says(fault), true); }, cancel);
        }
        if (pending > 0) await ChangeAsync(id, changed => Add(changed, signatures.Title, ArchiveWords.Pending(pending), false), cancel);
    }

    private async Task PackagesAsync(Guid id, CancellationToken cancel)
    {
        var job = await store.Set<ArchiveJob>().AsNoTracking().SingleAsync(j => j.Id == id, cancel);
        var (total, done) = (job.Cursor is null ? await archive.CountAsync(cancel) : job.Total, job.Done);
        await ChangeAsync(id, changed => changed.Total = total, cancel);
        await archive.RunAsync(job.Cursor, group => ChangeAsync(id, changed =>
        {
            foreach (var fault in group.SelectMany(c => c.Faults.Select(f => (c.ArchiveNumber, f)))) Add(changed, fault.ArchiveNumber, $"{fault.f.File}：{fault.f.Reason}", true);
            (changed.Done, changed.Cursor) = (done += group.Count, group[^1].ItemId);
        }, cancel), cancel);
        var numbers = await ItemNumbers.AllAsync(store, cancel);
        var (alone, foreign) = (await archive.WithoutVersionAsync(cancel), await archive.ForeignAsync(cancel));
        await ChangeAsync(id, changed =>
        {
            if (done < total) Add(changed, "档案包", ArchiveWords.NotAll(done, total), true);
            foreach (var item in alone) Add(changed, item, ArchiveWords.WithoutVersion, true);
            foreach (var missing in numbers.Where(n => n.Missing.Count > 0)) Add(changed, missing.Class, "件号中断：" + string.Join("、", missing.Missing), true);
            foreach (var file in foreign) Add(changed, file, ArchiveWords.Foreign, false);
        }, cancel);
    }

    private void Add(ArchiveJob job, string label, string text, bool fault)
    {
        if (fault) job.Faults++;
        if (_lines >= MostLines) return;
        store.Add(new ArchiveJobLine { JobId = job.Id, Number = _lines++, Label = label, Text = text, Fault = fault });
    }

    private async Task ChangeAsync(Guid id, Action<ArchiveJob> change, CancellationToken cancel)
    {
        store.ChangeTracker.Clear();
        await JobLines.ChangeAsync(store, id, change, cancel);
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
