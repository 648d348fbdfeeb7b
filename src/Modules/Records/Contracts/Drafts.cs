using System.Globalization;
using System.Text.Json;
using Engine.Forms;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Records.Contracts;

/// <summary>Where a draft lies: there is room for one.</summary>
/// <param name="Step">Of the subject, or the path of a form that may be filled in again.</param>
internal readonly record struct DraftPlace(Subject Subject, string Step)
{
    /// <summary>Where a correction of a step keeps its draft: the step itself may be done again, and then begins without it.</summary>
    public DraftPlace Correction => this with { Step = "amend:" + Step };
}

/// <param name="Notice">What to say about it.</param>
/// <param name="OthersSavedAt">When it was saved, if by somebody else.</param>
internal sealed record FoundDraft(IReadOnlyDictionary<string, string> Values, string Notice, DateTimeOffset? OthersSavedAt);

/// <summary>What was typed into a form and not submitted. Encrypted as a whole.</summary>
internal sealed class Drafts(Store store, FieldCipher cipher, StationClock station)
{
    /// <summary>What of a post is kept.</summary>
    /// <param name="beside">Inputs that are no fields of the form.</param>
    public static IReadOnlyDictionary<string, string> Of(FormDefinition form, IReadOnlyDictionary<string, string> posted,
        params string[] beside) =>
        FormReading.Draft(form, posted).Concat(beside.Where(posted.ContainsKey).Select(name => KeyValuePair.Create(name, posted[name])))
            .ToDictionary(StringComparer.Ordinal);

    public Task KeepAsync(DraftPlace place, Actor by, IReadOnlyDictionary<string, string> values, CancellationToken cancel) =>
        WriteAsync(place, by, values, true, cancel);

    /// <summary>Keeps it unless somebody else's draft lies there.</summary>
    /// <returns>Whether it is kept.</returns>
    public Task<bool> KeepOwnAsync(DraftPlace place, Actor by, IReadOnlyDictionary<string, string> values, CancellationToken cancel) =>
        WriteAsync(place, by, values, false, cancel);

    private async Task<bool> WriteAsync(DraftPlace place, Actor by, IReadOnlyDictionary<string, string> kept, bool overOthers,
        CancellationToken cancel)
    {
        var values = cipher.Protect(JsonSerializer.Serialize(kept));
        store.ChangeTracker.Clear();
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        var written = await store.Database.ExecuteSqlAsync($"""
            INSERT INTO drafts ("Subject", "Step", "PersonId", "PersonName", "ProtectedValues", "SavedAt")
            VALUES ({place.Subject.ToString()}, {place.Step}, {by.Id}, {by.Name}, {values}, {station.Now.ToUnixTimeMilliseconds()})
            ON CONFLICT ("Subject", "Step") DO UPDATE SET "PersonId" = excluded."PersonId", "PersonName" = excluded."PersonName",
                "ProtectedValues" = excluded."ProtectedValues", "SavedAt" = excluded."SavedAt" WHERE drafts."PersonId" = excluded."PersonId" OR {(overOthers ? 1 : 0)} = 1
            """, cancel);
        await transaction.CommitAsync(cancel);
        return written > 0;
    }

    public async Task<FoundDraft?> FindAsync(DraftPlace place, Actor by, CancellationToken cancel)
    {
        if (await At(place).AsNoTracking().SingleOrDefaultAsync(cancel) is not { } draft) return null;
        var own = draft.PersonId == by.Id;
        var notice = $"草稿 {await MomentAsync(draft.SavedAt, cancel)} 已恢复{(own ? "" : $"（{draft.PersonName}）")}";
        return new FoundDraft(JsonSerializer.Deserialize<Dictionary<string, string>>(cipher.Reveal(draft.ProtectedValues))!, notice,
            own ? null : draft.SavedAt);
    }

    /// <summary>Part of the caller's transaction: what was submitted is no draft any more.</summary>
    public Task DropAsync(DraftPlace place, CancellationToken cancel) => At(place).ExecuteDeleteAsync(cancel);

    /// <summary>Part of the caller's transaction: of a form anybody may fill in again only the own draft is done with, and somebody else's as it was taken over.</summary>
    public Task DropOwnAsync(DraftPlace place, Actor by, DateTimeOffset? takenOver, CancellationToken cancel) =>
        At(place).Where(d => d.PersonId == by.Id || d.SavedAt == takenOver).ExecuteDeleteAsync(cancel);

    /// <summary>What was typed is done with, in a transaction of its own.</summary>
    public async Task ForgetAsync(DraftPlace place, CancellationToken cancel)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        await DropAsync(place, cancel);
        await transaction.CommitAsync(cancel);
    }

    private IQueryable<Draft> At(DraftPlace place)
    {
        var (subject, step) = (place.Subject.ToString(), place.Step);
        return store.Set<Draft>().Where(d => d.Subject == subject && d.Step == step);
    }

    /// <summary>With its date, unless it is of today.</summary>
    private async Task<string> MomentAsync(DateTimeOffset at, CancellationToken cancel)
    {
        var local = TimeZoneInfo.ConvertTime(at, (await station.SettingsAsync(cancel)).TimeZone);
        return local.ToString(DateOnly.FromDateTime(local.DateTime) == await station.TodayAsync(cancel) ? "HH:mm" : "yyyy-MM-dd HH:mm",
            CultureInfo.InvariantCulture);
    }
}
