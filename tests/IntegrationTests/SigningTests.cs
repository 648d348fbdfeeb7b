using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Harness;
using IntegrationTests.Support;
using Modules.Signing.Contracts;
using Xunit;

namespace IntegrationTests;

/// <summary>Signatures, certificates and timestamps of the built-in authority, judged by the openssl program and by the product.</summary>
[Collection(SharedServer.Name)]
public sealed class SigningTests(SharedServer shared) : IAsyncLifetime
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

    private Task<string> RootAsync() => FetchAsync("/pki/root.cer", "root.pem");

    private async Task<string> FetchAsync(string path, string name) => _openssl.Certificate(name, (await shared.Staff.Stranger(Station).GetAsync(path)).Bytes);
}
