using Microsoft.EntityFrameworkCore;
using Platform.Pages;
using Platform.Storage;

namespace Platform.People;

/// <param name="State">正常, 已停用, 未设置 PIN, PIN 已锁定.</param>
public sealed record PersonRow(string Id, string Account, string FullName, IReadOnlyList<string> Roles, string State, DateTimeOffset? LastSignIn);

/// <param name="Sort">One of <see cref="PeopleList.Sorts"/>, with <c>-</c> in front from the end.</param>
public sealed record PeopleQuery(string Search, string Sort, int? Page);

/// <summary>The people of a tenant, page by page.</summary>
public sealed class PeopleList(Store store, PeopleBook book)
{
    public static IReadOnlyList<string> Sorts { get; } = ["account", "name", "state", "seen"];

    public async Task<Paged<PersonRow>> PageAsync(PeopleQuery query, CancellationToken cancel = default)
    {
        var found = store.Users.AsNoTracking();
        var (search, upper) = (query.Search, query.Search.ToUpperInvariant());
        if (search.Length > 0) found = found.Where(p => p.NormalizedUserName!.Contains(upper) || p.FullName.Contains(search));
        var page = await Sorted(found, query.Sort).Select(p => new PersonSeen(p, Sessions.Where(s => s.PersonId == p.Id).Max(s => (DateTimeOffset?)s.StartedAt))).PageAsync(query.Page, cancel);
        var (roles, locked) = (await RolesAsync([.. page.Items.Select(i => i.Person.Id)], cancel), await book.LockedAsync(cancel));
        return page.With<PersonRow>([.. page.Items.Select(i => new PersonRow(i.Person.Id, i.Person.UserName!, i.Person.FullName, [.. roles[i.Person.Id].Select(r => r.DisplayName)], StateOf(i.Person, locked), i.SignedIn))]);
    }

    public static string StateOf(Person person, IReadOnlySet<string> locked) =>
        person.Disabled ? "已停用" : locked.Contains(person.Id) ? "PIN 已锁定" : person.PinHash is null ? "未设置 PIN" : "正常";

    /// <summary>Roles of each of these people, by title.</summary>
    public async Task<ILookup<string, Role>> RolesAsync(IReadOnlyList<string> people, CancellationToken cancel = default) => (await (
        from membership in store.UserRoles
        join role in store.Roles on membership.RoleId equals role.Id
        where people.Contains(membership.UserId)
        orderby role.DisplayName
        select new { membership.UserId, role }).ToListAsync(cancel)).ToLookup(m => m.UserId, m => m.role);

    private sealed record PersonSeen(Person Person, DateTimeOffset? SignedIn);

    private IQueryable<Person> Sorted(IQueryable<Person> people, string sort)
    {
        var (by, back) = (sort.TrimStart('-'), sort.StartsWith('-'));
        var sorted = by switch
        {
            "name" => back ? people.OrderByDescending(p => p.FullName) : people.OrderBy(p => p.FullName),
            "state" => back ? people.OrderByDescending(p => p.Disabled).ThenBy(p => p.PinHash != null) : people.OrderBy(p => p.Disabled).ThenBy(p => p.PinHash == null),
            "seen" => back ? people.OrderByDescending(p => Sessions.Any(s => s.PersonId == p.Id)).ThenByDescending(p => Sessions.Where(s => s.PersonId == p.Id).Max(s => (DateTimeOffset?)s.StartedAt))
                : people.OrderBy(p => Sessions.Any(s => s.PersonId == p.Id)).ThenBy(p => Sessions.Where(s => s.PersonId == p.Id).Max(s => (DateTimeOffset?)s.StartedAt)),
            _ => back ? people.OrderByDescending(p => p.NormalizedUserName) : people.OrderBy(p => p.NormalizedUserName),
        };
        return sorted.ThenBy(p => p.NormalizedUserName);
    }

    private IQueryable<StaffSession> Sessions => store.Set<StaffSession>();
}
