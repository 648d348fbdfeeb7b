using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Platform.Pages;

namespace Platform.People;

/// <summary>What an administrator posts on the pages of people. Every act that takes something away wants a reason; every right that is given wants a second person.</summary>
public sealed class ChangePerson(AddPerson add, PeopleActs acts, GiveRights rights, ShowPeople show, IPages pages)
{
    public const string Reason = "reason";
    public const string Second = "second";
    public const string SecondPin = "pin-second";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(ShowPeople.Path, (HttpContext http, ChangePerson use, CancellationToken cancel) => use.AddAsync(http, cancel))
            .RequirePermission(PeoplePermissions.Manage).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost(ShowPeople.Path + "/{id}", (string id, HttpContext http, ChangePerson use, CancellationToken cancel) => use.ActAsync(id, http, cancel))
            .RequirePermission(PeoplePermissions.Manage).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> AddAsync(HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var typed = new NewPerson(form["account"].ToString().Trim(), form["name"].ToString().Trim(), form["idNumber"].ToString().Trim(), [.. form["role"].OfType<string>().Where(r => r.Length > 0).Distinct()]);
        var (by, error) = typed.Roles.Count == 0 ? (await FirstAsync(http, cancel), null) : await GiversAsync(http, form, cancel);
        var (added, errors) = error is null ? await add.RunAsync(typed, by!, cancel) : (null, [error]);
        var model = await show.ListAsync(ShowPeople.QueryOf(null, null, null), cancel);
        return added is not null ? pages.Show(model with { Made = (typed.Account, added.Password) })
            : pages.Show(model with { Typed = typed, Second = form[Second], Errors = errors }, StatusCodes.Status422UnprocessableEntity);
    }

    private async Task<IResult> ActAsync(string id, HttpContext http, CancellationToken cancel)
    {
        var (form, viewer) = (await http.Request.ReadFormAsync(cancel), http.User.Id());
        if (await show.ModelAsync(id, viewer, cancel) is not { } model) return pages.Refuse(ShowPeople.NotHere);
        var act = form["_act"].ToString();
        var done = act == PeopleActs.Give ? await GiveAsync(model, http, form, cancel) : await acts.RunAsync(model, new PersonPost(act, form["role"].ToString(), form[Reason].ToString().Trim()), http.User.Actor());
        if (done.Error is null && done.Made is null && done.Left is null) return Results.LocalRedirect($"{http.Request.PathBase}{ShowPeople.Path}/{Uri.EscapeDataString(id)}");
        var after = (await show.ModelAsync(id, viewer, cancel))! with { Act = act, Made = done.Made, Left = done.Left, Errors = done.Error is null ? [] : [done.Error] };
        return pages.Show(after, done.Error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private async Task<ActDone> GiveAsync(PersonModel model, HttpContext http, IFormCollection form, CancellationToken cancel)
    {
        if (model.May.FirstOrDefault(r => r.Name == form["role"]) is not { } role) return ActDone.No("role", "岗位", "必填，请选择此人还没有的岗位");
        var (by, error) = await GiversAsync(http, form, cancel);
        if (error is not null) return new ActDone(error);
        return await rights.RefusalAsync(by!, await rights.OfAsync(model.Person.Id, cancel), [role], cancel) is { } refusal ? ActDone.No(Second, "批准人", refusal)
            : await acts.GiveAsync(model.Person.Id, role, by!);
    }

    private async Task<Givers> FirstAsync(HttpContext http, CancellationToken cancel) => new(await rights.OfAsync(http.User.Id(), cancel), null);

    /// <summary>Whoever is signed in, and whoever typed account and PIN beside.</summary>
    private async Task<(Givers? By, FieldError? Error)> GiversAsync(HttpContext http, IFormCollection form, CancellationToken cancel)
    {
        var first = await FirstAsync(http, cancel);
        if (form[Second].ToString().Trim() is not { Length: > 0 } account) return (first, null);
        var (second, error) = await rights.ProveAsync(account, form[SecondPin], http.User.Actor(), cancel);
        return error is null ? (first with { Second = second }, null) : (null, new FieldError(Second, "批准人", error));
    }
}
