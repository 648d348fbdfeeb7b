using System.Security.Cryptography.X509Certificates;
using Modules.Signing.Contracts;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Pkix;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Utilities.Collections;
using Org.BouncyCastle.X509.Store;
using Certificate = Org.BouncyCastle.X509.X509Certificate;

namespace Modules.Signing;

/// <summary>What is known of a certificate at an instant.</summary>
internal sealed record RevocationState(bool Known, bool Revoked);

/// <summary>A certificate and who issued it.</summary>
internal sealed record TrustPath(Certificate Leaf, Certificate Issuer);

/// <summary>Finds the way from a certificate to a given root (RFC 5280 §6), and what lists and answers say of it. Knows no other root and asks nobody.</summary>
internal sealed class TrustPaths
{
    private const string OcspSigning = "1.3.6.1.5.5.7.3.9";
    private readonly TrustMaterial _trust;
    private readonly HashSet<TrustAnchor> _roots;
    private readonly List<Certificate> _issuers;

    /// <param name="enclosed">Certificates that came with the signature: they may be links, never roots.</param>
    public TrustPaths(TrustMaterial trust, X509Certificate2Collection enclosed)
    {
        _trust = trust;
        _roots = [.. Readable(trust.Roots, der => new TrustAnchor(new Certificate(der), null))];
        _issuers = [.. Readable(trust.Issuers, der => new Certificate(der)), .. enclosed.Select(c => new Certificate(c.RawData))];
        Certificates = [.. Readable(trust.Issuers, der => X509CertificateLoader.LoadCertificate(der)), .. enclosed];
    }

    public X509Certificate2Collection Certificates { get; }

    /// <summary>Null when no given root stands at the end of a chain that was valid at that time.</summary>
    public TrustPath? PathOf(X509Certificate2 certificate, DateTimeOffset at, IEnumerable<X509Certificate2> beside)
    {
        if (_roots.Count == 0) return null;
        var leaf = new Certificate(certificate.RawData);
        var builder = new PkixBuilderParameters(_roots, new X509CertStoreSelector { Certificate = leaf }) { IsRevocationEnabled = false, Date = at.UtcDateTime };
        builder.AddStoreCert(CollectionUtilities.CreateStore<Certificate>([leaf, .. _issuers, .. beside.Select(c => new Certificate(c.RawData))]));
        try
        {
            var found = new PkixCertPathBuilder().Build(builder);
            return new TrustPath(leaf, found.CertPath.Certificates is [_, var issuer, ..] ? issuer : found.TrustAnchor.TrustedCert);
        }
        catch (GeneralSecurityException)
        {
            return null;
        }
    }

    /// <summary>Revoked when any list or answer says so; known when one of them could say so at that time.</summary>
    public RevocationState RevocationOf(TrustPath path, DateTimeOffset at)
    {
        var said = Readable(_trust.Crls, der => InList(new Org.BouncyCastle.X509.X509Crl(der), path, at))
            .Concat(Readable(_trust.OcspResponses, der => InAnswer(new OcspResp(der), path, at))).ToList();
        return new RevocationState(said.Any(s => s.Known), said.Any(s => s.Revoked));
    }

    /// <summary>A list that ended before that time, covers a part only, or is not the issuer's own says nothing.</summary>
    private static RevocationState InList(Org.BouncyCastle.X509.X509Crl list, TrustPath path, DateTimeOffset at)
    {
        if (!list.IssuerDN.Equivalent(path.Issuer.SubjectDN) || list.NextUpdate is not { } until || until < at.UtcDateTime || list.GetCriticalExtensionOids().Count > 0 || !Signed(() => list.Verify(path.Issuer.GetPublicKey())))
            return new RevocationState(false, false);
        return new RevocationState(true, list.GetRevokedCertificate(path.Leaf.SerialNumber) is { } entry && entry.RevocationDate <= at.UtcDateTime);
    }

    private static RevocationState InAnswer(OcspResp response, TrustPath path, DateTimeOffset at)
    {
        if (response.Status != OcspRespStatus.Successful || response.GetResponseObject() is not BasicOcspResp answer || !Responded(answer, path.Issuer)) return new RevocationState(false, false);
        var one = answer.Responses.FirstOrDefault(r => r.GetCertID().SerialNumber.Equals(path.Leaf.SerialNumber) && r.GetCertID().MatchesIssuer(path.Issuer));
        if (one is null || (one.NextUpdate ?? one.ThisUpdate) < at.UtcDateTime) return new RevocationState(false, false);
        return one.GetCertStatus() switch
        {
            null => new RevocationState(true, false),
            RevokedStatus revoked => new RevocationState(true, revoked.RevocationTime <= at.UtcDateTime),
            _ => new RevocationState(false, false),
        };
    }

    /// <summary>By the issuer itself, or by whom it has certified for that (RFC 6960 §4.2.2.2).</summary>
    private static bool Responded(BasicOcspResp answer, Certificate issuer)
    {
        if (Signed(() => Require(answer.Verify(issuer.GetPublicKey())))) return true;
        return answer.GetCerts().Any(responder => responder.GetExtendedKeyUsage()?.Any(use => use.Id == OcspSigning) == true && responder.IsValid(answer.ProducedAt)
            && Signed(() => responder.Verify(issuer.GetPublicKey())) && Signed(() => Require(answer.Verify(responder.GetPublicKey()))));
    }

    private static void Require(bool holds)
    {
        if (!holds) throw new SignatureException();
    }

    private static bool Signed(Action verify)
    {
        try
        {
            verify();
            return true;
        }
        catch (Exception e) when (e is GeneralSecurityException or ArgumentException or OcspException)
        {
            return false;
        }
    }

    /// <summary>What cannot be read proves nothing and is left out; the lack of it shows in the verdict.</summary>
    private static List<T> Readable<T>(IEnumerable<byte[]> all, Func<byte[], T> read)
    {
        var result = new List<T>();
        foreach (var der in all)
        {
            try
            {
                result.Add(read(der));
            }
            catch (Exception e) when (e is GeneralSecurityException or IOException or ArgumentException or InvalidCastException or OcspException or System.Security.Cryptography.CryptographicException or NullReferenceException)
            {
                continue;
            }
        }
        return result;
    }
}
