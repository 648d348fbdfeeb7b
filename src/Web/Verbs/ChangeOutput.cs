using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Storage;

namespace Web.Verbs;

/// <summary>Changes as lines of text.</summary>
internal static class ChangeOutput
{
    /// <summary>Changes, and the documents of the store with the change that brought each.</summary>
    public static async Task ListAsync(IServiceProvider services)
    {
        var (store, now) = (services.GetRequiredService<Store>(), services.GetRequiredService<TimeProvider>().GetUtcNow());
        var changes = await store.Set<Change>().AsNoTracking().OrderBy(c => c.Number).ToListAsync();
        var takenBack = changes.Where(c => c is { TakesBack: not null, State: ChangeState.Approved } && c.InForceFrom <= now).Select(c => c.TakesBack!.Value).ToHashSet();
        foreach (var c in changes)
            Console.WriteLine($"{c.Id} {c.Number} {ChangeStates.Words(ChangeStates.Stage(c.State, c.InForceFrom, takenBack.Contains(c.Id), now))} {c.Title} {c.AuthorName} {Time(c.InForceFrom)}");
        foreach (var d in (await services.GetRequiredService<Configuration>().ApprovedAsync()).OrderBy(d => d.Kind).ThenBy(d => d.Name, StringComparer.Ordinal).ThenBy(d => d.Layer).ThenBy(d => d.Version))
            Console.WriteLine($"{d.Kind,-14} {d.Layer,-9} {d.Name,-24} v{d.Version} {Time(d.EffectiveFrom)}→{Time(d.EffectiveTo)} {d.Hash[..12]} {changes.Find(c => c.Id == d.ChangeId)?.Number ?? d.Reason ?? "—"}");
        foreach (var fault in await services.GetRequiredService<Configuration>().FaultsAsync()) Console.WriteLine("警报：" + fault.Words);
    }

    public static async Task ShowAsync(IServiceProvider services, Change change)
    {
        var opened = (await services.GetRequiredService<ChangeBook>().FindAsync(change.Id))!;
        Console.WriteLine($"{change.Number} {opened.Body.Title}（{opened.Body.Reason}）");
        Console.WriteLine($"生效：{(opened.Body.From is { } from ? Time(from) : "批准后立即")}");
        foreach (var line in await services.GetRequiredService<ChangeDifference>().OfAsync(opened)) Console.WriteLine($"  {line.Document} {line}");
        foreach (var r in opened.Revisions) Console.WriteLine($"  {Time(r.At)} {r.PersonName} {r.What}");
        foreach (var a in await services.GetRequiredService<ChangeBook>().ApprovalsAsync(change.Id)) Console.WriteLine($"  {Time(a.At)} {a.PersonName} 批准（{a.Rights}）");
    }

    public static string Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-ddTHH:mmzzz", CultureInfo.InvariantCulture) ?? "—";
}
