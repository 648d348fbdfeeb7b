using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Platform.People;

/// <summary>Gives roles to people and takes them away. What is written here stands in the caller's transaction.</summary>
public sealed class GiveRights(Store store, PinCheck pins, TimeProvider clock)
{
    private const string FirstSetUp = "首次装机（管理员不足两位）";

    public async Task<bool> ReadyAsync(CancellationToken cancel = default)
    {
        var able = await (
            from person in store.Users
            join membership in store.UserRoles on person.Id equals membership.UserId
            join claim in store.RoleClaims on membership.RoleId equals claim.RoleId
            where !person.Disabled && person.PinHash != null && (claim.ClaimValue == PeoplePermissions.Manage || claim.ClaimValue == PeoplePermissions.Approve)
            select new { person.Id, person.FullName, person.IdentityToken, claim.ClaimValue }).ToListAsync(cancel);
        return GivingRule.Ready([.. able.GroupBy(a => a.Id).Select(g => new RightsPerson(g.Key, g.First().FullName, g.First().IdentityToken, g.Select(a => a.ClaimValue!).ToHashSet()))]);
    }

    /// <summary>Proves a giver by PIN.</summary>
    public async Task<(RightsPerson? Person, string? Error)> ProveAsync(string? account, string? pin, Actor by, CancellationToken cancel = default)
    {
        var (proven, error) = await pins.ProveAsync(account, pin, by, cancel);
        return proven is null ? (null, error) : (await OfAsync(proven.Id, cancel), null);
    }

    public async Task<RightsPerson> OfAsync(string personId, CancellationToken cancel = default)
    {
        var person = await store.Users.AsNoTracking().SingleAsync(p => p.Id == personId, cancel);
        return new RightsPerson(person.Id, person.FullName, person.IdentityToken, await pins.PermissionsAsync(personId, cancel));
    }

    /// <returns>Why not, zh-CN; null when all of them may be given.</returns>
    public async Task<string?> RefusalAsync(Givers by, RightsPerson receiver, IReadOnlyList<Role> roles, CancellationToken cancel = default)
    {
        // Read before it is judged: who is given another role meanwhile makes this one's write fail.
        await store.Users.FirstOrDefaultAsync(p => p.Id == receiver.Id, cancel);
        var has = from membership in store.UserRoles
                  join person in store.Users on membership.UserId equals person.Id
                  join role in store.Roles on membership.RoleId equals role.Id
                  where person.Id == receiver.Id || (receiver.Token != null && person.IdentityToken == receiver.Token && !person.Disabled)
                  select role;
        return GivingRule.Refusal(by, receiver, await ReadyAsync(cancel)) ?? GivingRule.Apart([.. await has.AsNoTracking().ToListAsync(cancel), .. roles]);
    }

    /// <summary>Writes a membership that <see cref="RefusalAsync"/> allows.</summary>
    public void Give(string personId, Role role, Givers by)
    {
        if (store.Users.Local.FirstOrDefault(p => p.Id == personId) is { } person) person.ConcurrencyStamp = Guid.NewGuid().ToString();
        store.Add(new IdentityUserRole<string> { UserId = personId, RoleId = role.Id });
        store.Add(ActorOf(by).Did("授予岗位", "person:" + personId, clock.GetUtcNow(), new AuditChange(New: role.DisplayName, Reason: by.First is null ? FirstSetUp : "批准人 " + by.Second!.FullName)));
    }

    public async Task TakeAsync(string personId, Role role, string reason, Actor by)
    {
        await store.UserRoles.Where(m => m.UserId == personId && m.RoleId == role.Id).ExecuteDeleteAsync();
        store.Add(by.Did("取消岗位", "person:" + personId, clock.GetUtcNow(), new AuditChange(Old: role.DisplayName, Reason: reason)));
    }

    public static Actor ActorOf(Givers by) => by.First is { } first ? new Actor(first.Id, first.FullName) : Actor.Operator;
}
