using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Modules.Signing.Contracts;

namespace Adapters.CertificateAuthorities.Est;

/// <summary>An authority that speaks EST (RFC 7030): <c>cacerts</c> and <c>simpleenroll</c>. Settings below <c>Signing:Est</c>: Url (up to <c>/.well-known/est</c>), Roots (PEM file of the roots to trust), DonorLabel and StaffLabel where profiles are labels.</summary>
public sealed class EstAuthority(SigningSettings settings, OutsideConnections connections) : ICertificateAuthority
{
    private const string Section = "Est";

    public string Kind => "est";

    /// <summary>Only the configured roots are trusted, whatever else the answer has.</summary>
    public async Task<AuthorityChain> ChainAsync(CancellationToken cancel = default)
    {
        var roots = OutsideConnections.Certificates(settings, Section + ":Roots").Select(c => c.RawData).ToList();
        var all = await AskAsync(new HttpRequestMessage(HttpMethod.Get, Address(null, "cacerts")), cancel);
        return new AuthorityChain(roots, [.. all.Where(c => !c.SubjectName.RawData.AsSpan().SequenceEqual(c.IssuerName.RawData)).Select(c => c.RawData)]);
    }

    public async Task<byte[]> IssueAsync(byte[] request, CertificateProfile profile, CancellationToken cancel = default)
    {
        var body = new ByteArrayContent(Encoding.ASCII.GetBytes(Convert.ToBase64String(request, Base64FormattingOptions.InsertLineBreaks)));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/pkcs10");
        body.Headers.Add("Content-Transfer-Encoding", "base64");
        var label = settings.Find(Section + (profile == CertificateProfile.OneAct ? ":DonorLabel" : ":StaffLabel"));
        var issued = await AskAsync(new HttpRequestMessage(HttpMethod.Post, Address(label, "simpleenroll")) { Content = body }, cancel);
        var key = CertificateRequest.LoadSigningRequest(request, HashAlgorithmName.SHA256).PublicKey.ExportSubjectPublicKeyInfo();
        return issued.FirstOrDefault(c => c.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key))?.RawData
            ?? throw new AuthorityUnavailableException(Kind, "its answer has no certificate for the key");
    }

    /// <summary>EST has no way to say so: the authority is told by its own page or telephone.</summary>
    public Task<bool> RevokeAsync(byte[] certificate, X509RevocationReason reason, CancellationToken cancel = default) => Task.FromResult(false);

    private string Address(string? label, string operation) => $"{settings.Require(Section + ":Url").TrimEnd('/')}/{(label is null ? "" : label + "/")}{operation}";

    /// <summary>The certificates of a certs-only PKCS#7 in base64.</summary>
    private async Task<X509Certificate2Collection> AskAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var answer = await connections.SendAsync(settings, Section, Kind, request, cancel);
        try
        {
            var message = new SignedCms();
            message.Decode(Convert.FromBase64String(Encoding.ASCII.GetString(answer)));
            return message.Certificates;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw new AuthorityUnavailableException(Kind, "its answer is no PKCS#7 with certificates", e);
        }
    }
}
