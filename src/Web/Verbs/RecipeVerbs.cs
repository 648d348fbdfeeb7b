using Platform.Recipes;
using Platform.Tenancy;
using Web.Host;

namespace Web.Verbs;

internal static class RecipeVerbs
{
    public static async Task<int> RunAsync(string what, string[] args)
    {
        if (what is not ("plan" or "apply")) throw new VerbException($"没有 recipe {what}，可用：plan、apply");
        await using var maintenance = await Maintenance.OpenAsync();
        var tenant = maintenance.Tenant(new VerbArguments(args).Word(0, "租户"));
        var start = maintenance.Services.GetRequiredService<FirstStart>();
        if (tenant.State == TenantState.Uninitialized)
        {
            if (what == "plan") throw new VerbException($"租户 {tenant.Name} 尚未建库；recipe apply {tenant.Name} 将建库并执行整个配方");
            await start.SetUpAsync(tenant);
            Console.WriteLine($"{tenant.Name}：已建库并执行配方");
            start.WriteAccounts(Console.Out);
            return 0;
        }
        await maintenance.Tenants.RunAsync(tenant.Name, async services =>
        {
            var run = services.GetRequiredService<RecipeRun>();
            var plan = await run.PlanAsync(Recipe.Read(start.RecipeFile(tenant)), start.Demo);
            Show(plan);
            if (what == "apply") await run.ApplyAsync(plan);
            foreach (var line in plan.Announcements) Console.WriteLine(line);
        });
        if (what != "apply") return 0;
        await maintenance.Tenants.SaveAsync(tenant with { AppliedFiles = start.FilesDigest(tenant) });
        Console.WriteLine("已执行");
        return 0;
    }

    private static void Show(RecipePlan plan)
    {
        foreach (var change in plan.Changes) Console.WriteLine(change.Text);
        Console.WriteLine(plan.Changes.Count == 0 ? "没有变化" : $"共 {plan.Changes.Count} 项变化，{plan.Unchanged.Count} 项不变");
    }
}
