using System.Net.Http.Headers;
using Modules.Signing.Contracts;

namespace Adapters.CertificateAuthorities.Rfc3161;

/// <summary>A timestamp authority over HTTP (RFC 3161 §3.4). Settings below <c>Signing:Rfc3161</c>: Url, Roots (PEM file of its root and what stands between).</summary>
public sealed class Rfc3161Timestamps(SigningSettings settings, OutsideConnections connections) : ITimestampAuthority
{
    private const string Section = "Rfc3161";

    public string Kind => "rfc3161";

    public Task<AuthorityChain> ChainAsync(CancellationToken cancel = default)
    {
        var bySelf = OutsideConnections.Certificates(settings, Section + ":Roots").ToLookup(c => c.SubjectName.RawData.AsSpan().SequenceEqual(c.IssuerName.RawData), c => c.RawData);
        return Task.FromResult(new AuthorityChain([.. bySelf[true]], [.. bySelf[false]]));
    }

    public async Task<byte[]> AskAsync(byte[] request, CancellationToken cancel = default)
    {
        var body = new ByteArrayContent(request);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/timestamp-query");
        return await connections.SendAsync(settings, Section, Kind, new HttpRequestMessage(HttpMethod.Post, settings.Require(Section + ":Url")) { Content = body }, cancel);
    }
}
