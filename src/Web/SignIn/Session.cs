using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Platform.Audit;
using Platform.People;
using Platform.Tenancy;

namespace Web.SignIn;

/// <summary>What a cookie is worth at this request: only in the tenant it was issued in, only while its session goes on and the account stands, with the rights of this moment.</summary>
internal static class Session
{
    public static void AddStaffSession(this IServiceCollection services)
    {
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "blood-station";
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.ExpireTimeSpan = StaffSession.Longest;
            options.SlidingExpiration = false;
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

    /// <summary>The ticket of a cookie: which session, in which tenant.</summary>
    public static ClaimsPrincipal Ticket(StaffSession session, string tenant) => new(new ClaimsIdentity(
        [new(PersonClaims.Session, session.Id.ToString()), new(PersonClaims.Tenant, tenant)], CookieAuthenticationDefaults.AuthenticationScheme));

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var (services, cancel) = (context.HttpContext.RequestServices, context.HttpContext.RequestAborted);
        var sessions = services.GetRequiredService<Sessions>();
        var here = context.Principal!.FindFirstValue(PersonClaims.Tenant) == services.GetRequiredService<TenantContext>().Current.Name;
        var found = Guid.TryParse(context.Principal!.FindFirstValue(PersonClaims.Session), out var id) && here ? await sessions.FindAsync(id, cancel) : null;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (found?.Over(now) is { } why)
        {
            await sessions.EndAsync(id, found.Person.Id, why, new Actor(found.Person.Id, found.Person.FullName));
            found = null;
        }
        if (found is null)
        {
            context.RejectPrincipal();
            return;
        }
        if (found.Stale(now)) await sessions.SeenAsync(found.Session, cancel);
        context.HttpContext.User = context.Principal = PrincipalOf(found, context.Principal!);
    }

    private static ClaimsPrincipal PrincipalOf(FoundSession found, ClaimsPrincipal ticket)
    {
        var identity = new ClaimsIdentity(ticket.Identity);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, found.Person.Id));
        identity.AddClaim(new Claim(ClaimTypes.Name, found.Person.UserName!));
        identity.AddClaim(new Claim(PersonClaims.FullName, found.Person.FullName));
        if (found.Person.MustChangePassword) identity.AddClaim(new Claim(PersonClaims.Unfinished, "password"));
        if (found.Person.PinHash is null) identity.AddClaim(new Claim(PersonClaims.Unfinished, "pin"));
        foreach (var permission in found.Permissions) identity.AddClaim(new Claim(PersonClaims.Permission, permission));
        return new ClaimsPrincipal(identity);
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
