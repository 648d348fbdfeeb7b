using System.Security.Cryptography.X509Certificates;

namespace Modules.Signing;

/// <summary>Which certificate names which as its issuer. A name is a hint for gathering; whether a chain holds is judged by <see cref="TrustPaths"/>.</summary>
internal static class CertificateLinks
{
    /// <summary>By name, and by key identifier where both have one: an authority may change its key and keep its name.</summary>
    public static bool Issued(X509Certificate2 issuer, byte[] der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        if (!certificate.IssuerName.RawData.AsSpan().SequenceEqual(issuer.SubjectName.RawData)) return false;
        var (wanted, own) = (certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier, issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes);
        return wanted is not { } a || own is not { } b || a.Span.SequenceEqual(b.Span);
    }
}
