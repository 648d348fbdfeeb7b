using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Flows;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>Shows who has a step open.</summary>
internal sealed class HoldStep(Store store, Drafts drafts, StationClock station)
{
    private static readonly TimeSpan HoldsFor = TimeSpan.FromMinutes(15);

    /// <summary>Opens the step for this person: the draft there is, and who else has it open.</summary>
    public async Task<(FoundDraft? Draft, string? HeldBy)> TakeAsync(VisitFile file, UserTaskRow task, Actor by, CancellationToken cancel)
    {
        var now = station.Now;
        var held = task.HolderId is not null && task.HolderId != by.Id && task.HeldAt > now - HoldsFor
            ? $"{task.HolderName}（{await TimeAsync(task.HeldAt.Value, cancel)} 打开）" : null;
        if (held is null) await HoldAsync(task.Id, by, cancel);
        return (await drafts.FindAsync(file.Place(task.Step), by, cancel), held);
    }

    private async Task HoldAsync(Guid taskId, Actor by, CancellationToken cancel)
    {
        var now = station.Now;
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        await store.Set<UserTaskRow>().Where(t => t.Id == taskId).ExecuteUpdateAsync(set => set
            .SetProperty(t => t.HolderId, by.Id).SetProperty(t => t.HolderName, by.Name).SetProperty(t => t.HeldAt, now), cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task<string> TimeAsync(DateTimeOffset at, CancellationToken cancel) =>
        TimeZoneInfo.ConvertTime(at, (await station.SettingsAsync(cancel)).TimeZone).ToString("HH:mm", CultureInfo.InvariantCulture);
}
