using System.Security.Cryptography;
using Modules.Signing;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace FastTests.Signing;

public sealed class PinCostTests
{
    private static readonly PinCost Cheap = new(64, 1);
    private static readonly Person Somebody = new() { Id = "p1" };

    [Fact]
    public void Given_no_setting_When_a_pin_is_stored_Then_it_costs_the_floor_of_19_MiB_and_two_passes()
    {
        Assert.Equal(new PinCost(19 * 1024, 2), PinCost.Floor);
        Assert.StartsWith("argon2id:19456:2:", new PinDerivation(PinCost.Floor, PinCost.Floor).New(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, 1, true)]
    [InlineData(19 * 1024 - 1, 2, true)]
    [InlineData(19 * 1024, 1, true)]
    [InlineData(1024 * 1024, 1, true)]
    [InlineData(19 * 1024, 2, false)]
    [InlineData(20 * 1024, 3, false)]
    public void Given_a_cost_When_compared_with_the_floor_Then_less_memory_or_fewer_passes_is_below_it(long memory, long passes, bool below) =>
        Assert.Equal(below, new PinCost(memory, passes).IsBelow(PinCost.Floor));

    [Fact]
    public void Given_a_hash_and_a_key_made_below_the_floor_When_opened_where_it_holds_Then_neither_opens_and_both_are_told()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var stored = new Person { Id = Somebody.Id, PinHash = Hash(null).Of(Somebody, "135790") };
        var (derivation, wrapped) = Wrap(null).Wrap(key, "135790");

        Assert.True(Hash(null).Matches(Hash(null).Open(stored), "135790"));
        Assert.Throws<CheapPinException>(() => Hash(PinCost.Floor).Matches(Hash(PinCost.Floor).Open(stored), "135790"));
        Assert.Throws<CheapPinException>(() => Wrap(PinCost.Floor).Open(derivation, wrapped, "135790"));
        Assert.Equal((true, true, false, false), (Hash(PinCost.Floor).IsCheap(stored), Wrap(PinCost.Floor).IsCheap(derivation), Hash(null).IsCheap(stored), Wrap(null).IsCheap(derivation)));
    }

    [Fact]
    public void Given_a_stored_hash_When_it_is_anothers_or_of_another_key_or_unsealed_or_of_another_pin_Then_it_does_not_match()
    {
        var hash = Hash(null);
        var stored = hash.Of(Somebody, "135790");

        Assert.False(hash.Matches(hash.Open(new Person { Id = "p1", PinHash = stored }), "135791"));
        Assert.ThrowsAny<CryptographicException>(() => hash.Open(new Person { Id = "p2", PinHash = stored }));
        Assert.ThrowsAny<CryptographicException>(() => Hash(null, 2).Open(new Person { Id = "p1", PinHash = stored }));
        Assert.ThrowsAny<CryptographicException>(() => hash.Open(new Person { Id = "p1", PinHash = "argon2id:64:1:AAAA:AAAA" }));
        Assert.ThrowsAny<CryptographicException>(() => hash.Open(new Person { Id = "p1", PinHash = "v2:no base64" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("argon2id")]
    [InlineData("argon2id:64:1")]
    [InlineData("argon2id:64:1:%%%")]
    [InlineData("argon2id:64:1:AAAA")]
    [InlineData("argon2id:99999999999999999999:1:AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("argon2id:2097152:1:AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("argon2id:64:0:AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("scrypt:64:1:AAAAAAAAAAAAAAAAAAAAAA==")]
    public void Given_parameters_that_are_none_When_derived_Then_the_row_is_damaged_and_no_memory_is_taken(string derivation)
    {
        var thrown = Assert.ThrowsAny<CryptographicException>(() => new PinDerivation(Cheap, null).Derive(derivation, "135790"));
        Assert.IsNotType<CheapPinException>(thrown);
    }

    private static PinHash Hash(PinCost? floor, byte master = 1) => new(Master(master), Context(), new PinDerivation(Cheap, floor));

    private static StaffKeyWrap Wrap(PinCost? floor) => new(Master(1), Context(), new PinDerivation(Cheap, floor));

    private static MasterKey Master(byte value) => MasterKey.Load("", Convert.ToBase64String(Enumerable.Repeat(value, 32).ToArray()));

    private static TenantContext Context()
    {
        var context = new TenantContext();
        context.Enter(new Tenant { Name = "a", TenantId = "a" });
        return context;
    }
}
