using System.Security.Cryptography;
using Modules.Signing;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Platform.People;
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

    /// <summary>Keys on file outlive the library that wrapped them.</summary>
    [Fact]
    public void Given_a_key_wrapped_by_another_implementation_of_argon2id_When_opened_Then_it_is_the_same_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] salt = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
        var (argon, inner) = (new Argon2BytesGenerator(), new byte[32]);
        argon.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id).WithVersion(Argon2Parameters.Version13).WithMemoryAsKB(19 * 1024).WithIterations(2).WithParallelism(1).WithSalt(salt).Build());
        argon.GenerateBytes("135790"u8.ToArray(), inner);
        var wrapped = Cipher.Seal(Master(1).Derive("staff-keys:a"), Cipher.Seal(inner, key.ExportPkcs8PrivateKey()));

        Assert.Equal(key.ExportPkcs8PrivateKey(), Of(1, "a").Open($"argon2id:19456:2:{Convert.ToBase64String(salt)}", wrapped, "135790")!.ExportPkcs8PrivateKey());
    }

    private static MasterKey Master(byte value) => MasterKey.Load("", Convert.ToBase64String(Enumerable.Repeat(value, 32).ToArray()));

    private static StaffKeyWrap Of(byte master, string tenant)
    {
        var context = new TenantContext();
        context.Enter(new Tenant { Name = tenant, TenantId = tenant });
        return new StaffKeyWrap(Master(master), context, new PinDerivation(PinCost.Floor, null));
    }
}
