using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using Platform.Audit;

namespace Platform.People;

/// <summary>One right, as recipes grant it to roles.</summary>
public sealed record Permission(string Code, string Title)
{
    /// <summary>Also a scope, by which another program has it.</summary>
    public bool ForPrograms { get; init; }
}

public static class PersonClaims
{
    public const string Permission = "permission";
    public const string Tenant = "tenant";
    public const string FullName = "full_name";

    /// <summary>Id of the session on the server.</summary>
    public const string Session = "session";

    /// <summary>Present while the person has to choose a PIN or a new password first.</summary>
    public const string Unfinished = "unfinished";

    public static bool Has(this ClaimsPrincipal person, string permission) => person.HasClaim(Permission, permission);
    public static string Id(this ClaimsPrincipal person) => person.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";
    /// <summary>Whoever is signed in; a program that shows its credentials is called as it calls itself.</summary>
    public static Actor Actor(this ClaimsPrincipal person)
    {
        if (person.Id() is { Length: > 0 } id) return new Actor(id, person.FullNameOf()) { Account = person.Identity?.Name };
        var program = "program:" + person.FindFirstValue("sub");
        return new Actor(program, person.FullNameOf() is { Length: > 0 } name ? name : program) { Kind = ActorKind.Client };
    }

    public static string FullNameOf(this ClaimsPrincipal person) => person.FindFirstValue(FullName) ?? person.Identity?.Name ?? "";
}

/// <summary>Policies are made from permission names; there is no list to forget an entry in.</summary>
public sealed class PermissionPolicies(IOptions<AuthorizationOptions> options) : DefaultAuthorizationPolicyProvider(options)
{
    internal const string Prefix = "permission:";

    public override async Task<AuthorizationPolicy?> GetPolicyAsync(string policyName)
    {
        if (!policyName.StartsWith(Prefix, StringComparison.Ordinal)) return await base.GetPolicyAsync(policyName);
        return new AuthorizationPolicyBuilder()
            .RequireAuthenticatedUser()
            .RequireClaim(PersonClaims.Permission, policyName[Prefix.Length..])
            .Build();
    }
}

public static class PermissionEndpoints
{
    /// <summary>Authentication scheme of a token another program shows.</summary>
    public const string Token = "OpenIddict.Validation.AspNetCore";

    public static TBuilder RequirePermission<TBuilder>(this TBuilder endpoint, string permission) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(PermissionPolicies.Prefix + permission);

    /// <summary>The right counts only when it is shown in this way, whatever else the request carries.</summary>
    /// <param name="scheme">Authentication scheme.</param>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder endpoint, string permission, string scheme) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(new AuthorizeAttribute(PermissionPolicies.Prefix + permission) { AuthenticationSchemes = scheme });
}
