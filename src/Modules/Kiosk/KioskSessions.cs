using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Kiosk;

/// <summary>What a donor has done at a terminal so far.</summary>
/// <param name="Registration">Typed into the registration form, identity included; by field code.</param>
/// <param name="Inquiry">Answers to the questions.</param>
/// <param name="VisitId">Null until the visit is registered.</param>
/// <param name="Before">Screens of the registration that lie behind, for counting.</param>
/// <param name="Reached">Number of the furthest screen that may be opened, from 1.</param>
internal sealed record KioskState(
    IReadOnlyDictionary<string, string> Registration, IReadOnlyDictionary<string, string> Inquiry, Guid? VisitId, long Revision, int Before, int Reached, Guid RegisterOperation, Guid SubmitOperation)
{
    /// <summary>排队号 of the visit; null while there is none.</summary>
    public string? Queue { get; init; }

    public KioskState At(SelfServiceVisit visit) => this with { VisitId = visit.Id, Revision = visit.Revision, Queue = visit.Place.Shown };

    public static KioskState Of(IReadOnlyDictionary<string, string> identity) =>
        new(identity, new Dictionary<string, string>(), null, 0, 0, 1, Guid.CreateVersion7(), Guid.CreateVersion7());
}

/// <summary>The session of the donor before a terminal: one at a time, kept encrypted on the server, dead when it is not used.</summary>
internal sealed class KioskSessions(Store store, FieldCipher cipher, KioskTokens tokens, StationClock station)
{
    /// <summary>Without a request for so long, a session is over.</summary>
    public static readonly TimeSpan Lives = TimeSpan.FromMinutes(2);

    /// <summary>The session of this browser, used now; null when there is none, it is over, or it has been replaced.</summary>
    public async Task<KioskState?> ReadAsync(HttpContext http, CancellationToken cancel)
    {
        if (await Mine(http).Where(s => s.UsedAt > station.Now - Lives).AsNoTracking().SingleOrDefaultAsync(cancel) is not { } row) return null;
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        await Mine(http).ExecuteUpdateAsync(set => set.SetProperty(s => s.UsedAt, station.Now), cancel);
        await transaction.CommitAsync(cancel);
        return JsonSerializer.Deserialize<KioskState>(cipher.Reveal(row.ProtectedState));
    }

    /// <summary>A new donor; whoever was here before is gone.</summary>
    public async Task BeginAsync(HttpContext http, KioskState state, CancellationToken cancel)
    {
        var (terminal, digest, kept) = (KioskIdentity.TerminalOf(http.User).Id, tokens.Give(http, KioskTokens.Session, null), Sealed(state));
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        await store.Database.ExecuteSqlAsync($"""
            INSERT INTO kiosk_sessions ("TerminalId", "TokenDigest", "ProtectedState", "UsedAt") VALUES ({terminal}, {digest}, {kept}, {station.Now.ToUnixTimeMilliseconds()})
            ON CONFLICT ("TerminalId") DO UPDATE SET "TokenDigest" = excluded."TokenDigest", "ProtectedState" = excluded."ProtectedState", "UsedAt" = excluded."UsedAt"
            """, cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Nothing when the session has ended meanwhile: it does not come back.</summary>
    public async Task KeepAsync(HttpContext http, KioskState state, CancellationToken cancel)
    {
        store.ChangeTracker.Clear();
        var kept = Sealed(state);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        await Mine(http).ExecuteUpdateAsync(set => set.SetProperty(s => s.ProtectedState, kept).SetProperty(s => s.UsedAt, station.Now), cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Nothing of it is left, here or in the browser.</summary>
    public async Task EndAsync(HttpContext http, CancellationToken cancel)
    {
        var terminal = KioskIdentity.TerminalOf(http.User).Id;
        store.ChangeTracker.Clear();
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        await store.Set<KioskSession>().Where(s => s.TerminalId == terminal || s.UsedAt < station.Now - Lives).ExecuteDeleteAsync(cancel);
        await transaction.CommitAsync(cancel);
        KioskTokens.Take(http, KioskTokens.Session);
    }

    private IQueryable<KioskSession> Mine(HttpContext http)
    {
        var (terminal, digest) = (KioskIdentity.TerminalOf(http.User).Id, tokens.Of(http.Request, KioskTokens.Session) ?? "");
        return store.Set<KioskSession>().Where(s => s.TerminalId == terminal && s.TokenDigest == digest);
    }

    private string Sealed(KioskState state) => cipher.Protect(JsonSerializer.Serialize(state));
}
