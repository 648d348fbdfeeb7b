using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modules.Signing;
using Modules.Signing.BuiltIn;
using Platform.Storage;
using Platform.Tenancy;

namespace FastTests.Signing;

public sealed class AuthorityKeysTests
{
    private static readonly Tenant Station = new() { Name = "a", TenantId = "a" };
    private static readonly MasterKey Master = MasterKey.Load("", Convert.ToBase64String(new byte[32]));

    [Fact]
    public void Given_a_key_of_each_role_When_opened_to_serve_Then_every_one_does_but_the_roots()
    {
        var keys = new AuthorityKeys(null!, Master, null!, TimeProvider.System);

        foreach (var role in new[] { AuthorityRoles.Issuing, AuthorityRoles.Timestamps, AuthorityRoles.Ocsp })
        {
            using var opened = keys.Open(Station, RowOf(role));
            Assert.Equal(opened.Certificate.PublicKey.ExportSubjectPublicKeyInfo(), opened.Key.ExportSubjectPublicKeyInfo());
        }
        Assert.Throws<InvalidOperationException>(() => keys.Open(Station, RowOf(AuthorityRoles.Root)));
    }

    /// <summary>As the product keeps it.</summary>
    private static AuthorityKey RowOf(string role)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = CertificateForm.Sign(CertificateForm.AuthorityName("a", role), new PublicKey(key), CertificateForm.OfRoot(), null, key, TestAuthority.Start, TestAuthority.Start.AddYears(1));
        return new AuthorityKey { Role = role, Certificate = certificate.RawData, SealedKey = Cipher.Seal(Master.Derive($"pki:{role}:a"), key.ExportPkcs8PrivateKey()), CreatedAt = TestAuthority.Start };
    }
}
