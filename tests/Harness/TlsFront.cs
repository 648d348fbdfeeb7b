using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Harness;

/// <summary>TLS before a plain server of this machine: speaks to whoever shows a certificate of the root, to nobody else.</summary>
public sealed class TlsFront : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2 _root;
    private readonly int _plain;

    internal TlsFront(int plain, string certificateFile, string clientFile, string rootFile, string strangerFile)
    {
        (_plain, ClientFile, RootFile, StrangerFile) = (plain, clientFile, rootFile, strangerFile);
        _certificate = X509CertificateLoader.LoadPkcs12FromFile(certificateFile, OutsideAuthority.Password);
        _root = X509CertificateLoader.LoadCertificateFromFile(rootFile);
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public string Address => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>PKCS#12 of somebody it speaks to.</summary>
    public string ClientFile { get; }

    /// <summary>PEM.</summary>
    public string RootFile { get; }

    /// <summary>PEM of a root it has nothing to do with.</summary>
    public string StrangerFile { get; }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = ForwardAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using (client)
        try
        {
            await using var outside = new SslStream(client.GetStream());
            await outside.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = _certificate, ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is X509Certificate2 certificate && Certified(certificate),
            });
            using var inside = new TcpClient();
            await inside.ConnectAsync(IPAddress.Loopback, _plain);
            await using var plain = inside.GetStream();
            await Task.WhenAny(outside.CopyToAsync(plain), plain.CopyToAsync(outside));
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException)
        {
            // Whoever was not let in, or has gone.
        }
    }

    private bool Certified(X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(_root);
        return chain.Build(certificate);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
        _root.Dispose();
    }
}
