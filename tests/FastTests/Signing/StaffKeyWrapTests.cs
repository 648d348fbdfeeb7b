using System.Security.Cryptography;
using Modules.Signing;
using Platform.Storage;
using Platform.Tenancy;

namespace FastTests.Signing;

public sealed class StaffKeyWrapTests
{
    [Fact]
    public void Given_a_wrapped_key_When_opened_Then_only_pin_station_and_master_key_together_open_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var wrap = Of(1, "a");
        var (derivation, wrapped) = wrap.Wrap(key, "135790");

        Assert.Equal(key.ExportPkcs8PrivateKey(), wrap.Open(derivation, wrapped, "135790")!.ExportPkcs8PrivateKey());
        Assert.Null(wrap.Open(derivation, wrapped, "135791"));
        Assert.ThrowsAny<CryptographicException>(() => Of(1, "b").Open(derivation, wrapped, "135790"));
        Assert.ThrowsAny<CryptographicException>(() => Of(2, "a").Open(derivation, wrapped, "135790"));
        Assert.NotEqual(derivation, wrap.Wrap(key, "135790").Derivation);
    }

    private static StaffKeyWrap Of(byte master, string tenant)
    {
        var context = new TenantContext();
        context.Enter(new Tenant { Name = tenant, TenantId = tenant });
        return new StaffKeyWrap(MasterKey.Load("", Convert.ToBase64String(Enumerable.Repeat(master, 32).ToArray())), context);
    }
}
