using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Modules.Signing.Contracts;

namespace Adapters.CertificateAuthorities;

/// <summary>HTTP to authorities outside. Whatever goes wrong on the way is one thing to whoever waits: the authority does not answer.</summary>
public sealed class OutsideConnections : IDisposable
{
    private const int LargestAnswer = 20 * 1024 * 1024;
    private const int DefaultSeconds = 10;
    private readonly ConcurrentDictionary<string, HttpClient> _clients = new(StringComparer.Ordinal);

    /// <param name="section">Settings below <c>Signing:</c> with User and Password, or ClientCertificate and ClientCertificatePassword (PKCS#12 file), and TlsRoots (PEM file); empty for public addresses.</param>
    /// <returns>Body of a success.</returns>
    public async Task<byte[]> SendAsync(SigningSettings settings, string section, string kind, HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            try
            {
                using var response = await _clients.GetOrAdd($"{settings.Tenant}|{section}", _ => Client(settings, section)).SendAsync(request, cancel);
                if (response.StatusCode != System.Net.HttpStatusCode.OK) throw new AuthorityUnavailableException(kind, $"{request.RequestUri} answers {(int)response.StatusCode}");
                return await response.Content.ReadAsByteArrayAsync(cancel);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or CryptographicException or InvalidOperationException || e is TaskCanceledException && !cancel.IsCancellationRequested)
            {
                throw new AuthorityUnavailableException(kind, $"{request.RequestUri} does not answer", e);
            }
        }
    }

    /// <exception cref="AuthorityUnavailableException">No such file, or no certificate in it.</exception>
    public static X509Certificate2Collection Certificates(SigningSettings settings, string key)
    {
        var (file, certificates) = (settings.Require(key), new X509Certificate2Collection());
        try
        {
            certificates.ImportFromPem(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new AuthorityUnavailableException(key, $"{file} cannot be read", e);
        }
        return certificates.Count > 0 ? certificates : throw new AuthorityUnavailableException(key, $"{file} has no certificate in PEM");
    }

    private static HttpClient Client(SigningSettings settings, string section)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(10) };
        var seconds = int.TryParse(settings.Find("TimeoutSeconds"), out var set) ? set : DefaultSeconds;
        var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(seconds), MaxResponseContentBufferSize = LargestAnswer };
        if (section.Length == 0) return client;
        if (settings.Find(section + ":TlsRoots") is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(Certificates(settings, section + ":TlsRoots"));
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }
        if (settings.Find(section + ":ClientCertificate") is { } file)
            handler.SslOptions.ClientCertificates = [X509CertificateLoader.LoadPkcs12FromFile(file, settings.Find(section + ":ClientCertificatePassword"))];
        if (settings.Find(section + ":User") is { } user)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{settings.Find(section + ":Password")}")));
        return client;
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }
}
