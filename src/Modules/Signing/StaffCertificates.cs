using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Signing;

/// <summary>Certificates of staff from application to revocation.</summary>
internal sealed class StaffCertificates(Authorities authorities, StaffKeyWrap wrap, Store store, Stores stores, TenantContext tenant, StationClock station) : IStaffCertificates
{
    /// <summary>From so long before its end a certificate can be renewed, and its owner is told.</summary>
    public static readonly TimeSpan RenewalWindow = TimeSpan.FromDays(30);

    public async Task<SigningFault?> ApplyAsync(StaffSubject person, string pin, CancellationToken cancel = default)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (certificate, fault) = await authorities.TryAsync(() => authorities.CertifyAsync(key, person.FullName, SubjectName.Staff + person.Id, CertificateProfile.Staff, cancel));
        if (certificate is null) return fault;
        using var issued = certificate;
        var (derivation, wrapped) = wrap.Wrap(key, pin);
        await using var own = stores.Open(tenant.Current);
        await using var transaction = await StoreTransaction.BeginAsync(own, cancel);
        var before = await Current(own, person.Id).ToListAsync(cancel);
        foreach (var old in before) (old.ReplacedAt, old.WrappedKey) = (station.Now, null);
        own.Add(new StaffKey
        {
            Id = Guid.CreateVersion7(station.Now), PersonId = person.Id, PersonName = person.FullName, Authority = authorities.Certificates.Kind, Certificate = issued.RawData,
            IssuedAt = station.Now, NotAfter = issued.NotAfter, Derivation = derivation, WrappedKey = wrapped,
        });
        Audit(own, person, before.Count == 0 ? "申请签名证书" : "更新签名证书", person, issued.SerialNumber, null);
        await transaction.CommitAsync(cancel);
        return null;
    }

    public async Task RewrapAsync(string personId, string oldPin, string newPin, CancellationToken cancel = default)
    {
        if (await Current(store, personId).OrderByDescending(k => k.IssuedAt).FirstOrDefaultAsync(cancel) is not { } row) return;
        using var key = wrap.Open(row.Derivation, row.WrappedKey!, oldPin) ?? throw new CryptographicException("The PIN that was proved does not open the person's key.");
        (row.Derivation, row.WrappedKey) = wrap.Wrap(key, newPin);
    }

    public async Task<RevocationResult> RevokeAsync(string personId, StaffSubject by, Revocation why, CancellationToken cancel = default)
    {
        // The key first: whatever fails after that, nobody signs with it any more.
        await ForgetAsync(personId, by, why.Words, cancel);
        return await TellAsync(personId, why.Reason, cancel);
    }

    private async Task ForgetAsync(string personId, StaffSubject by, string words, CancellationToken cancel)
    {
        await using var own = stores.Open(tenant.Current);
        await using var transaction = await StoreTransaction.BeginAsync(own, cancel);
        foreach (var row in await Current(own, personId).ToListAsync(cancel))
        {
            (row.RevokedAt, row.RevokedBy, row.RevocationReason, row.WrappedKey) = (station.Now, by.FullName, words, null);
            using var certificate = X509CertificateLoader.LoadCertificate(row.Certificate);
            Audit(own, by, "吊销签名证书", new StaffSubject(personId, row.PersonName), certificate.SerialNumber, words);
        }
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Tells the authority which certificates of the person are revoked here; telling again changes nothing. Those it takes no word of come back, for somebody to tell it.</summary>
    public async Task<RevocationResult> TellAsync(string personId, X509RevocationReason reason, CancellationToken cancel)
    {
        await using var own = stores.Open(tenant.Current);
        var (now, toTell) = (station.Now, new List<string>());
        foreach (var row in await own.Set<StaffKey>().AsNoTracking().Where(k => k.PersonId == personId && k.RevokedAt != null && k.NotAfter > now).ToListAsync(cancel))
        {
            var (told, fault) = await authorities.TryAsync<object>(async () => authorities.Find(row.Authority) is { } authority && await authority.RevokeAsync(row.Certificate, reason, cancel));
            if (fault is not null) return new RevocationResult(new SigningFault(fault.Kind, "密钥已在本站销毁，不能再签名，但认证机构没有应答，还不知道证书已吊销", "请稍后在“签名与证书”页再次告知认证机构"), []);
            using var certificate = X509CertificateLoader.LoadCertificate(row.Certificate);
            if (told is false) toTell.Add(certificate.SerialNumber);
        }
        return new RevocationResult(null, toTell);
    }

    public async Task<string?> NoticeAsync(string personId, CancellationToken cancel = default)
    {
        if (await station.FeatureFromAsync(SigningSettings.Feature, cancel) is not { } from) return null;
        var row = await CurrentAsync(personId, cancel);
        if (row is null && from > station.Now)
            return $"本站自 {TimeZoneInfo.ConvertTime(from, (await station.SettingsAsync(cancel)).TimeZone):yyyy-MM-dd HH:mm} 起电子签名。您还没有签名证书，请在此之前办好。";
        return row is null ? "您还没有签名证书，不能电子签名。"
            : row.NotAfter <= station.Now ? "您的签名证书已过期，不能电子签名。"
            : row.NotAfter - station.Now <= RenewalWindow ? $"您的签名证书还有 {(int)(row.NotAfter - station.Now).TotalDays} 天到期，请及时更新。"
            : null;
    }

    /// <summary>The certificate in use; it may have expired.</summary>
    public async Task<StaffKey?> CurrentAsync(string personId, CancellationToken cancel) =>
        await Current(store, personId).AsNoTracking().OrderByDescending(k => k.IssuedAt).FirstOrDefaultAsync(cancel);

    private static IQueryable<StaffKey> Current(Store store, string personId) => store.Set<StaffKey>().Where(k => k.PersonId == personId && k.WrappedKey != null && k.RevokedAt == null && k.ReplacedAt == null);

    private void Audit(Store own, StaffSubject by, string action, StaffSubject whose, string serial, string? reason) => 
        own.Add(new Actor(by.Id, by.FullName).Did(action, "person:" + whose.Id, station.Now, new AuditChange(whose.FullName, null, serial, reason)));
}
