using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Modules.Signing.Contracts;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Ocsp;
using Certificate = Org.BouncyCastle.X509.X509Certificate;

namespace Adapters.CertificateAuthorities;

/// <summary>Revocation lists and states from the addresses that stand in certificates (RFC 5280 §4.2.1.13, §4.2.2.1).</summary>
public sealed class AddressedRevocation(SigningSettings settings, OutsideConnections connections) : IRevocationSource
{
    private const string Kind = "revocation";
    private const string ListAddresses = "2.5.29.31";

    /// <summary>For an address behind which there is another: less than anybody waits for a page.</summary>
    private static readonly TimeSpan Share = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<byte[]>> CrlsAsync(IReadOnlyList<byte[]> certificates, CancellationToken cancel = default)
    {
        var lists = new List<byte[]>();
        foreach (var addresses in certificates.SelectMany(Lists).DistinctBy(a => string.Join('\n', a), StringComparer.Ordinal)) lists.Add(await FirstAsync(addresses, cancel));
        return lists;
    }

    /// <summary>Several addresses of one distribution point are ways to the same list: one has to answer.</summary>
    private async Task<byte[]> FirstAsync(IReadOnlyList<string> addresses, CancellationToken cancel)
    {
        foreach (var address in addresses.SkipLast(1))
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(Share);
            try
            {
                return await connections.SendAsync(settings, "", Kind, new HttpRequestMessage(HttpMethod.Get, address), limit.Token);
            }
            catch (Exception e) when (e is AuthorityUnavailableException or OperationCanceledException && !cancel.IsCancellationRequested)
            {
                // The next one may.
            }
        }
        return await connections.SendAsync(settings, "", Kind, new HttpRequestMessage(HttpMethod.Get, addresses[^1]), cancel);
    }

    public async Task<byte[]?> OcspAsync(byte[] certificate, byte[] issuer, CancellationToken cancel = default)
    {
        using var asked = X509CertificateLoader.LoadCertificate(certificate);
        if (asked.Extensions.OfType<X509AuthorityInformationAccessExtension>().SelectMany(a => a.EnumerateOcspUris()).FirstOrDefault(IsHttp) is not { } address) return null;
        var generator = new OcspReqGenerator();
        generator.AddRequest(new CertificateID(CertificateID.DigestSha1, new Certificate(issuer), new Certificate(certificate).SerialNumber));
        var body = new ByteArrayContent(generator.Generate().GetEncoded());
        body.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        return await connections.SendAsync(settings, "", Kind, new HttpRequestMessage(HttpMethod.Post, address) { Content = body }, cancel);
    }

    /// <summary>The addresses of each distribution point that has one over HTTP.</summary>
    private static IEnumerable<IReadOnlyList<string>> Lists(byte[] der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        if (certificate.Extensions[ListAddresses] is not { } extension) return [];
        return CrlDistPoint.GetInstance(Org.BouncyCastle.Asn1.Asn1Object.FromByteArray(extension.RawData)).GetDistributionPoints()
            .Select(p => p.DistributionPointName).Where(n => n?.Type == DistributionPointName.FullName)
            .Select(n => GeneralNames.GetInstance(n.Name).GetNames().Where(g => g.TagNo == GeneralName.UniformResourceIdentifier).Select(g => g.Name.ToString()!).Where(IsHttp).ToList())
            .Where(addresses => addresses.Count > 0).ToList();
    }

    private static bool IsHttp(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
