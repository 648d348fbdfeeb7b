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

    /// <returns>Why not, zh-CN; null when it may be given.</returns>
    public async Task<string?> RefusalAsync(Givers by, RightsPerson receiver, CancellationToken cancel = default) => GivingRule.Refusal(by, receiver, await ReadyAsync(cancel));

    /// <summary>Writes a membership that <see cref="RefusalAsync"/> allows.</summary>
    public void Give(string personId, Role role, Givers by)
    {
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
