using Platform.Storage;
using Platform.Tenancy;
using Xunit;

namespace FastTests.Storage;

/// <summary>On PostgreSQL a connection belongs to one tenant, and what is served owns nothing.</summary>
public sealed class ServingRoleTests
{
    [Theory]
    [InlineData(false, "SET search_path TO \"t_hangzhou\"; SET ROLE bloodstation_serving;")]
    [InlineData(true, "SET search_path TO \"t_hangzhou\";")]
    public void Given_a_tenant_When_its_store_is_opened_Then_only_a_migration_owns_its_tables(bool asOwner, string begins) =>
        Assert.Equal(begins, Stores.OnOpening(Stores.SchemaOf(new Tenant { Name = "Hangzhou", TenantId = "1" }), asOwner));

    [Fact]
    public void Given_two_tenants_When_opened_Then_neither_looks_into_the_others_schema() =>
        Assert.NotEqual(Stores.SchemaOf(new Tenant { Name = "a", TenantId = "1" }), Stores.SchemaOf(new Tenant { Name = "b", TenantId = "1" }));
}
