using System.Globalization;
using System.Net;
using System.Text;

namespace Harness;

/// <summary>A certificate and timestamp authority of somebody else: EST (RFC 7030), RFC 3161, CRL and OCSP over HTTP, every answer made by the openssl program.</summary>
public sealed class OutsideAuthority : IAsyncDisposable
{
    public const string User = "station";
    public const string Password = "est-pass-2026";
    private readonly OpenSsl _openssl = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly int _port = Installation.FreePort();
    private HttpListener? _listener;
    private byte[]? _lastStamp;
    private int _asked;

    private OutsideAuthority()
    {
    }

    public string Address => $"http://127.0.0.1:{_port}";

    public string RootFile => Path.Combine(_openssl.Folder, "root.pem");

    /// <summary>Takes connections and never answers.</summary>
    public bool Silent { get; set; }

    /// <summary>Keeps whoever asks waiting until it ends.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>How many have asked since it was started.</summary>
    public int Asked => _asked;

    /// <summary>Gives everybody the timestamp it gave last.</summary>
    public bool Replays { get; set; }

    /// <summary>Certifies this name whoever asks; null for what was asked.</summary>
    public string? OtherName { get; set; }

    /// <summary>The timestamp authority is away, the certificate authority is not.</summary>
    public bool NoStamps { get; set; }

    /// <summary>Sends many certificates along with every timestamp.</summary>
    public bool Wordy { get; set; }

    /// <summary>How far the certificate authority's clock is ahead of the timestamps'.</summary>
    public TimeSpan Ahead { get; set; }

    /// <summary>How long staff are certified for.</summary>
    public int StaffDays { get; set; } = 365;

    /// <summary>As it was started.</summary>
    public void Reset()
    {
        (Silent, Held, Replays, OtherName, NoStamps, Wordy, Ahead, StaffDays) = (false, Task.CompletedTask, false, null, false, false, default, 365);
        if (_listener is null) Start();
    }

    public static async Task<OutsideAuthority> StartAsync()
    {
        var authority = new OutsideAuthority();
        await authority.SetUpAsync();
        authority.Start();
        return authority;
    }

    public void Start()
    {
        _listener = new HttpListener { Prefixes = { Address + "/" } };
        _listener.Start();
        _ = Task.Run(() => ServeAsync(_listener));
    }

    /// <summary>Nobody listens there any more.</summary>
    public void Stop()
    {
        _listener?.Close();
        _listener = null;
    }

    public async Task RevokeAsync(byte[] certificate)
    {
        await _openssl.DoAsync("ca", "-config", "ca.cnf", "-revoke", _openssl.Certificate("revoked.pem", certificate));
    }

    /// <summary>Settings of a tenant that signs with this authority.</summary>
    public IEnumerable<KeyValuePair<string, string>> Settings() => new Dictionary<string, string>
    {
        ["Authority"] = "est", ["Timestamps"] = "rfc3161", ["Est:Url"] = Address + "/.well-known/est", ["Est:DonorLabel"] = "donor", ["Est:StaffLabel"] = "staff",
        ["Est:User"] = User, ["Est:Password"] = Password, ["Est:Roots"] = RootFile, ["Rfc3161:Url"] = Address + "/tsa", ["Rfc3161:Roots"] = RootFile,
    };

    private async Task SetUpAsync()
    {
        _openssl.File("ca.cnf", Encoding.UTF8.GetBytes(Configuration()));
        _openssl.File("index.txt", []);
        _openssl.File("index.txt.attr", "unique_subject = no\n"u8);
        _openssl.File("crlnumber", "01\n"u8);
        _openssl.File("tsaserial", "01\n"u8);
        await KeyAsync("root");
        await _openssl.DoAsync("req", "-x509", "-config", "ca.cnf", "-utf8", "-key", "root.key", "-subj", "/C=CN/O=Outside/CN=Outside Root", "-days", "3650", "-extensions", "root", "-out", "root.pem");
        await CertifyAsync("ca", "/C=CN/O=Outside/CN=Outside Issuer", "issuer", "root");
        await CertifyAsync("tsa", "/C=CN/O=Outside/CN=Outside Timestamps", "stamper", "ca");
        await _openssl.DoAsync("req", "-x509", "-config", "ca.cnf", "-utf8", "-key", "root.key", "-subj", "/CN=Many", "-days", "3650", "-addext", "nsComment=" + new string('x', 14_000), "-out", "many.pem");
    }

    /// <summary>Answers over TLS as well, by a certificate of its own root, whoever shows one of that root too.</summary>
    public async Task<TlsFront> OverTlsAsync()
    {
        await CertifyAsync("tls", "/C=CN/O=Outside/CN=127.0.0.1", "server", "root");
        await CertifyAsync("client", "/C=CN/O=Outside/CN=Station", "client", "root");
        await _openssl.DoAsync("req", "-x509", "-config", "ca.cnf", "-utf8", "-key", "client.key", "-subj", "/CN=Stranger", "-days", "30", "-extensions", "root", "-out", "stranger.pem");
        foreach (var name in new[] { "tls", "client" })
            await _openssl.DoAsync("pkcs12", "-export", "-in", name + ".pem", "-inkey", name + ".key", "-passout", "pass:" + Password, "-out", name + ".p12");
        return new TlsFront(_port, Path.Combine(_openssl.Folder, "tls.p12"), Path.Combine(_openssl.Folder, "client.p12"), RootFile, Path.Combine(_openssl.Folder, "stranger.pem"));
    }

    private Task KeyAsync(string name) => _openssl.DoAsync("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name + ".key");

    private async Task CertifyAsync(string name, string subject, string form, string issuer)
    {
        await KeyAsync(name);
        await _openssl.DoAsync("req", "-new", "-config", "ca.cnf", "-utf8", "-key", name + ".key", "-subj", subject, "-out", name + ".csr");
        await _openssl.DoAsync("x509", "-req", "-in", name + ".csr", "-CA", issuer + ".pem", "-CAkey", issuer + ".key", "-CAcreateserial", "-days", "1800", "-extfile", "ca.cnf", "-extensions", form, "-out", name + ".pem");
    }

    private async Task ServeAsync(HttpListener listener)
    {
        while (listener.IsListening)
        {
            try
            {
                _ = AnswerAsync(await listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        Interlocked.Increment(ref _asked);
        if (Silent) return;
        await Held;
        await _one.WaitAsync();
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var (status, type, answer) = await AnswerAsync(context.Request, body.ToArray());
            // Of unknown length, an empty answer would end twice, and the second end be read as the start of the next.
            (context.Response.StatusCode, context.Response.ContentType, context.Response.ContentLength64) = (status, type, answer.Length);
            await context.Response.OutputStream.WriteAsync(answer);
        }
        catch (InvalidOperationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            context.Response.StatusCode = 500;
        }
        finally
        {
            _one.Release();
            context.Response.Close();
        }
    }

    private async Task<(int Status, string Type, byte[] Answer)> AnswerAsync(HttpListenerRequest request, byte[] body)
    {
        var path = request.Url!.AbsolutePath;
        if (path.StartsWith("/.well-known/est/", StringComparison.Ordinal) && request.Headers["Authorization"] != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"))) return (401, "text/plain", []);
        return path switch
        {
            "/.well-known/est/cacerts" => (200, "application/pkcs7-mime", await PackAsync("ca.pem", "root.pem")),
            "/.well-known/est/donor/simpleenroll" => (200, "application/pkcs7-mime", await EnrolAsync(body, 1)),
            "/.well-known/est/staff/simpleenroll" => (200, "application/pkcs7-mime", await EnrolAsync(body, StaffDays)),
            "/tsa" when NoStamps => (503, "text/plain", []),
            "/tsa" => (200, "application/timestamp-reply", await StampAsync(body)),
            "/crl" => (200, "application/pkix-crl", await CrlAsync()),
            "/ocsp" => (200, "application/ocsp-response", await OcspAsync(body)),
            _ => (404, "text/plain", []),
        };
    }

    private async Task<byte[]> EnrolAsync(byte[] body, int days)
    {
        var from = DateTime.UtcNow + Ahead;
        _openssl.File("request.der", Convert.FromBase64String(Encoding.ASCII.GetString(body)));
        await _openssl.DoAsync(["ca", "-config", "ca.cnf", "-batch", "-notext", "-utf8", "-inform", "DER", "-in", "request.der", "-startdate", Time(from), "-enddate", Time(from.AddDays(days)), "-out", "issued.pem", .. OtherName is { } name ? new[] { "-subj", name } : []]);
        return await PackAsync("issued.pem");
    }

    private static string Time(DateTime at) => at.ToString("yyyyMMddHHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>certs-only PKCS#7 in base64.</summary>
    private async Task<byte[]> PackAsync(params string[] files)
    {
        await _openssl.DoAsync(["crl2pkcs7", "-nocrl", .. files.SelectMany(f => new[] { "-certfile", f }), "-outform", "DER", "-out", "certificates.p7"]);
        return Encoding.ASCII.GetBytes(Convert.ToBase64String(_openssl.Bytes("certificates.p7"), Base64FormattingOptions.InsertLineBreaks));
    }

    private async Task<byte[]> StampAsync(byte[] body)
    {
        if (Replays && _lastStamp is { } last) return last;
        await _openssl.DoAsync(["ts", "-reply", "-config", "ca.cnf", "-queryfile", _openssl.File("query.tsq", body), "-inkey", "tsa.key", "-signer", "tsa.pem", "-out", "reply.tsr", .. Wordy ? new[] { "-chain", "many.pem" } : []]);
        return _lastStamp = _openssl.Bytes("reply.tsr");
    }

    private async Task<byte[]> CrlAsync()
    {
        await _openssl.DoAsync("ca", "-config", "ca.cnf", "-gencrl", "-out", "crl.pem");
        await _openssl.DoAsync("crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der");
        return _openssl.Bytes("crl.der");
    }

    private async Task<byte[]> OcspAsync(byte[] body)
    {
        await _openssl.DoAsync("ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-reqin", _openssl.File("ask.der", body), "-respout", "say.der", "-ndays", "1");
        return _openssl.Bytes("say.der");
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        _openssl.Dispose();
        _one.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Configuration() => $"""
        [req]
        distinguished_name = dn
        string_mask = utf8only
        [dn]
        [root]
        basicConstraints = critical,CA:TRUE
        keyUsage = critical,keyCertSign,cRLSign
        subjectKeyIdentifier = hash
        [issuer]
        basicConstraints = critical,CA:TRUE,pathlen:0
        keyUsage = critical,keyCertSign,cRLSign
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        [stamper]
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature
        extendedKeyUsage = critical,timeStamping
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        [server]
        extendedKeyUsage = serverAuth
        subjectAltName = IP:127.0.0.1
        authorityKeyIdentifier = keyid
        [client]
        extendedKeyUsage = clientAuth
        authorityKeyIdentifier = keyid
        [signer]
        basicConstraints = critical,CA:FALSE
        keyUsage = critical,digitalSignature,nonRepudiation
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        crlDistributionPoints = lists
        authorityInfoAccess = OCSP;URI:{Address}/ocsp
        [lists]
        # Two ways to the same list, of which the first leads nowhere.
        fullname = URI:{Address}/gone, URI:{Address}/crl
        [ca]
        default_ca = station
        [station]
        dir = .
        database = index.txt
        new_certs_dir = .
        certificate = ca.pem
        private_key = ca.key
        crlnumber = crlnumber
        rand_serial = yes
        default_md = sha256
        default_crl_days = 1
        policy = anything
        preserve = yes
        unique_subject = no
        string_mask = utf8only
        x509_extensions = signer
        [anything]
        countryName = optional
        organizationName = optional
        organizationalUnitName = optional
        commonName = supplied
        serialNumber = optional
        [tsa]
        default_tsa = stamps
        [stamps]
        serial = tsaserial
        crypto_device = builtin
        signer_digest = sha256
        default_policy = 1.2.3.4.1
        digests = sha256
        accuracy = secs:1
        ordering = no
        tsa_name = no
        ess_cert_id_chain = no
        ess_cert_id_alg = sha256
        """;
}
