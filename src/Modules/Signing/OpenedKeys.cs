using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.People;
using Platform.Storage;

namespace Modules.Signing;

/// <summary>Keys that a proof of a PIN has opened in this request, until the act they were opened for takes them. What nobody takes is closed with the request.</summary>
internal sealed class OpenedKeys(StaffCertificates staff, Store store, StaffKeyWrap wrap) : IPinKeys, IDisposable
{
    private readonly Dictionary<(string Person, Guid Key), (byte[] Pin, ECDsa Key)> _opened = [];

    public async Task<bool?> OpensAsync(string personId, string pin)
    {
        if (await staff.CurrentAsync(personId, CancellationToken.None) is not { } row) return null;
        if (Open(row, pin) is not { } key) return false;
        Forget(row);
        _opened[(personId, row.Id)] = (Encoding.UTF8.GetBytes(pin), key);
        return true;
    }

    /// <summary>The key in use, opened before or now; the caller closes it. Null when the PIN does not open it.</summary>
    public ECDsa? Take(StaffKey row, string pin)
    {
        if (!_opened.Remove((row.PersonId, row.Id), out var opened)) return Open(row, pin);
        if (CryptographicOperations.FixedTimeEquals(opened.Pin, Encoding.UTF8.GetBytes(pin))) return opened.Key;
        opened.Key.Dispose();
        return Open(row, pin);
    }

    public async Task<IReadOnlyList<string>> CheapAsync(CancellationToken cancel = default)
    {
        var kept = await store.Set<StaffKey>().AsNoTracking().Where(k => k.WrappedKey != null).Select(k => new { k.PersonName, k.Derivation }).ToListAsync(cancel);
        return [.. kept.Where(k => wrap.IsCheap(k.Derivation)).Select(k => k.PersonName)];
    }

    public async Task<KeyEnd> EndAsync(string personId, Actor by, string reason, CancellationToken cancel = default)
    {
        var told = await staff.RevokeAsync(personId, new StaffSubject(by.Id, by.Name), new Revocation(X509RevocationReason.CessationOfOperation, reason), cancel);
        return new KeyEnd(told.Fault is not null, told.Words);
    }

    public void Dispose()
    {
        foreach (var (_, key) in _opened.Values) key.Dispose();
        _opened.Clear();
    }

    private ECDsa? Open(StaffKey row, string pin) => wrap.Open(row.Derivation, row.WrappedKey!, pin);

    private void Forget(StaffKey row)
    {
        if (_opened.Remove((row.PersonId, row.Id), out var before)) before.Key.Dispose();
    }
}
