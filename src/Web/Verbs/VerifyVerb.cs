using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary>Whether what is kept is as it was written: exit code 0 only if everything holds, 1 otherwise.</summary>
internal static class VerifyVerb
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using var maintenance = await Maintenance.OpenAsync();
        return await TenantAsync(maintenance, maintenance.RunningTenant(new VerbArguments(args).Word(0, "租户")));
    }

    public static async Task<int> TenantAsync(Maintenance maintenance, Tenant tenant) => await maintenance.Tenants.RunAsync(tenant.Name, async services =>
    {
        var (rows, faults) = (new Dictionary<string, long>(StringComparer.Ordinal), 0);
        await foreach (var finding in services.GetRequiredService<EvidenceCheck>().RunAsync(services.GetRequiredService<StoreTables>().Evidence, (table, seen) => rows[table] = seen))
        {
            Console.WriteLine($"不符 {finding.Table} {finding.Key}：{finding.Reason}");
            faults++;
        }
        Console.WriteLine($"证据 {rows.Values.Sum()} 行，{(faults == 0 ? "全部与写入时一致" : $"{faults} 处不符")}");
        return faults == 0 ? 0 : 1;
    });
}
