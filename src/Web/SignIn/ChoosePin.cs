using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Platform.Pages;
using Platform.People;
using Platform.Tenancy;

namespace Web.SignIn;

/// <param name="First">Whether the person has no PIN yet and must choose one.</param>
/// <param name="ChangePassword">Whether a new password has to be chosen.</param>
/// <param name="NoCertificate">Why the PIN is set but there is no signing certificate yet; null when nothing is missing.</param>
public sealed record PinModel(bool First, bool ChangePassword, string? Error, bool Done, string? NoCertificate = null);

/// <summary>设置、更换 PIN 和密码, proved by the password of now, and the PIN of now where there is one.</summary>
internal sealed class ChoosePin(PasswordCheck passwords, PinCheck pins, OwnSecrets secrets, Visitor visitor, TenantContext tenant, IPages pages)
{
    private const int ShortestPassword = 10;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/pin", (HttpContext http, IPages pages) => pages.Show(Model(http.User, null))).RequireAuthorization();
        endpoints.MapPost("/pin", (HttpContext http, ChoosePin use) => use.HandleAsync(http)).RequireAuthorization().WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> HandleAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var (proven, error) = await passwords.ProveAsync(http.User.Identity!.Name, form["password"].ToString(), visitor.Of(http));
        var chosen = new ChosenSecrets(Typed(form, "pin"), Typed(form, "currentPin"), Typed(form, "newPassword"));
        if (error is null) (chosen, error) = await FitAsync(proven!, chosen, form, http.User);
        if (error is not null) return pages.Show(Model(http.User, error), StatusCodes.Status422UnprocessableEntity);
        var session = await secrets.KeepAsync(http.User.Actor(), chosen, visitor.Of(http));
        if (session is not null) await http.SignInAsync(Session.Ticket(session, tenant.Current.Name));
        var fault = proven!.PinHash is null ? await secrets.CertifyAsync(http.User.Actor(), chosen.Pin!) : null;
        return fault is null && (session is not null || http.User.HasClaim(c => c.Type == PersonClaims.Unfinished)) ? Results.LocalRedirect(http.Request.PathBase + "/")
            : pages.Show(new PinModel(false, false, null, true, fault?.Message));
    }

    /// <summary>What of the typed is kept, or the sentence that says why nothing is.</summary>
    private async Task<(ChosenSecrets, string?)> FitAsync(Person person, ChosenSecrets typed, IFormCollection form, ClaimsPrincipal user)
    {
        var chosen = typed with { OldPin = person.PinHash is null || typed.Pin is null ? null : typed.OldPin };
        if (person.MustChangePassword && typed.Password is null || typed.Password is { } password && (password.Length < ShortestPassword || password == form["password"]))
            return (chosen, $"新密码至少 {ShortestPassword} 个字符，且不能与原密码相同");
        if (typed.Pin is null) return (chosen, person.PinHash is null || typed.Password is null ? "请输入新 PIN" : null);
        if (PinCheck.Weakness(typed.Pin) is { } weak) return (chosen, weak);
        if (typed.Pin != form["pinAgain"]) return (chosen, "两次输入的 PIN 不一致");
        return (chosen, person.PinHash is null ? null : (await pins.ProveAsync(person.UserName, typed.OldPin, user.Actor())).Error is { } wrong ? "原 PIN：" + wrong : null);
    }

    private static string? Typed(IFormCollection form, string name) => form[name].ToString() is { Length: > 0 } text ? text : null;

    private static PinModel Model(ClaimsPrincipal user, string? error) => new(
        user.HasClaim(PersonClaims.Unfinished, "pin"), user.HasClaim(PersonClaims.Unfinished, "password"), error, false);
}
