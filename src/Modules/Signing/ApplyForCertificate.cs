using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Signing.Contracts;
using Platform.People;
using Platform.Tenancy;

namespace Modules.Signing;

/// <summary>申请、更新: a new key and certificate for whoever is signed in, proved by the PIN that will open it.</summary>
internal sealed class ApplyForCertificate(StaffCertificates staff, PinCheck pins, StationClock station, ShowSigning page)
{
    public const string Form = "apply";
    private const string Pin = "apply-pin";

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(ShowSigning.Path + "/apply", (HttpContext http, ApplyForCertificate use, CancellationToken cancel) => use.HandleAsync(http, cancel))
            .RequireAuthorization().WithMetadata(new RequireAntiforgeryTokenAttribute());

    private async Task<IResult> HandleAsync(HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        return await RefusalAsync(http, form[Pin].ToString(), cancel) is { } error
            ? await page.ShowAsync(http, null, [new FieldError(Pin, "PIN", error)], Form, null, cancel)
            : Results.LocalRedirect($"{http.Request.PathBase}{ShowSigning.Path}?done={Form}");
    }

    private async Task<string?> RefusalAsync(HttpContext http, string pin, CancellationToken cancel)
    {
        if (await station.FeatureFromAsync(SigningSettings.Feature, cancel) is null) return "本站没有启用电子签名，不需要证书";
        if (await staff.CurrentAsync(http.User.Id(), cancel) is { } current && current.NotAfter - station.Now > StaffCertificates.RenewalWindow) return "您的证书有效，还不需要更新";
        var (person, error) = await pins.ProveAsync(http.User.Identity!.Name, pin, http.User.Actor(), cancel);
        if (person is null) return error;
        return await staff.ApplyAsync(new StaffSubject(person.Id, person.FullName), pin, cancel) is { } fault ? $"{fault.Message}，证书没有办成。{fault.Remedy}" : null;
    }
}
