using System.Text.Json;
using Platform.Audit;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Recipes;
using Platform.Tenancy;
using Web.Host;

namespace Web.Verbs;

/// <summary>Recipes from the command line. <c>plan</c> changes nothing, also of a tenant that is not set up, and ends with 0, or 1 where something stands in the way.</summary>
internal static class RecipeVerbs
{
    public static async Task<int> RunAsync(string what, string[] args)
    {
        if (what is not ("plan" or "apply")) throw new VerbException($"没有 recipe {what}，可用：plan、apply");
        var arguments = new VerbArguments(args, "json");
        await using var maintenance = await Maintenance.OpenAsync();
        var tenant = maintenance.Tenant(arguments.Word(0, "租户"));
        return what == "plan" ? await PlanAsync(maintenance, tenant.Name, arguments.Has("json")) : await ApplyAsync(maintenance, tenant, arguments);
    }

    private static async Task<int> PlanAsync(Maintenance maintenance, string tenant, bool json)
    {
        await using var rehearsal = await Rehearsal.OpenAsync(maintenance, tenant);
        var plan = await rehearsal.PlanAsync();
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(new { Changes = plan.Changes.Select(c => c.Text), Unchanged = plan.Unchanged.Count, Findings = plan.Findings.Select(FindingsOutput.Of) }, FindingsOutput.Json));
        else
        {
            Show(plan);
            foreach (var finding in plan.Findings) Console.WriteLine("问题：" + finding);
        }
        return plan.Findings.Count == 0 ? FindingsOutput.Clean : FindingsOutput.Found;
    }

    private static async Task<int> ApplyAsync(Maintenance maintenance, Tenant tenant, VerbArguments arguments)
    {
        var start = maintenance.Services.GetRequiredService<FirstStart>();
        if (tenant.State == TenantState.Uninitialized)
        {
            await start.SetUpAsync(tenant);
            Console.WriteLine($"{tenant.Name}：已建库并执行配方；运行中的服务几秒内开始服务这个租户，不必重启");
            start.WriteAccounts(Console.Out);
            return 0;
        }
        await maintenance.Tenants.RunAsync(tenant.Name, services => ApplyAsync(services, start, tenant, arguments));
        await maintenance.Tenants.SaveAsync(tenant with { AppliedFiles = start.FilesDigest(tenant) });
        return 0;
    }

    /// <summary>Documents go the road of every other; what is none is done at once.</summary>
    private static async Task ApplyAsync(IServiceProvider services, FirstStart start, Tenant tenant, VerbArguments arguments)
    {
        var run = services.GetRequiredService<RecipeRun>();
        var plan = await run.PlanAsync(Recipe.Read(start.RecipeFile(tenant)), start.Demo);
        SetException.ThrowIfAny(plan.Findings);
        Show(plan);
        var rights = plan.Changes.Any(c => c.GivesRights);
        var author = rights || plan.Edits.Count > 0 ? (await ChangeVerbs.ProveAsync(services, arguments, "起草人")).Person : null;
        if (rights) await SecondAsync(services, arguments, author!);
        await run.ApplyAsync(plan);
        foreach (var line in plan.Announcements) Console.WriteLine(line);
        if (plan.Edits.Count == 0) Console.WriteLine("已执行");
        else await ChangeAsync(services, plan, author!);
    }

    /// <summary>What a role may do is a right given to all who have it: by one who drafts and another who approves.</summary>
    private static async Task SecondAsync(IServiceProvider services, VerbArguments arguments, ChangeActor author)
    {
        if (!author.May(PublishingPermissions.Roles.Draft)) throw new VerbException($"{author.Account} 没有起草角色的权限（{PublishingPermissions.Roles.Draft}）");
        var (second, _) = await ChangeVerbs.ProveAsync(services, arguments, "批准人", "second");
        if (ApprovalRule.Refusal([new StatedPerson(author.Id, author.Person.Token)], second, [PublishingPermissions.Roles.Approve]) is { } refusal) throw new VerbException("角色的权限有变，须另一人批准（--second 工号）：" + refusal);
    }

    private static async Task ChangeAsync(IServiceProvider services, RecipePlan plan, ChangeActor author)
    {
        var wanted = new NewChange($"配方 {plan.Recipe.Name} {plan.Recipe.Version}", "执行配方", ChangeEntries.Recipe, null);
        var change = await services.GetRequiredService<WriteChange>().NewAsync(wanted, plan.Edits, author);
        var outcome = await services.GetRequiredService<CheckChange>().RunAsync(change.Id, new Actor(author.Id, author.Name));
        foreach (var finding in outcome.Findings) Console.WriteLine("问题：" + finding);
        Console.WriteLine($"文档还没有生效：已写成变更单 {change.Number}，检查{(outcome.Findings.Count == 0 ? "通过" : $"发现 {outcome.Findings.Count} 处问题")}，请送批并由另一人批准：{change.Id}");
    }

    private static void Show(RecipePlan plan)
    {
        foreach (var change in plan.Changes) Console.WriteLine(change.Text);
        Console.WriteLine(plan.Changes.Count == 0 ? "没有变化" : $"共 {plan.Changes.Count} 项变化，{plan.Unchanged.Count} 项不变");
    }
}
