using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Modules.Signing.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.SignIn;

public sealed record SignInModel(string UserName, string ReturnUrl, string? Error);

/// <param name="First">Whether the person has no PIN yet and must choose one.</param>
/// <param name="NoCertificate">Why the PIN is set but there is no signing certificate yet; null when nothing is missing.</param>
public sealed record PinModel(bool First, bool ChangePassword, string? Error, bool Done, string? NoCertificate = null);

/// <summary>登录、退出、设置 PIN.</summary>
internal static class SignInPages
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/sign-in", (string? returnUrl, IPages pages) => pages.Show(new SignInModel("", returnUrl ?? "", null))).AllowAnonymous();
        endpoints.MapPost("/sign-in", SignInAsync).AllowAnonymous().WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost("/sign-out", (Delegate)SignOutAsync).RequireAuthorization().WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapGet("/pin", (HttpContext http, IPages pages) => pages.Show(Model(http.User, null))).RequireAuthorization();
        endpoints.MapPost("/pin", SetPinAsync).RequireAuthorization().WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private static async Task<IResult> SignInAsync(HttpContext http, UserManager<Person> people, PasswordCheck passwords, TenantContext tenant, IPages pages)
    {
        var form = await http.Request.ReadFormAsync();
        var (account, returnUrl) = (form["userName"].ToString().Trim(), form["returnUrl"].ToString());
        var person = account.Any(char.IsControl) ? null : await people.FindByNameAsync(account);
        var error = await RefusalAsync(passwords, person, form["password"].ToString());
        if (error is not null) return pages.Show(new SignInModel(account, returnUrl, error), StatusCodes.Status422UnprocessableEntity);
        var identity = new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, person!.Id), new(ClaimTypes.Name, person.UserName!), new(PersonClaims.Tenant, tenant.Current.Name), new("stamp", person.SecurityStamp!)],
            CookieAuthenticationDefaults.AuthenticationScheme);
        await http.SignInAsync(new ClaimsPrincipal(identity));
        return Results.LocalRedirect(IsOwnAddress(returnUrl) ? returnUrl : http.Request.PathBase + "/");
    }

    /// <summary>A path of this site in plain ASCII, as the redirect to this page made it; anything else was typed by somebody.</summary>
    private static bool IsOwnAddress(string url) =>
        url.StartsWith('/') && RedirectHttpResult.IsLocalUrl(url) && url.All(c => c is > ' ' and < (char)127);

    /// <summary>The same sentence for an unknown account and a wrong password.</summary>
    private static async Task<string?> RefusalAsync(PasswordCheck passwords, Person? person, string password)
    {
        if (person is null || person.Disabled) return "工号或密码不正确";
        return await passwords.IsRightAsync(person, password) switch { true => null, false => "工号或密码不正确", null => PasswordCheck.Locked };
    }

    private static async Task<IResult> SignOutAsync(HttpContext http)
    {
        await http.SignOutAsync();
        return Results.LocalRedirect(http.Request.PathBase + "/sign-in");
    }

    private static async Task<IResult> SetPinAsync(
        HttpContext http, Store store, UserManager<Person> people, PasswordCheck passwords, PinHash hash, PinCheck pins, IStaffCertificates certificates, StationClock station, IPages pages)
    {
        var form = await http.Request.ReadFormAsync();
        var person = (await people.FindByIdAsync(http.User.Id()))!;
        var (first, pin) = (person.PinHash is null, form["pin"].ToString());
        var error = await PinRefusalAsync(passwords, pins, person, form);
        if (error is not null) return pages.Show(Model(http.User, error), StatusCodes.Status422UnprocessableEntity);
        if (!first) await certificates.RewrapAsync(person.Id, form["currentPin"].ToString(), pin);
        await using (var transaction = await StoreTransaction.BeginAsync(store))
        {
            person.PinHash = hash.Of(person, pin);
            person.PinFailures = 0;
            if (person.MustChangePassword)
            {
                person.PasswordHash = people.PasswordHasher.HashPassword(person, form["newPassword"].ToString());
                // Whoever came in with the password of before is out with it.
                person.SecurityStamp = Guid.NewGuid().ToString("N");
                person.MustChangePassword = false;
            }
            await people.UpdateAsync(person);
            await transaction.CommitAsync();
        }
        var signs = first && await station.FeatureFromAsync(SigningSettings.Feature) is not null;
        var fault = signs ? await certificates.ApplyAsync(new StaffSubject(person.Id, person.FullName), pin) : null;
        return fault is null && http.User.HasClaim(c => c.Type == PersonClaims.Unfinished) ? Results.LocalRedirect(http.Request.PathBase + "/")
            : pages.Show(new PinModel(false, false, null, true, fault?.Message));
    }

    private static async Task<string?> PinRefusalAsync(PasswordCheck passwords, PinCheck pins, Person person, IFormCollection form)
    {
        if (await passwords.IsRightAsync(person, form["password"].ToString()) is not { } right) return PasswordCheck.Locked;
        if (!right) return "密码不正确";
        if (person.MustChangePassword && (form["newPassword"].ToString().Length < 10 || form["newPassword"] == form["password"])) return "新密码至少 10 个字符，且不能与原密码相同";
        if (PinCheck.Weakness(form["pin"].ToString()) is { } weak) return weak;
        if (form["pin"] != form["pinAgain"]) return "两次输入的 PIN 不一致";
        return person.PinHash is null ? null : (await pins.ProveAsync(person.UserName, form["currentPin"])).Error is { } wrong ? "原 PIN：" + wrong : null;
    }

    private static PinModel Model(ClaimsPrincipal user, string? error) => new(
        user.HasClaim(PersonClaims.Unfinished, "pin"), user.HasClaim(PersonClaims.Unfinished, "password"), error, false);
}
