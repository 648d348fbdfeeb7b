using System.Security.Claims;
using Engine.Forms;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Platform.Audit;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Donors;

/// <summary>The entry in the audit is the permission for a while: what nobody has written down opens nothing.</summary>
internal sealed class FullView(Store store, StationClock station) : IFullView
{
    private const string Action = "查看完整个人信息";
    private const int ReasonMin = 2;
    private const int ReasonMax = 200;
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(15);

    public async Task<bool> IsOpenAsync(string subject, ClaimsPrincipal user, CancellationToken cancel = default)
    {
        var (person, since) = (user.Id(), station.Now - Lasts);
        return user.Has(FullViews.Permission) && await store.Set<AuditEntry>().AnyAsync(e => e.Subject == subject && e.PersonId == person && e.Action == Action && e.At > since, cancel);
    }

    public async Task<string?> OpenAsync(string subject, string? reason, ClaimsPrincipal user, CancellationToken cancel = default)
    {
        var given = (reason ?? "").Trim();
        if (given.Length < ReasonMin) return "请写明查看完整信息的原因";
        if (TypedText.Fault(given, ReasonMax) is { } fault) return "原因" + fault;
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        store.Add(user.Actor().Did(Action, subject, station.Now, new AuditChange(Reason: given)));
        await transaction.CommitAsync(cancel);
        return null;
    }
}
