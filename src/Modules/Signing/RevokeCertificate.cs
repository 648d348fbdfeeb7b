using System.Security.Cryptography.X509Certificates;
using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Signing.Contracts;
using Platform.People;

namespace Modules.Signing;

/// <summary>吊销: by the person with the PIN, or by a manager; always with a reason.</summary>
internal sealed class RevokeCertificate(StaffCertificates staff, PinCheck pins, ShowSigning page)
{
    public const string Form = "revoke";
    private const string Pin = "revoke-pin";
    private const string Reason = "reason";

    /// <summary>The certificate is revoked here already; the authority has to hear of it.</summary>
    private const string Again = "again";

    private static readonly Dictionary<string, Revocation> Known = new(StringComparer.Ordinal)
    {
        ["known"] = new(X509RevocationReason.KeyCompromise, "PIN 或密钥可能已被他人知道"),
        ["left"] = new(X509RevocationReason.CessationOfOperation, "离开岗位，不再签名"),
        ["changed"] = new(X509RevocationReason.AffiliationChanged, "姓名或所在单位变更"),
    };

    public static IReadOnlyList<KeyValuePair<string, string>> Reasons { get; } = [.. Known.Select(r => KeyValuePair.Create(r.Key, r.Value.Words))];

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(ShowSigning.Path + "/revoke", (HttpContext http, RevokeCertificate use, CancellationToken cancel) => use.OwnAsync(http, cancel))
            .RequireAuthorization().WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost(ShowSigning.Path + "/people/{person}/revoke", (string person, HttpContext http, RevokeCertificate use, CancellationToken cancel) => use.OfAnotherAsync(person, http, cancel))
            .RequirePermission(SigningModule.Manage).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> OwnAsync(HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        if (!Known.TryGetValue(form[Reason].ToString(), out var why)) return await page.ShowAsync(http, null, [new FieldError("revoke-reason", "吊销原因", "必填，请选择")], Form, null, cancel);
        var (_, error) = await pins.ProveAsync(http.User.Identity!.Name, form[Pin], http.User.Actor(), cancel);
        if (error is not null) return await page.ShowAsync(http, null, [new FieldError(Pin, "PIN", error)], Form, null, cancel);
        return await RevokeAsync(http.User.Id(), why, Form, http, cancel);
    }

    private async Task<IResult> OfAnotherAsync(string person, HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        if (form[Again] == "true") return await DoneAsync(await staff.TellAsync(person, X509RevocationReason.Unspecified, cancel), person, http, cancel);
        return Known.TryGetValue(form[Reason].ToString(), out var why) ? await RevokeAsync(person, why, person, http, cancel)
            : await page.ShowAsync(http, null, [new FieldError("reason-" + person, "吊销原因", "必填，请选择")], person, null, cancel);
    }

    private async Task<IResult> RevokeAsync(string person, Revocation why, string form, HttpContext http, CancellationToken cancel) =>
        await DoneAsync(await staff.RevokeAsync(person, new StaffSubject(http.User.Id(), http.User.FullNameOf()), why, cancel), form, http, cancel);

    private async Task<IResult> DoneAsync(RevocationResult result, string form, HttpContext http, CancellationToken cancel) =>
        result.Fault is not null ? await page.ShowAsync(http, null, [new FieldError("revoke-reason", "吊销", result.Words!)], form, null, cancel)
            : result.Words is { } left ? await page.ShowAsync(http, null, [], null, null, cancel, left)
            : Results.LocalRedirect($"{http.Request.PathBase}{ShowSigning.Path}?done={Form}");
}
