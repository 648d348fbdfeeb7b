using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Modules.Archive;
using Platform.People;
using Platform.Tenancy;
using Xunit;

namespace FastTests.Archive;

/// <summary>A program's token names its station, whoever has found it good before.</summary>
public sealed class OwnStationTests
{
    [Theory]
    [InlineData("hangzhou", true)]
    [InlineData("shaoxing", false)]
    [InlineData("HANGZHOU", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task Given_a_token_of_a_station_When_the_archive_of_one_is_asked_Then_only_its_own_answers(string? tokenOf, bool answers)
    {
        var tenant = new TenantContext();
        tenant.Enter(new Tenant { Name = "hangzhou", TenantId = "1" });
        var http = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddSingleton(tenant).BuildServiceProvider(),
            User = new ClaimsPrincipal(new ClaimsIdentity(tokenOf is null ? [] : [new Claim(PersonClaims.Tenant, tokenOf)], "token")),
        };

        var result = await ArchiveApi.OwnStationAsync(EndpointFilterInvocationContext.Create(http), _ => ValueTask.FromResult<object?>("answer"));

        if (answers) Assert.Equal("answer", result);
        else Assert.Equal(StatusCodes.Status401Unauthorized, Assert.IsType<IStatusCodeHttpResult>(result, exactMatch: false).StatusCode);
    }
}
