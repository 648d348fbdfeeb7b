using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Platform.People;
using Platform.Publishing;

namespace Platform.Recipes;

/// <summary><c>Roles</c>: <c>{ "Roles": [ { "Name", "Description", "Permissions": […], "IdleMinutes": 30, "Apart": word } ] }</c>; a role's permissions become exactly those listed.</summary>
public sealed class RolesStep(RoleManager<Role> roles, IEnumerable<Permission> known) : IRecipeStep
{
    public string Name => "Roles";

    public async Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        foreach (var role in step.Parts("Roles"))
        {
            var (name, title, idle, apart) = (role.Text("Name"), role.Text("Description"), role.OptionalNumber("IdleMinutes", 1, 720), role.OptionalText("Apart"));
            var wanted = role.Texts("Permissions").Order(StringComparer.Ordinal).ToList();
            if (wanted.FirstOrDefault(p => known.All(k => k.Code != p)) is { } unknown)
                throw new DocumentException(plan.Recipe.File, $"{step.Path}.Roles[{name}]", $"没有权限 {unknown}，可用：{string.Join("、", known.Select(k => k.Code).Order(StringComparer.Ordinal))}");
            await PlanRoleAsync(plan, new WantedRole(name, title, idle, apart, wanted));
        }
    }

    private sealed record WantedRole(string Name, string Title, int? IdleMinutes, string? Apart, List<string> Permissions);

    private async Task PlanRoleAsync(RecipePlan plan, WantedRole wanted)
    {
        var role = await roles.FindByNameAsync(wanted.Name);
        var current = role is null ? [] : (await roles.GetClaimsAsync(role)).Select(c => c.Value).Order(StringComparer.Ordinal).ToList();
        if (role is not null && current.SequenceEqual(wanted.Permissions) && role.IdleMinutes == wanted.IdleMinutes && role.Apart == wanted.Apart) plan.Unchanged.Add($"角色 {wanted.Title}");
        else plan.Changes.Add(new PlannedChange(
            $"{(role is null ? "+" : "~")} 角色 {wanted.Title}\n    增加：{string.Join("、", wanted.Permissions.Except(current))}\n    删除：{string.Join("、", current.Except(wanted.Permissions))}"
                + (role?.IdleMinutes == wanted.IdleMinutes ? "" : $"\n    闲置退出：{wanted.IdleMinutes?.ToString() ?? "按默认"} 分钟")
                + (role?.Apart == wanted.Apart ? "" : $"\n    不能兼任的一组：{wanted.Apart ?? "无"}"),
            () => ApplyAsync(role, wanted, current)) { GivesRights = true });
    }

    private async Task ApplyAsync(Role? role, WantedRole wanted, List<string> current)
    {
        if (role is null)
        {
            role = new Role { Name = wanted.Name, DisplayName = wanted.Title, IdleMinutes = wanted.IdleMinutes, Apart = wanted.Apart };
            (await roles.CreateAsync(role)).OrThrow();
        }
        else if (role.IdleMinutes != wanted.IdleMinutes || role.Apart != wanted.Apart)
        {
            (role.IdleMinutes, role.Apart) = (wanted.IdleMinutes, wanted.Apart);
            (await roles.UpdateAsync(role)).OrThrow();
        }
        foreach (var code in current.Except(wanted.Permissions)) (await roles.RemoveClaimAsync(role, new Claim(PersonClaims.Permission, code))).OrThrow();
        foreach (var code in wanted.Permissions.Except(current)) (await roles.AddClaimAsync(role, new Claim(PersonClaims.Permission, code))).OrThrow();
    }
}

/// <summary><c>Users</c>: accounts for demonstrations, with a password made here, shown once to the operator and kept nowhere in clear.</summary>
public sealed class UsersStep(UserManager<Person> people, RoleManager<Role> roles) : IRecipeStep
{
    public string Name => "Users";

    public async Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        if (!plan.Demo) return;
        foreach (var user in step.Parts("Users"))
        {
            var account = user.Text("UserName");
            if (await people.FindByNameAsync(account) is not null)
            {
                plan.Unchanged.Add($"账号 {account}");
                continue;
            }
            var (name, memberships) = (user.Text("FullName"), user.Texts("RoleNames"));
            plan.Changes.Add(new PlannedChange($"+ 演示账号 {account}（{name}）", () => CreateAsync(plan, account, name, memberships)));
        }
    }

    private async Task CreateAsync(RecipePlan plan, string account, string name, IReadOnlyList<string> memberships)
    {
        var password = Environment.GetEnvironmentVariable("BLOODSTATION_DEMO_PASSWORD") ?? RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 12);
        var person = new Person { UserName = account, FullName = name, SecurityStamp = Guid.NewGuid().ToString("N") };
        (await people.CreateAsync(person, password)).OrThrow();
        foreach (var role in memberships)
        {
            if (!await roles.RoleExistsAsync(role)) throw new DocumentException(plan.Recipe.File, $"Users[{account}]", $"没有角色 {role}");
            (await people.AddToRoleAsync(person, role)).OrThrow();
        }
        plan.Announcements.Add($"{account,-16} {password,-14} {name}");
    }
}

internal static class IdentityResults
{
    public static void OrThrow(this IdentityResult result)
    {
        if (!result.Succeeded) throw new InvalidOperationException(string.Join("; ", result.Errors.Select(e => e.Description)));
    }
}
