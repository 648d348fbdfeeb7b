using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>Checks the whole archive and all evidence of a tenant, and writes down what does not hold.</summary>
internal sealed class CheckingJob(Store store, VerifyArchive archive, EvidenceCheck evidence, StoreTables tables, TimeProvider clock)
{
    /// <summary>More of one kind says nothing new.</summary>
    private const int MostLines = 1000;

    private int _lines;

    public async Task RunAsync(Guid id, CancellationToken cancel)
    {
        var job = await store.Set<ArchiveJob>().AsNoTracking().SingleAsync(j => j.Id == id, cancel);
        _lines = await store.Set<ArchiveJobLine>().CountAsync(l => l.JobId == id, cancel);
        var total = await archive.CountAsync(cancel);
        await ChangeAsync(id, changed => changed.Total = total, cancel);
        await archive.RunAsync(job.Cursor, group => ChangeAsync(id, changed =>
        {
            foreach (var fault in group.SelectMany(c => c.Faults.Select(f => (c.ArchiveNumber, f)))) Add(changed, fault.ArchiveNumber, $"{fault.f.File}：{fault.f.Reason}", true);
            (changed.Done, changed.Cursor) = (changed.Done + group.Count, group[^1].ItemId);
        }, cancel), cancel);
        var numbers = await archive.NumbersAsync(cancel);
        var foreign = await archive.ForeignAsync(cancel);
        var findings = await evidence.RunAsync(tables.Evidence, null, cancel).ToListAsync(cancel);
        await ChangeAsync(id, changed =>
        {
            foreach (var missing in numbers.Where(n => n.Missing.Count > 0)) Add(changed, missing.Class, "件号中断：" + string.Join("、", missing.Missing), true);
            foreach (var file in foreign) Add(changed, file, "存储中有不属于任何一件档案的文件", false);
            foreach (var finding in findings) Add(changed, $"{finding.Table} {finding.Key}", finding.Reason, true);
            changed.FinishedAt = clock.GetUtcNow();
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
