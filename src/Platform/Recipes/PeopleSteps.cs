using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Platform.People;
using Platform.Publishing;

namespace Platform.Recipes;

/// <summary><c>Roles</c>: <c>{ "Roles": [ { "Name", "Description", "Permissions": […] } ] }</c>; a role's permissions become exactly those listed.</summary>
public sealed class RolesStep(RoleManager<Role> roles, IEnumerable<Permission> known) : IRecipeStep
{
    public string Name => "Roles";

    public async Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        foreach (var role in step.Parts("Roles"))
        {
            var (name, title) = (role.Text("Name"), role.Text("Description"));
            var wanted = role.Texts("Permissions").Order(StringComparer.Ordinal).ToList();
            if (wanted.FirstOrDefault(p => known.All(k => k.Code != p)) is { } unknown)
                throw new DocumentException(plan.Recipe.File, $"{step.Path}.Roles[{name}]", $"没有权限 {unknown}，可用：{string.Join("、", known.Select(k => k.Code).Order(StringComparer.Ordinal))}");
            await PlanRoleAsync(plan, name, title, wanted);
        }
    }

    private async Task PlanRoleAsync(RecipePlan plan, string name, string title, List<string> wanted)
    {
        var role = await roles.FindByNameAsync(name);
        var current = role is null ? [] : (await roles.GetClaimsAsync(role)).Select(c => c.Value).Order(StringComparer.Ordinal).ToList();
        if (role is not null && current.SequenceEqual(wanted)) plan.Unchanged.Add($"角色 {title}");
        else plan.Changes.Add(new PlannedChange(
            $"{(role is null ? "+" : "~")} 角色 {title}\n    增加：{string.Join("、", wanted.Except(current))}\n    删除：{string.Join("、", current.Except(wanted))}",
            () => ApplyAsync(role, name, title, current, wanted)));
    }

    private async Task ApplyAsync(Role? role, string name, string title, List<string> current, List<string> wanted)
    {
        if (role is null)
        {
            role = new Role { Name = name, DisplayName = title };
            (await roles.CreateAsync(role)).OrThrow();
        }
        foreach (var code in current.Except(wanted)) (await roles.RemoveClaimAsync(role, new Claim(PersonClaims.Permission, code))).OrThrow();
        foreach (var code in wanted.Except(current)) (await roles.AddClaimAsync(role, new Claim(PersonClaims.Permission, code))).OrThrow();
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
