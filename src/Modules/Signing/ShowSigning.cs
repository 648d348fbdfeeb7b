using System.Security.Cryptography;
using Engine.Forms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Signing.BuiltIn;
using Modules.Signing.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;
using System.Security.Cryptography.X509Certificates;

namespace Modules.Signing;

/// <param name="State">可用, 即将到期, 已过期, 已吊销.</param>
/// <param name="Serial">Hexadecimal.</param>
public sealed record CertificateView(
    string PersonId, string PersonName, string State, string Serial, string Issuer, DateTimeOffset From, DateTimeOffset To, DateTimeOffset? RevokedAt, string? RevocationReason, bool Renewable, bool Revocable);

/// <param name="RootSha256">Fingerprint of the root, hexadecimal in pairs; null when the authority does not answer.</param>
/// <param name="Mark">What every certificate of it says; null for an authority outside.</param>
public sealed record AuthorityView(string Title, string Timestamps, string? RootName, string? RootSha256, string? Mark, bool Downloads);

/// <param name="Enabled">Whether the station signs electronically.</param>
/// <param name="Own">Of whoever looks; null without one.</param>
/// <param name="All">For managers; null for others.</param>
/// <param name="Wrong">Form the errors belong to: <c>apply</c>, <c>revoke</c>, or a person's id.</param>
public sealed record SigningModel(
    bool Enabled, CertificateView? Own, AuthorityView Authority, Paged<CertificateView>? All, TimeZoneInfo TimeZone, IReadOnlyList<KeyValuePair<string, string>> Reasons, IReadOnlyList<FieldError> Errors, string? Wrong, string? Done)
{
    /// <summary>When electronic signing comes into force, as published; null where it is in force or nobody has said so.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Whether a certificate can be applied for.</summary>
    public bool Open => Enabled || From is not null;

    /// <summary>What somebody still has to do after a revocation.</summary>
    public string? Left { get; init; }
}

/// <summary>签名与证书.</summary>
internal sealed class ShowSigning(StaffCertificates staff, Authorities authorities, SigningSettings settings, Store store, StationClock station, IPages pages)
{
    public const string Path = "/signing";

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet(Path, (int? page, string? done, HttpContext http, ShowSigning use, CancellationToken cancel) =>
        use.ShowAsync(http, page, [], null, done is "apply" or "revoke" ? done : null, cancel)).RequireAuthorization();

    public async Task<IResult> ShowAsync(HttpContext http, int? page, IReadOnlyList<FieldError> errors, string? wrong, string? done, CancellationToken cancel, string? left = null)
    {
        var set = await station.SettingsAsync(cancel);
        var own = await staff.CurrentAsync(http.User.Id(), cancel);
        var all = http.User.Has(SigningModule.Manage) ? await AllAsync(page, cancel) : null;
        var enabled = set.Features.Contains(SigningSettings.Feature);
        var model = new SigningModel(enabled, own is null ? null : View(own), await AuthorityAsync(cancel), all, set.TimeZone, RevokeCertificate.Reasons, errors, wrong, done)
        {
            From = enabled ? null : await station.FeatureFromAsync(SigningSettings.Feature, cancel), Left = left,
        };
        return pages.Show(model, errors.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private async Task<Paged<CertificateView>> AllAsync(int? page, CancellationToken cancel)
    {
        var rows = await store.Set<StaffKey>().AsNoTracking().Where(k => k.ReplacedAt == null).OrderBy(k => k.RevokedAt != null).ThenBy(k => k.NotAfter).ThenBy(k => k.Id).PageAsync(page, cancel);
        return rows.With<CertificateView>([.. rows.Items.Select(View)]);
    }

    private CertificateView View(StaffKey key)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(key.Certificate);
        var ending = key.NotAfter - station.Now <= StaffCertificates.RenewalWindow;
        var state = key.RevokedAt is not null ? "已吊销" : key.NotAfter <= station.Now ? "已过期" : ending ? "即将到期" : "可用";
        return new CertificateView(key.PersonId, key.PersonName, state, certificate.SerialNumber, SubjectName.Part(certificate.IssuerName, SubjectName.CommonName),
            key.IssuedAt, key.NotAfter, key.RevokedAt, key.RevocationReason, key.RevokedAt is null && ending, key.RevokedAt is null);
    }

    private async Task<AuthorityView> AuthorityAsync(CancellationToken cancel)
    {
        var builtIn = settings.Authority == SigningSettings.BuiltIn;
        var (chain, _) = await authorities.TryAsync(() => authorities.Certificates.ChainAsync(cancel));
        using var root = chain?.Roots is [var first, ..] ? X509CertificateLoader.LoadCertificate(first) : null;
        return new AuthorityView(builtIn ? "内置认证机构" : $"外部认证机构（{settings.Authority}）", settings.Timestamps == SigningSettings.BuiltIn ? "内置时间戳" : $"外部时间戳（{settings.Timestamps}）",
            root is null ? null : SubjectName.Part(root.SubjectName, SubjectName.CommonName), root is null ? null : BitConverter.ToString(SHA256.HashData(root.RawData)).Replace('-', ' '),
            builtIn || settings.Timestamps == SigningSettings.BuiltIn ? CertificateForm.Mark : null, builtIn);
    }
}
