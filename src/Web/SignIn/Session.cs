using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.SignIn;

/// <summary>What a cookie is worth at this request: only in the tenant it was issued in, only while the account stands, with the rights of this moment.</summary>
internal static class Session
{
    public static void AddStaffSession(this IServiceCollection services)
    {
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "blood-station";
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.ExpireTimeSpan = TimeSpan.FromHours(12);
            options.LoginPath = "/sign-in";
            options.ReturnUrlParameter = "returnUrl";
            options.Events.OnValidatePrincipal = ValidateAsync;
            options.Events.OnRedirectToAccessDenied = context => Answer(context.HttpContext, StatusCodes.Status403Forbidden);
            options.Events.OnRedirectToLogin = context =>
            {
                if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) || HttpMethods.IsPost(context.Request.Method)) return Answer(context.HttpContext, StatusCodes.Status401Unauthorized);
                context.Response.Redirect(context.RedirectUri);
                return Task.CompletedTask;
            };
        });
        services.AddAuthorizationBuilder().SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
    }

    private static Task Answer(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var id = context.Principal!.Id();
        var store = services.GetRequiredService<Store>();
        var person = context.Principal!.FindFirstValue(PersonClaims.Tenant) != services.GetRequiredService<TenantContext>().Current.Name ? null
            : await store.Users.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id && !p.Disabled, context.HttpContext.RequestAborted);
        if (person is null || person.SecurityStamp != context.Principal!.FindFirstValue("stamp"))
        {
            context.RejectPrincipal();
            return;
        }
        var identity = new ClaimsIdentity(context.Principal!.Identity);
        identity.AddClaim(new Claim(PersonClaims.FullName, person.FullName));
        if (person.MustChangePassword) identity.AddClaim(new Claim(PersonClaims.Unfinished, "password"));
        if (person.PinHash is null) identity.AddClaim(new Claim(PersonClaims.Unfinished, "pin"));
        foreach (var permission in await services.GetRequiredService<PinCheck>().PermissionsAsync(id, context.HttpContext.RequestAborted))
            identity.AddClaim(new Claim(PersonClaims.Permission, permission));
        context.HttpContext.User = context.Principal = new ClaimsPrincipal(identity);
    }

    /// <summary>Until a PIN (and in production an own password) is chosen, only that page opens.</summary>
    public static async Task FinishFirstAsync(HttpContext http, RequestDelegate next)
    {
        var unfinished = http.User.HasClaim(c => c.Type == PersonClaims.Unfinished);
        if (!unfinished || http.Request.Path == "/pin" || http.Request.Path == "/sign-out") await next(http);
        else if (HttpMethods.IsGet(http.Request.Method)) http.Response.Redirect(http.Request.PathBase + "/pin");
        else http.Response.StatusCode = StatusCodes.Status403Forbidden;
    }
}
