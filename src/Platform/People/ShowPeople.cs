using Engine.Forms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Pages;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.People;

/// <param name="Typed">A new person as typed, when something is wrong with it.</param>
/// <param name="Made">Account and password of the person just added, shown this once.</param>
/// <param name="Ready">Whether two persons are there who can give rights.</param>
public sealed record PeopleModel(
    Paged<PersonRow> People, PeopleQuery Query, IReadOnlyList<Role> Roles, NewPerson? Typed, string? Second, (string Account, string Password)? Made, IReadOnlyList<FieldError> Errors, bool Ready, TimeZoneInfo TimeZone);

/// <param name="Made">The new password, shown this once.</param>
/// <param name="Act">What the errors belong to.</param>
public sealed record PersonModel(
    PersonRow Person, bool Self, bool Disabled, bool HasPin, bool SecondFactor, IReadOnlyList<Role> Has, IReadOnlyList<Role> May, IReadOnlyList<AuditEntry> History, bool Ready, TimeZoneInfo TimeZone)
{
    public string? Made { get; init; }
    public string? Left { get; init; }
    public string? Act { get; init; }
    public IReadOnlyList<FieldError> Errors { get; init; } = [];
}

/// <summary>人员: the list and one of its people.</summary>
public sealed class ShowPeople(Store store, PeopleList list, PeopleBook book, SecondFactors factors, GiveRights rights, StationClock station)
{
    public const string Path = "/config/people";
    private const int Shown = 30;
    private const int LongestSearch = 64;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, async (string? q, string? sort, int? page, ShowPeople use, IPages pages, CancellationToken cancel) => pages.Show(await use.ListAsync(QueryOf(q, sort, page), cancel)))
            .RequirePermission(PeoplePermissions.Manage);
        endpoints.MapGet(Path + "/{id}", async (string id, HttpContext http, ShowPeople use, IPages pages, CancellationToken cancel) => await use.ModelAsync(id, http.User.Id(), cancel) is { } model ? pages.Show(model) : pages.Refuse(NotHere)).RequirePermission(PeoplePermissions.Manage);
    }

    public async Task<PeopleModel> ListAsync(PeopleQuery query, CancellationToken cancel) => new(
        await list.PageAsync(query, cancel), query, await RolesAsync(cancel), null, null, null, [], await rights.ReadyAsync(cancel), (await station.SettingsAsync(cancel)).TimeZone);

    public static PeopleQuery QueryOf(string? search, string? sort, int? page)
    {
        var text = (search ?? "").Trim();
        return new PeopleQuery(text.Length > LongestSearch ? text[..LongestSearch] : text, PeopleList.Sorts.Contains(sort?.TrimStart('-')) ? sort! : PeopleList.Sorts[0], page);
    }

    /// <summary>Null when there is no such person.</summary>
    public async Task<PersonModel?> ModelAsync(string id, string viewer, CancellationToken cancel)
    {
        if (await store.Users.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancel) is not { } person) return null;
        var (has, locked) = ((await list.RolesAsync([id], cancel))[id].ToList(), await book.LockedAsync(cancel));
        var seen = await store.Set<StaffSession>().Where(s => s.PersonId == id).MaxAsync(s => (DateTimeOffset?)s.StartedAt, cancel);
        var history = await store.Set<AuditEntry>().AsNoTracking().Where(e => e.Subject == "person:" + id).OrderByDescending(e => e.Id).Take(Shown).ToListAsync(cancel);
        var row = new PersonRow(id, person.UserName!, person.FullName, [.. has.Select(r => r.DisplayName)], PeopleList.StateOf(person, locked), seen);
        return new PersonModel(row, id == viewer, person.Disabled, person.PinHash is not null, await factors.IsOnAsync(id, cancel),
            has, [.. (await RolesAsync(cancel)).Where(r => has.All(h => h.Id != r.Id))], history, await rights.ReadyAsync(cancel), (await station.SettingsAsync(cancel)).TimeZone);
    }

    public static Refusal NotHere { get; } = new(RefusalKind.NotFound, "没有这个人员账号", "请从人员列表中选择");

    private Task<List<Role>> RolesAsync(CancellationToken cancel) => store.Roles.AsNoTracking().OrderBy(r => r.DisplayName).ToListAsync(cancel);
}
