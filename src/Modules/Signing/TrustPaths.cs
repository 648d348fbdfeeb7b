using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
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

/// <summary>A certificate, who issued it, and so on up to the root.</summary>
internal sealed record TrustPath(IReadOnlyList<Certificate> Chain)
{
    public Certificate Leaf => Chain[0];
    public Certificate Issuer => Chain[1];
}

/// <summary>Finds the way from a certificate to a given root (RFC 5280 §6), and what lists and answers say of it. Knows no other root and asks nobody.</summary>
internal sealed class TrustPaths
{
    private const string OcspSigning = "1.3.6.1.5.5.7.3.9";

    /// <summary>Clocks differ, and lists and answers know whole seconds.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>Of one signature or one package; there are a few.</summary>
    private const int MostLinks = 64;

    private static readonly ConditionalWeakTable<TrustMaterial, Proved> All = [];
    private readonly Proved _proved;
    private readonly List<Certificate> _enclosed;

    /// <param name="enclosed">Certificates that came with the signature: they may be links, never roots.</param>
    public TrustPaths(TrustMaterial trust, X509Certificate2Collection enclosed)
    {
        _proved = All.GetValue(trust, t => new Proved(t));
        _enclosed = [.. enclosed.Select(c => new Certificate(c.RawData))];
        Certificates = [.. _proved.Loaded, .. enclosed];
    }

    public X509Certificate2Collection Certificates { get; }

    /// <summary>Null when no given root stands at the end of a chain that was valid at that time.</summary>
    public TrustPath? PathOf(X509Certificate2 certificate, DateTimeOffset at, IEnumerable<X509Certificate2> beside)
    {
        if (_proved.Roots.Count == 0) return null;
        var name = Convert.ToHexString(SHA256.HashData(certificate.RawDataMemory.Span));
        if (_proved.Chains.TryGetValue(name, out var known) && known.Chain.All(c => c.IsValid(at.UtcDateTime))) return known;
        if (Build(new Certificate(certificate.RawData), at, beside) is not { } path) return null;
        return _proved.Chains[name] = path;
    }

    private TrustPath? Build(Certificate leaf, DateTimeOffset at, IEnumerable<X509Certificate2> beside)
    {
        var builder = new PkixBuilderParameters(_proved.Roots, new X509CertStoreSelector { Certificate = leaf }) { IsRevocationEnabled = false, Date = at.UtcDateTime };
        List<Certificate> links = [.. _proved.Linked, .. Linked([.. _proved.Roots.Select(r => r.TrustedCert), .. _proved.Linked], [.. _enclosed, .. beside.Select(c => new Certificate(c.RawData))])];
        builder.AddStoreCert(CollectionUtilities.CreateStore<Certificate>([leaf, .. links]));
        try
        {
            var found = new PkixCertPathBuilder().Build(builder);
            return new TrustPath([.. found.CertPath.Certificates, found.TrustAnchor.TrustedCert]);
        }
        catch (GeneralSecurityException)
        {
            return null;
        }
    }

    /// <summary>Those that somebody known has signed, and so on downwards. The search for a path tries every certificate of the right name, so names alone must not get one in.</summary>
    private static List<Certificate> Linked(IReadOnlyList<Certificate> known, IEnumerable<Certificate> candidates)
    {
        var (issuers, left, links) = (new Queue<Certificate>(known), candidates.Except(known).Take(MostLinks).ToList(), new List<Certificate>());
        while (issuers.TryDequeue(out var issuer))
            foreach (var issued in left.Where(c => c.IssuerDN.Equivalent(issuer.SubjectDN) && Signed(() => c.Verify(issuer.GetPublicKey()))).ToList())
            {
                left.Remove(issued);
                links.Add(issued);
                issuers.Enqueue(issued);
            }
        return links;
    }

    /// <summary>Revoked when any list or answer says so, of the certificate or of one above it; known when one of them was written after that time: what was written before cannot know.</summary>
    public RevocationState RevocationOf(TrustPath path, DateTimeOffset at)
    {
        var said = _proved.Crls.Select(list => InList(list, path.Leaf, path.Issuer, at)).Concat(_proved.Answers.Select(answer => InAnswer(answer, path, at))).ToList();
        var above = path.Chain.Skip(1).Zip(path.Chain.Skip(2)).Any(link => _proved.Crls.Exists(list => InList(list, link.First, link.Second, at).Revoked));
        return new RevocationState(said.Any(s => s.Known), above || said.Any(s => s.Revoked));
    }

    /// <summary>A list that covers a part only or is not the issuer's own says nothing.</summary>
    private RevocationState InList(Org.BouncyCastle.X509.X509Crl list, Certificate certificate, Certificate issuer, DateTimeOffset at)
    {
        if (!list.IssuerDN.Equivalent(issuer.SubjectDN) || list.GetCriticalExtensionOids() is { Count: > 0 } || !_proved.Once(list, issuer, () => Signed(() => list.Verify(issuer.GetPublicKey()))))
            return new RevocationState(false, false);
        return new RevocationState(Late(list.ThisUpdate, at), list.GetRevokedCertificate(certificate.SerialNumber) is { } entry && entry.RevocationDate <= at.UtcDateTime);
    }

    private static bool Late(DateTime written, DateTimeOffset at) => written + Skew >= at.UtcDateTime;

    /// <summary>Looks for the certificate first: there is an answer for every signer, and only the own one has to be proved.</summary>
    private RevocationState InAnswer(BasicOcspResp answer, TrustPath path, DateTimeOffset at)
    {
        var one = answer.Responses.FirstOrDefault(r => r.GetCertID().SerialNumber.Equals(path.Leaf.SerialNumber) && r.GetCertID().MatchesIssuer(path.Issuer));
        if (one is null || !_proved.Once(answer, path.Issuer, () => Responded(answer, path.Issuer))) return new RevocationState(false, false);
        return one.GetCertStatus() switch
        {
            null => new RevocationState(Late(one.ThisUpdate, at), false),
            RevokedStatus revoked => new RevocationState(Late(one.ThisUpdate, at), revoked.RevocationTime <= at.UtcDateTime),
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
            catch (Exception e) when (e is GeneralSecurityException or IOException or ArgumentException or InvalidCastException or OcspException or CryptographicException or NullReferenceException)
            {
                continue;
            }
        }
        return result;
    }

    /// <summary>What a set of trust material has proved so far: the signatures of a package share lists and chains, and a signature over a list holds or does not whoever asks.</summary>
    private sealed class Proved
    {
        private readonly ConcurrentDictionary<(object What, string Issuer), bool> _signatures = new();

        public Proved(TrustMaterial trust)
        {
            Roots = [.. Readable(trust.Roots, der => new TrustAnchor(new Certificate(der), null))];
            Linked = TrustPaths.Linked([.. Roots.Select(r => r.TrustedCert)], Readable(trust.Issuers, der => new Certificate(der)));
            Loaded = Readable(trust.Issuers, der => X509CertificateLoader.LoadCertificate(der));
            Crls = Readable(trust.Crls, der => new Org.BouncyCastle.X509.X509Crl(der));
            Answers = [.. Readable(trust.OcspResponses, der => new OcspResp(der) is { Status: OcspRespStatus.Successful } answer ? answer.GetResponseObject() as BasicOcspResp : null).OfType<BasicOcspResp>()];
        }

        public HashSet<TrustAnchor> Roots { get; }
        public List<Certificate> Linked { get; }
        public List<X509Certificate2> Loaded { get; }
        public List<Org.BouncyCastle.X509.X509Crl> Crls { get; }
        public List<BasicOcspResp> Answers { get; }
        public ConcurrentDictionary<string, TrustPath> Chains { get; } = new(StringComparer.Ordinal);

        public bool Once(object what, Certificate issuer, Func<bool> prove) => _signatures.GetOrAdd((what, Convert.ToHexString(SHA256.HashData(issuer.GetEncoded()))), _ => prove());
    }
}
