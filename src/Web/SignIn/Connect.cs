using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using OpenIddict.Validation.AspNetCore;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;
using Web.Host;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Web.SignIn;

/// <summary>OAuth 2.0 and OpenID Connect for other programs of a station: authorization code with PKCE (RFC 6749, RFC 7636) and client credentials. One issuer per tenant.</summary>
internal static class Connect
{
    public static void AddConnect(this IServiceCollection services)
    {
        services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<Store>())
            .AddServer(server =>
            {
                server.SetTokenEndpointUris("connect/token").SetAuthorizationEndpointUris("connect/authorize").SetUserInfoEndpointUris("connect/userinfo");
                server.AllowClientCredentialsFlow().AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
                // A challenge that is the verifier itself protects nothing (RFC 9700 §2.1.1).
                server.Configure(options => options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain));
                server.RegisterScopes(Scopes.Profile);
                server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough().EnableUserInfoEndpointPassthrough()
                    .DisableTransportSecurityRequirement();
            })
            .AddValidation(validation =>
            {
                validation.UseLocalServer();
                validation.UseAspNetCore();
            });
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>, ConnectKeys>().AddSingleton<IConfigureOptions<OpenIddictServerOptions>, ConnectScopes>();
    }

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/connect/authorize", (Delegate)AuthorizeAsync).AllowAnonymous();
        endpoints.MapPost("/connect/token", (Delegate)TokenAsync).AllowAnonymous().DisableAntiforgery();
        endpoints.MapGet("/connect/userinfo", UserInfo).RequireAuthorization(policy => policy
            .AddAuthenticationSchemes(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme).RequireAuthenticatedUser());
    }

    private static async Task<IResult> AuthorizeAsync(HttpContext http)
    {
        var signedIn = await http.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        if (signedIn.Principal?.Identity?.IsAuthenticated != true)
            return Results.Challenge(new AuthenticationProperties { RedirectUri = http.Request.PathBase + http.Request.Path + http.Request.QueryString }, [CookieAuthenticationDefaults.AuthenticationScheme]);
        return Ticket(http, signedIn.Principal.Id(), signedIn.Principal.FullNameOf());
    }

    private static async Task<IResult> TokenAsync(HttpContext http)
    {
        var request = http.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType()) return Ticket(http, request.ClientId!, request.ClientId!);
        var code = await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        return Results.SignIn(code.Principal!, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static IResult UserInfo(ClaimsPrincipal user) => Results.Json(new Dictionary<string, string?>
    {
        [Claims.Subject] = user.GetClaim(Claims.Subject), [Claims.Name] = user.GetClaim(Claims.Name), [PersonClaims.Tenant] = user.GetClaim(PersonClaims.Tenant),
    });

    /// <summary>The tenant goes into the token, so that it is compared on every request like the one in the cookie.</summary>
    private static IResult Ticket(HttpContext http, string subject, string name)
    {
        var identity = new ClaimsIdentity(TokenValidationParameters.DefaultAuthenticationType, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, subject).SetClaim(Claims.Name, name)
            .SetClaim(PersonClaims.Tenant, http.RequestServices.GetRequiredService<TenantContext>().Current.Name);
        var scopes = http.GetOpenIddictServerRequest()!.GetScopes();
        identity.SetScopes(scopes);
        // A scope that is a right is one in the token; a person's rights stand in the cookie alone.
        if (http.GetOpenIddictServerRequest()!.IsClientCredentialsGrantType())
            identity.SetClaims(PersonClaims.Permission, [.. http.RequestServices.GetServices<Permission>().Where(p => p.ForPrograms && scopes.Contains(p.Code)).Select(p => p.Code)]);
        identity.SetDestinations(_ => [Destinations.AccessToken, Destinations.IdentityToken]);
        return Results.SignIn(new ClaimsPrincipal(identity), authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    /// <summary>Rights other programs may be given.</summary>
    private sealed class ConnectScopes(IEnumerable<Permission> permissions) : IConfigureOptions<OpenIddictServerOptions>
    {
        public void Configure(OpenIddictServerOptions options) => options.Scopes.UnionWith(permissions.Where(p => p.ForPrograms).Select(p => p.Code));
    }

    /// <summary>Signing and encryption keys from the host store and the master key, the same on every node and after every start.</summary>
    private sealed class ConnectKeys(HostKeys keys, MasterKey master) : IConfigureOptions<OpenIddictServerOptions>
    {
        public void Configure(OpenIddictServerOptions options)
        {
            var signing = new ECDsaSecurityKey(keys.Signing("connect-signing"));
            options.SigningCredentials.Add(new SigningCredentials(signing, SecurityAlgorithms.EcdsaSha256));
            options.EncryptionCredentials.Add(new EncryptingCredentials(
                new SymmetricSecurityKey(master.Derive("connect-encryption")), SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
        }
    }
}
