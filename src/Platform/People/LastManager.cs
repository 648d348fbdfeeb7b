using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Platform.People;

/// <summary>A tenant always has somebody who can manage its people.</summary>
internal static class LastManager
{
    public const string Refusal = "至少要有一位能管理人员账号的人，请先让另一人担任";

    /// <summary>Whether without this person, or without this role of his, nobody could manage people. Asked in the transaction that takes it: two who take it from each other at once
    /// both write the roles it comes from, and the second's write fails.</summary>
    public static async Task<bool> IsAsync(Store store, string personId, string? roleId = null)
    {
        var roles = await store.Roles.Where(r => store.RoleClaims.Any(c => c.RoleId == r.Id && c.ClaimValue == PeoplePermissions.Manage)).ToListAsync();
        var managing = roles.Select(r => r.Id).ToList();
        var members = store.UserRoles.Where(m => managing.Contains(m.RoleId) && store.Users.Any(p => p.Id == m.UserId && !p.Disabled));
        if (!await members.AnyAsync(m => m.UserId == personId && (roleId == null || m.RoleId == roleId))) return false;
        foreach (var role in roles) role.ConcurrencyStamp = Guid.NewGuid().ToString();
        return !await members.AnyAsync(m => m.UserId != personId || (roleId != null && m.RoleId != roleId));
    }
}
