using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

internal static class TenantVerbs
{
    public static async Task<int> RunAsync(string what, string[] args)
    {
        await using var maintenance = await Maintenance.OpenAsync();
        var arguments = new VerbArguments(args);
        if (what == "list") List(maintenance);
        else if (what is "disable" or "enable") await SwitchAsync(maintenance, arguments.Word(0, "租户"), what == "enable");
        else throw new VerbException($"没有 tenants {what}，可用：list、disable、enable");
        return 0;
    }

    public static async Task<int> MigrateAsync(string[] args)
    {
        _ = new VerbArguments(args);
        await using var maintenance = await Maintenance.OpenAsync();
        var migrator = maintenance.Services.GetRequiredService<Migrator>();
        foreach (var tenant in maintenance.Tenants.All.Where(t => t.State != TenantState.Uninitialized).ToList())
        {
            await migrator.MigrateAsync(tenant);
            await maintenance.Tenants.SaveAsync(tenant with { SchemaVersion = migrator.Current(tenant) });
            Console.WriteLine($"{tenant.Name}：{migrator.Current(tenant)}");
        }
        return 0;
    }

    private static void List(Maintenance maintenance)
    {
        foreach (var tenant in maintenance.Tenants.All)
            Console.WriteLine($"{tenant.Name,-16} {tenant.State,-14} /{tenant.RequestUrlPrefix,-14} {tenant.RequestUrlHost,-24} {tenant.Incident}");
    }

    private static async Task SwitchAsync(Maintenance maintenance, string name, bool on)
    {
        var tenant = maintenance.Tenant(name);
        if (tenant.State is not (TenantState.Running or TenantState.Disabled)) throw new VerbException($"租户 {name} 的状态是 {tenant.State}，不能启用或停用");
        await maintenance.Tenants.SaveAsync(tenant with { State = on ? TenantState.Running : TenantState.Disabled });
        Console.WriteLine($"{name}：{(on ? "已启用" : "已停用")}，运行中的服务几秒内生效");
    }
}
