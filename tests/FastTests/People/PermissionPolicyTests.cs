using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Platform.People;
using Xunit;

namespace FastTests.People;

/// <summary>Whom an endpoint with a permission lets in.</summary>
public sealed class PermissionPolicyTests
{
    [Theory]
    [InlineData("staff", "collection.tests", true)]
    [InlineData("staff", "collection.tests archive.view", true)]
    [InlineData("staff", "archive.view", false)]
    [InlineData("staff", "collection.test", false)]
    [InlineData("staff", "COLLECTION.TESTS", false)]
    [InlineData("staff", "", false)]
    [InlineData("", "collection.tests", false)]
    public async Task Given_a_person_When_an_endpoint_asks_for_a_permission_Then_only_that_one_of_somebody_known_opens_it(
        string signedInBy, string has, bool opens)
    {
        var policy = await new PermissionPolicies(Options.Create(new AuthorizationOptions())).GetPolicyAsync("permission:collection.tests");
        var claims = has.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => new Claim(PersonClaims.Permission, p));
        var user = new ClaimsPrincipal(new ClaimsIdentity(claims, signedInBy.Length > 0 ? signedInBy : null));
        var context = new AuthorizationHandlerContext(policy!.Requirements, user, null);

        foreach (var requirement in policy.Requirements.Cast<IAuthorizationHandler>()) await requirement.HandleAsync(context);

        Assert.Equal(opens, context.HasSucceeded);
    }
}
