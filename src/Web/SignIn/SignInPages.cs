using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Audit;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.SignIn;

public sealed record SignInModel(string UserName, string ReturnUrl, string? Error);

/// <param name="Ticket">Who has proved a password a moment ago.</param>
public sealed record CodeModel(string Ticket, string ReturnUrl, string? Error);

/// <summary>What may stand between the password and the session.</summary>
internal sealed record SecondStep(SecondFactors Factors, CodeCheck Codes, SignInTicket Tickets);

/// <summary>登录、退出.</summary>
internal sealed class SignInPages(Begun begun, PasswordCheck passwords, Visitor visitor, Sessions sessions, SecondStep second, IPages pages)
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/sign-in", (string? returnUrl, IPages pages) => pages.Show(new SignInModel("", returnUrl ?? "", null))).AllowAnonymous();
        endpoints.MapPost("/sign-in", (HttpContext http, SignInPages use) => use.SignInAsync(http)).AllowAnonymous().WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost("/sign-in/code", (HttpContext http, SignInPages use) => use.CodeAsync(http)).AllowAnonymous().WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost("/sign-out", (HttpContext http, SignInPages use) => use.SignOutAsync(http)).RequireAuthorization().WithMetadata(new RequireAntiforgeryTokenAttribute());
        ChoosePin.Map(endpoints);
        OwnSecondFactor.Map(endpoints);
    }

    private async Task<IResult> SignInAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var (account, returnUrl) = (form["userName"].ToString().Trim(), form["returnUrl"].ToString());
        var (person, error) = await passwords.ProveAsync(account, form["password"].ToString(), visitor.Of(http));
        if (person is null) return pages.Show(new SignInModel(account, returnUrl, error), StatusCodes.Status422UnprocessableEntity);
        return await second.Factors.IsOnAsync(person.Id) ? pages.Show(new CodeModel(second.Tickets.Of(person), returnUrl, null)) : await BeginAsync(http, person, returnUrl);
    }

    private async Task<IResult> CodeAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var (ticket, returnUrl) = (form["ticket"].ToString(), form["returnUrl"].ToString());
        if (await second.Tickets.ReadAsync(ticket) is not { } person) return pages.Show(new SignInModel("", returnUrl, "登录已超时，请重新输入工号和密码"), StatusCodes.Status422UnprocessableEntity);
        return await second.Codes.ErrorAsync(person, form["code"].ToString(), visitor.Of(http)) is { } error ? pages.Show(new CodeModel(ticket, returnUrl, error), StatusCodes.Status422UnprocessableEntity)
            : await BeginAsync(http, person, returnUrl);
    }

    private async Task<IResult> BeginAsync(HttpContext http, Person person, string returnUrl)
    {
        await EndBeforeAsync(http);
        await http.SignInAsync(await begun.TicketAsync(person, visitor.Remembered(http)));
        return Results.LocalRedirect(IsOwnAddress(returnUrl) ? returnUrl : http.Request.PathBase + "/");
    }

    /// <summary>Whoever was signed in at this browser before is out.</summary>
    private async Task EndBeforeAsync(HttpContext http)
    {
        if (http.User.FindFirst(PersonClaims.Session) is { } before) await sessions.EndAsync(Guid.Parse(before.Value), http.User.Id(), "同一浏览器另行登录", http.User.Actor());
    }

    /// <summary>A path of this site in plain ASCII, as the redirect to this page made it; anything else was typed by somebody.</summary>
    private static bool IsOwnAddress(string url) =>
        url.StartsWith('/') && RedirectHttpResult.IsLocalUrl(url) && url.All(c => c is > ' ' and < (char)127);

    private async Task<IResult> SignOutAsync(HttpContext http)
    {
        await sessions.EndAsync(Guid.Parse(http.User.FindFirst(PersonClaims.Session)!.Value), http.User.Id(), "本人退出", http.User.Actor());
        await http.SignOutAsync();
        return Results.LocalRedirect(http.Request.PathBase + "/sign-in");
    }
}

/// <summary>Begins a session and says so in the audit.</summary>
internal sealed class Begun(Store store, Sessions sessions, TenantContext tenant)
{
    public async Task<System.Security.Claims.ClaimsPrincipal> TicketAsync(Person person, SignInFrom from)
    {
        await using var transaction = await StoreTransaction.BeginAsync(store);
        var session = sessions.Begin(person, from);
        store.Add(new Actor(person.Id, person.FullName).Did("登录", "person:" + person.Id, session.StartedAt, new AuditChange(New: "来自 " + from.Source)));
        await transaction.CommitAsync();
        return Session.Ticket(session, tenant.Current.Name);
    }
}
