using Microsoft.AspNetCore.Antiforgery;
using Platform.Pages;
using Platform.People;
using Platform.Tenancy;

namespace Web.SignIn;

/// <param name="Secret">The key to type into the device; null when none waits.</param>
/// <param name="Address">The same as a QR code holds it.</param>
public sealed record SecondFactorModel(bool On, string? Secret, string? Address, string? Error = null, string? Done = null);

/// <summary>动态验证码: a person lets a device show one-time codes, proved by password and first code, and takes it back, proved by password and code.</summary>
internal sealed class OwnSecondFactor(SecondFactors factors, PasswordCheck passwords, CodeCheck codes, Visitor visitor, StationClock station, IPages pages)
{
    public const string Path = "/second-factor";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, async (HttpContext http, SecondFactors factors, IPages pages) => pages.Show(new SecondFactorModel(await factors.IsOnAsync(http.User.Id()), null, null))).RequireAuthorization();
        endpoints.MapPost(Path, (HttpContext http, OwnSecondFactor use) => use.HandleAsync(http)).RequireAuthorization().WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> HandleAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        if (form["_act"] == "confirm") return await ConfirmAsync(http, form["code"].ToString());
        var on = await factors.IsOnAsync(http.User.Id());
        var (person, error) = await passwords.ProveAsync(http.User.Identity!.Name, form["password"].ToString(), visitor.Of(http));
        if (person is null) return Show(on, error);
        if (!on) return await factors.BeginAsync(person.Id) is { } key ? await KeyAsync(http, key, null) : Show(true);
        if (await codes.ErrorAsync(person, form["code"].ToString(), visitor.Of(http)) is { } wrong) return Show(true, wrong);
        await factors.EndAsync(http.User.Actor());
        return Show(false, done: "已停用动态验证码，下次登录不再询问");
    }

    private async Task<IResult> ConfirmAsync(HttpContext http, string code)
    {
        if (await factors.ConfirmAsync(http.User.Actor(), code)) return Show(true, done: "已启用动态验证码，下次登录时询问");
        return await factors.WaitingAsync(http.User.Id()) is { } key ? await KeyAsync(http, key, CodeCheck.Wrong) : Show(await factors.IsOnAsync(http.User.Id()), "没有等待确认的密钥，请重新开始");
    }

    private async Task<IResult> KeyAsync(HttpContext http, byte[] key, string? error)
    {
        var name = (await station.SettingsAsync(http.RequestAborted)).SiteName;
        return pages.Show(new SecondFactorModel(false, OneTimeCode.Text(key), OneTimeCode.Address(key, name, http.User.Identity!.Name!), error), error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private IResult Show(bool on, string? error = null, string? done = null) =>
        pages.Show(new SecondFactorModel(on, null, null, error, done), error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
}
