using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Modules.Signing.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Signing;

/// <summary>Opens keys: a donor's is made for the act, a member of staff's is unwrapped.</summary>
internal sealed class SigningKeys(Authorities authorities, StaffCertificates staff, OpenedKeys opened, MasterKey master, TenantContext tenant, StationClock station) : ISigningKeys
{
    /// <summary>Of the keyed digest: with its prefix it fits the 64 characters a subject's serialNumber may have.</summary>
    private const int DigestBytes = 28;

    public Task<KeyOpening> OpenForDonorAsync(DonorSubject donor, CancellationToken cancel = default) => OpenOnceAsync(donor.Name, SubjectName.Donor + Digest(donor.IdNumber), cancel);

    public async Task<KeyOpening> OpenForStationAsync(CancellationToken cancel = default)
    {
        // What the seal needs to be checked goes into the package it closes, so whoever will stamp it is known before.
        var (_, fault) = await authorities.TryAsync(async () => await authorities.RememberTimestampsAsync(cancel));
        return fault is null ? await OpenOnceAsync(await authorities.StationNameAsync(cancel), SubjectName.Station + tenant.Current.Name, cancel) : new KeyOpening(null, fault);
    }

    private async Task<KeyOpening> OpenOnceAsync(string name, string id, CancellationToken cancel)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (certificate, fault) = await authorities.TryAsync(() => authorities.CertifyAsync(key, name, id, CertificateProfile.OneAct, cancel));
        if (certificate is not null) return await ActAsync(certificate, key, cancel);
        key.Dispose();
        return new KeyOpening(null, fault);
    }

    public async Task<KeyOpening> OpenForStaffAsync(string personId, string pin, CancellationToken cancel = default)
    {
        var row = await staff.CurrentAsync(personId, cancel);
        if (Unready(row) is { } fault) return new KeyOpening(null, fault);
        return opened.Take(row!, pin) is { } key
            ? await ActAsync(X509CertificateLoader.LoadCertificate(row!.Certificate), key, cancel)
            : new KeyOpening(null, new SigningFault(SigningFaultKind.WrongPin, "PIN 打不开您的签名密钥", "请核对 PIN 后再签；仍不能签名时，请在“签名与证书”页重新申请证书"));
    }

    public async Task<SigningFault?> ReadyAsync(string personId, CancellationToken cancel = default) => Unready(await staff.CurrentAsync(personId, cancel));

    private SigningFault? Unready(StaffKey? row) =>
        row is null ? new SigningFault(SigningFaultKind.NoCertificate, "您还没有可用的签名证书", "请在“签名与证书”页用 PIN 申请")
        : row.NotAfter <= station.Now ? new SigningFault(SigningFaultKind.NoCertificate, "您的签名证书已过期", "请在“签名与证书”页用 PIN 更新")
        : null;

    private async Task<KeyOpening> ActAsync(X509Certificate2 certificate, ECDsa key, CancellationToken cancel) =>
        new(new SigningAct(authorities, certificate, await authorities.IssuersAsync(certificate, cancel), key), null);

    /// <summary>Keyed, because an identity number can be found by trying all of them.</summary>
    private string Digest(string idNumber) => Convert.ToHexStringLower(
        HMACSHA256.HashData(master.Derive("idh:" + tenant.Current.TenantId), Encoding.UTF8.GetBytes(idNumber)).AsSpan(0, DigestBytes));
}
