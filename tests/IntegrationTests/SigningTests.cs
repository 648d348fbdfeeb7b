using System.Globalization;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Harness;
using IntegrationTests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Modules.Signing;
using Modules.Signing.Contracts;
using Platform.Storage;
using Xunit;

namespace IntegrationTests;

/// <summary>Signatures, certificates and timestamps of the built-in authority, judged by the openssl program and by the product.</summary>
public sealed class SigningTests(FreshServer shared) : IClassFixture<FreshServer>, IAsyncLifetime
{
    private const string Station = "hangzhou";
    private static readonly byte[] Content = [.. "{\"hb\":\"135\",\"unit\":\"g/L\"}"u8];
    private readonly OpenSsl _openssl = new();
    private SigningDesk _desk = null!;

    public async Task InitializeAsync()
    {
        _desk = await SigningDesk.OpenAsync(shared.Server);
        await shared.Staff.AtAsync(Station, "jd01");
    }

    public async Task DisposeAsync()
    {
        await _desk.DisposeAsync();
        _openssl.Dispose();
    }

    [Theory]
    [InlineData("donor")]
    [InlineData("staff")]
    public async Task Given_an_act_When_signed_Then_openssl_and_the_product_accept_it(string who)
    {
        var (certificate, signature) = await SignAsync(who);
        var verdict = _desk.Check(signature.Cms!, Content, await _desk.TrustAsync(Station, certificate));

        Assert.Contains("CAdES Verification successful", await VerifyCmsAsync(signature.Cms!, Content), StringComparison.Ordinal);
        Assert.Contains("Verification: OK", await VerifyStampAsync(signature.Cms!), StringComparison.Ordinal);
        Assert.Empty(verdict.Faults);
        Assert.Equal(signature.StampedAt, verdict.StampedAt);
        Assert.StartsWith(who == "donor" ? "idh:" : "staff:", verdict.SignerId, StringComparison.Ordinal);
        Assert.Equal(who == "donor" ? "张测试" : "登记员甲", verdict.Signer);
    }

    [Fact]
    public async Task Given_a_signature_When_one_byte_of_content_or_signature_differs_Then_openssl_and_the_product_refuse_it()
    {
        var (certificate, signature) = await SignAsync("staff");
        var trust = await _desk.TrustAsync(Station, certificate);
        var (other, broken) = (Content.ToArray(), signature.Cms!.ToArray());
        other[5] ^= 1;
        var message = new SignedCms();
        message.Decode(broken);
        broken[broken.AsSpan().IndexOf(message.SignerInfos[0].GetSignature()) + 20] ^= 1;

        Assert.Contains("verification failure", await VerifyCmsAsync(signature.Cms!, other), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("内容与签名时不一致，已被改动。", _desk.Check(signature.Cms!, other, trust).Faults);
        Assert.DoesNotContain("CAdES Verification successful", await VerifyCmsAsync(broken, Content), StringComparison.Ordinal);
        Assert.Contains("签名值不是该证书的密钥所签。", _desk.Check(broken, Content, trust).Faults);
        Assert.DoesNotContain("Verification: OK", await VerifyStampAsync(broken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_certificates_of_both_kinds_When_looked_at_Then_they_last_as_long_as_they_may_and_say_what_they_are_for()
    {
        using var donor = X509CertificateLoader.LoadCertificate((await SignAsync("donor")).Certificate);
        using var staff = X509CertificateLoader.LoadCertificate((await SignAsync("staff")).Certificate);
        var words = await _openssl.DoAsync("x509", "-in", _openssl.Certificate("donor.pem", donor.RawData), "-noout", "-text", "-nameopt", "utf8,sep_comma_plus");

        Assert.Equal(TimeSpan.FromHours(24), donor.NotAfter - donor.NotBefore);
        Assert.Equal(TimeSpan.FromDays(365), staff.NotAfter - staff.NotBefore);
        Assert.Contains("C=CN,O=杭州血站（演示）,OU=测试用，不具法律效力,CN=张测试,serialNumber=idh:", words, StringComparison.Ordinal);
        Assert.Contains($"URI:{shared.Server.Address}hangzhou/pki/crl", words, StringComparison.Ordinal);
        Assert.Contains("ASN1 OID: prime256v1", words, StringComparison.Ordinal);
        Assert.DoesNotContain(SigningDesk.Donor, words, StringComparison.Ordinal);
        Assert.NotEqual(donor.SerialNumber, (X509CertificateLoader.LoadCertificate((await SignAsync("donor")).Certificate)).SerialNumber);
    }

    [Fact]
    public async Task Given_an_act_of_a_donor_When_it_is_over_Then_the_certificate_is_on_record_and_no_key_is()
    {
        var database = new Database(shared.Server, Station);
        var (before, keys) = (await database.CountAsync("ca_certificates"), await database.CountAsync("staff_keys"));
        var (certificate, _) = await SignAsync("donor");
        using var donor = X509CertificateLoader.LoadCertificate(certificate);

        Assert.Equal((before + 1, keys), (await database.CountAsync("ca_certificates"), await database.CountAsync("staff_keys")));
        Assert.Equal("OneAct", (await database.RowsAsync($"SELECT \"Profile\" FROM ca_certificates WHERE \"Serial\" = '{donor.SerialNumber}'"))[0][0]);
        Assert.NotNull(await database.RefusalAsync($"DELETE FROM ca_certificates WHERE \"Serial\" = '{donor.SerialNumber}'"));
    }

    [Fact]
    public async Task Given_a_revoked_certificate_When_openssl_asks_list_and_responder_Then_both_say_so_and_it_signs_no_more()
    {
        var nurse = await shared.Staff.AtAsync(Station, "rh01");
        var (certificate, signature) = await _desk.StaffSignsAsync(Station, "rh01", Content);
        var (leaf, ca) = (_openssl.Certificate("leaf.pem", certificate), await FetchAsync("/pki/ca.cer", "ca.pem"));
        Assert.Equal("OK", await VerifyAsync(leaf));
        Assert.Contains("leaf.pem: good", await AskAsync(leaf, ca), StringComparison.Ordinal);

        await nurse.GetAsync("/signing");
        Assert.Equal((422, true), await Shown(nurse.PostAsync("/signing/revoke", ("reason", ""), ("revoke-pin", Staff.Pin)), "必填，请选择"));
        Assert.Equal((422, true), await Shown(nurse.PostAsync("/signing/revoke", ("reason", "known"), ("revoke-pin", "000000")), "还可试 4 次"));
        var before = DateTimeOffset.UtcNow;
        Assert.Equal("/hangzhou/signing?done=revoke", (await nurse.PostAsync("/signing/revoke", ("reason", "known"), ("revoke-pin", Staff.Pin))).Location);

        Assert.Contains("certificate revoked", await VerifyAsync(leaf), StringComparison.Ordinal);
        var said = await AskAsync(leaf, ca);
        Assert.Contains("leaf.pem: revoked", said, StringComparison.Ordinal);
        Assert.True(RevokedAt(said) > before, "what was signed before the revocation is not taken in by it");
        Assert.Equal(SigningFaultKind.NoCertificate, (await _desk.StaffFaultAsync(Station, "rh01", Staff.Pin))!.Kind);
        Assert.True((await nurse.GetAsync("/worklist")).Has("您还没有签名证书"), "the worklist tells its owner");
        Assert.Empty(_desk.Check(signature.Cms!, Content, await _desk.TrustAsync(Station, certificate)).Faults);

        await nurse.GetAsync("/signing");
        Assert.Equal("/hangzhou/signing?done=apply", (await nurse.PostAsync("/signing/apply", ("apply-pin", Staff.Pin))).Location);
        Assert.Null(await _desk.StaffFaultAsync(Station, "rh01", Staff.Pin));
    }

    [Fact]
    public async Task Given_the_authoritys_own_certificates_When_openssl_asks_for_their_state_Then_those_that_name_the_responder_are_good_and_the_issuers_names_none()
    {
        var ca = await FetchAsync("/pki/ca.cer", "ca.pem");
        var keys = await KeysAsync(Station);
        foreach (var role in new[] { "timestamps", "ocsp" })
        {
            var own = _openssl.Certificate(role + ".pem", keys[role]);
            Assert.Equal($"{shared.Server.Address}hangzhou/pki/ocsp", (await _openssl.DoAsync("x509", "-in", own, "-noout", "-ocsp_uri")).Trim());
            Assert.Contains(own + ": good", await AskAsync(own, ca), StringComparison.Ordinal);
        }
        Assert.Equal("", (await _openssl.DoAsync("x509", "-in", ca, "-noout", "-ocsp_uri")).Trim());
        Assert.Contains($"URI:{shared.Server.Address}hangzhou/pki/root.cer", await _openssl.DoAsync("x509", "-in", ca, "-noout", "-text"), StringComparison.Ordinal);
        using var stranger = X509CertificateLoader.LoadCertificate((await KeysAsync("shaoxing"))["timestamps"]);
        var said = (await _openssl.RunAsync("ocsp", "-issuer", ca, "-serial", "0x" + stranger.SerialNumber, "-url", $"{shared.Server.Address}hangzhou/pki/ocsp", "-CAfile", await RootAsync(), "-verify_other", ca)).Said;
        Assert.True(said.Contains("Response verify OK", StringComparison.Ordinal) && said.Contains(stranger.SerialNumber + ": unknown", StringComparison.OrdinalIgnoreCase), said);
    }

    private Task<Dictionary<string, byte[]>> KeysAsync(string station) => _desk.AtAsync(station, services => services.GetRequiredService<Store>().Set<AuthorityKey>().ToDictionaryAsync(k => k.Role, k => k.Certificate));

    [Fact]
    public async Task Given_a_query_of_openssl_When_posted_by_curl_Then_the_reply_verifies_and_one_for_other_data_does_not()
    {
        _openssl.File("data.bin", Content);
        _openssl.File("other.bin", [1, 2, 3]);
        await _openssl.DoAsync("ts", "-query", "-data", "data.bin", "-sha256", "-cert", "-out", "query.tsq");
        var curl = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("curl",
            ["-s", "-H", "Content-Type: application/timestamp-query", "--data-binary", "@query.tsq", "-o", "reply.tsr", "-w", "%{content_type}", $"{shared.Server.Address}hangzhou/pki/tsa"]) { WorkingDirectory = _openssl.Folder, RedirectStandardOutput = true })!;
        Assert.Equal("application/timestamp-reply", await curl.StandardOutput.ReadToEndAsync());
        string[] trust = ["-CAfile", await RootAsync(), "-untrusted", await FetchAsync("/pki/ca.cer", "ca.pem")];

        Assert.Contains("Verification: OK", (await _openssl.RunAsync(["ts", "-verify", "-queryfile", "query.tsq", "-in", "reply.tsr", .. trust])).Said, StringComparison.Ordinal);
        Assert.Contains("Verification: FAILED", (await _openssl.RunAsync(["ts", "-verify", "-data", "other.bin", "-in", "reply.tsr", .. trust])).Said, StringComparison.Ordinal);
        await _openssl.DoAsync("ts", "-query", "-data", "data.bin", "-sha1", "-out", "weak.tsq");
        using var http = new HttpClient();
        using var answer = await http.PostAsync($"{shared.Server.Address}hangzhou/pki/tsa", new ByteArrayContent(_openssl.Bytes("weak.tsq")));
        Assert.Contains("unrecognized or unsupported algorithm", await ReplyAsync(await answer.Content.ReadAsByteArrayAsync()), StringComparison.Ordinal);
        using var nonsense = await http.PostAsync($"{shared.Server.Address}hangzhou/pki/tsa", new ByteArrayContent([1, 2, 3]));
        Assert.Contains("data submitted has the wrong format", await ReplyAsync(await nonsense.Content.ReadAsByteArrayAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_another_station_When_its_root_judges_Then_the_signature_is_not_of_a_trusted_authority()
    {
        var (_, signature) = await SignAsync("donor");

        var verdict = _desk.Check(signature.Cms!, Content, await _desk.TrustAsync("shaoxing"));

        Assert.Contains("签名证书不是由受信任的机构签发。", verdict.Faults);
        Assert.Contains("时间戳的证书不是由受信任的机构签发。", verdict.Faults);
    }

    [Fact]
    public async Task Given_a_wrong_pin_When_a_key_is_opened_Then_it_stays_shut() =>
        Assert.Equal(SigningFaultKind.WrongPin, (await _desk.StaffFaultAsync(Station, "jd01", "246802"))!.Kind);

    [Fact]
    public async Task Given_a_station_without_electronic_signatures_When_a_pin_is_chosen_Then_there_is_no_certificate_and_no_notice()
    {
        var nurse = await shared.Staff.AtAsync("shaoxing", "hs01");
        await nurse.GetAsync("/signing");

        Assert.Equal(SigningFaultKind.NoCertificate, (await _desk.StaffFaultAsync("shaoxing", "hs01", Staff.Pin))!.Kind);
        Assert.False((await nurse.GetAsync("/worklist")).Has("签名证书"));
        Assert.Equal((422, true), await Shown(nurse.PostAsync("/signing/apply", ("apply-pin", Staff.Pin)), "没有启用电子签名"));
    }

    private static async Task<(int, bool)> Shown(Task<Answer> answer, string words) => ((await answer).Status, (await answer).Has(words));

    private async Task<string> ReplyAsync(byte[] reply) => (await _openssl.RunAsync("ts", "-reply", "-in", _openssl.File("refusal.tsr", reply), "-text")).Said;

    /// <summary>What openssl verify says of a certificate, with the served list: OK, or why not.</summary>
    private async Task<string> VerifyAsync(string leaf)
    {
        _openssl.File("list.der", (await shared.Staff.Stranger(Station).GetAsync("/pki/crl")).Bytes);
        await _openssl.DoAsync("crl", "-inform", "DER", "-in", "list.der", "-out", "list.pem");
        var (exit, said) = await _openssl.RunAsync("verify", "-crl_check", "-CRLfile", "list.pem", "-CAfile", await RootAsync(), "-untrusted", await FetchAsync("/pki/ca.cer", "ca.pem"), leaf);
        return exit == 0 ? "OK" : said;
    }

    /// <summary>What openssl ocsp hears by POST and, the same words, by GET.</summary>
    private async Task<string> AskAsync(string leaf, string ca)
    {
        var said = (await _openssl.RunAsync("ocsp", "-issuer", ca, "-cert", leaf, "-url", $"{shared.Server.Address}hangzhou/pki/ocsp", "-CAfile", await RootAsync(), "-verify_other", ca, "-reqout", "ask.der")).Said;
        Assert.True(said.Contains("Response verify OK", StringComparison.Ordinal), said);
        var byGet = (await shared.Staff.Stranger(Station).GetAsync("/pki/ocsp/" + Uri.EscapeDataString(Convert.ToBase64String(_openssl.Bytes("ask.der"))))).Bytes;
        var again = await _openssl.RunAsync("ocsp", "-respin", _openssl.File("say.der", byGet), "-no_nonce", "-issuer", ca, "-cert", leaf, "-CAfile", await RootAsync(), "-verify_other", ca);
        Assert.Contains(said.Split('\n').First(l => l.Contains(leaf, StringComparison.Ordinal)), again.Said, StringComparison.Ordinal);
        return said;
    }

    private async Task<(byte[] Certificate, ContentSignature Signature)> SignAsync(string who) =>
        who == "donor" ? await _desk.DonorSignsAsync(Station, Content) : await _desk.StaffSignsAsync(Station, "jd01", Content);

    private async Task<string> VerifyCmsAsync(byte[] cms, byte[] content) => (await _openssl.RunAsync(
        "cms", "-verify", "-cades", "-inform", "DER", "-in", _openssl.File("signature.der", cms), "-content", _openssl.File("content.json", content), "-binary", "-CAfile", await RootAsync(), "-out", "verified")).Said;

    private async Task<string> VerifyStampAsync(byte[] cms)
    {
        var message = new SignedCms();
        message.Decode(cms);
        var signer = message.SignerInfos[0];
        var token = signer.UnsignedAttributes.OfType<System.Security.Cryptography.CryptographicAttributeObject>().Single().Values[0].RawData;
        return (await _openssl.RunAsync("ts", "-verify", "-token_in", "-in", _openssl.File("token.der", token), "-data", _openssl.File("value.bin", signer.GetSignature()),
            "-CAfile", await RootAsync(), "-untrusted", await FetchAsync("/pki/ca.cer", "ca.pem"))).Said;
    }

    private static DateTimeOffset RevokedAt(string said) =>
        DateTimeOffset.ParseExact(Regex.Match(said, @"Revocation Time: (.+) GMT").Groups[1].Value, ["MMM d HH:mm:ss yyyy", "MMM  d HH:mm:ss yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private Task<string> RootAsync() => FetchAsync("/pki/root.cer", "root.pem");

    private async Task<string> FetchAsync(string path, string name) => _openssl.Certificate(name, (await shared.Staff.Stranger(Station).GetAsync(path)).Bytes);
}
