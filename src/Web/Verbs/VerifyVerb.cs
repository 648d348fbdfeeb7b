using System.Globalization;
using Modules.Archive;
using Modules.Signing.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary>Whether what is kept is as it was written: exit code 0 only if everything holds, 1 otherwise.</summary>
internal static class VerifyVerb
{
    /// <summary>Stations this product serves live by it; a package does not say.</summary>
    private const string TimeZone = "Asia/Shanghai";

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new VerbArguments(args);
        var what = arguments.Word(0, "租户或档案包.zip");
        if (File.Exists(what)) return Package(what, arguments.Option("root"));
        if (what.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) throw new VerbException($"文件不存在：{what}");
        await using var maintenance = await Maintenance.OpenAsync();
        return await TenantAsync(maintenance, maintenance.RunningTenant(what));
    }

    /// <summary>From the file alone: no store is opened.</summary>
    private static int Package(string file, string? rootFile)
    {
        if (rootFile is not null && !File.Exists(rootFile)) throw new VerbException($"文件不存在：{rootFile}");
        using var content = File.OpenRead(file);
        var verdict = CheckPackage.Run(SignatureChecking.Offline, content, rootFile is null ? null : [File.ReadAllBytes(rootFile)]);
        Console.WriteLine($"档案包 {Path.GetFileName(file)}：档号 {verdict.ArchiveNumber ?? "不能读取"}");
        foreach (var line in CheckPackage.InWords(verdict, TimeZoneInfo.FindSystemTimeZoneById(TimeZone))) Console.WriteLine(line);
        return verdict.Holds ? 0 : 1;
    }

    public static async Task<int> TenantAsync(Maintenance maintenance, Tenant tenant) => await maintenance.Tenants.RunAsync(tenant.Name, async services =>
        await PackagesAsync(services.GetRequiredService<VerifyArchive>()) + await EvidenceAsync(services) == 0 ? 0 : 1);

    private static async Task<int> PackagesAsync(VerifyArchive archive)
    {
        var (total, done, faults) = (await archive.CountAsync(), 0, 0);
        await archive.RunAsync(null, group =>
        {
            foreach (var (package, fault) in group.SelectMany(c => c.Faults.Select(f => (c, f))))
                Console.WriteLine($"不符 {package.ArchiveNumber} 第 {package.Version} 版 {fault.File}：{fault.Reason}");
            (done, faults) = (done + group.Count, faults + group.Sum(c => c.Faults.Count));
            if (done < total) Console.WriteLine($"已核查 {done} / {total} 个档案包");
            return Task.CompletedTask;
        });
        foreach (var missing in (await archive.NumbersAsync()).Where(n => n.Missing.Count > 0))
        {
            Console.WriteLine($"不符 件号 {missing.Class}：中断，缺 {string.Join("、", missing.Missing)}");
            faults++;
        }
        foreach (var file in await archive.ForeignAsync()) Console.WriteLine($"提示 存储中有不属于任何一件档案的文件 {file}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"档案包 {done} 个，{(faults == 0 ? "全部符合" : $"{faults} 处不符")}"));
        return faults;
    }

    private static async Task<int> EvidenceAsync(IServiceProvider services)
    {
        var (rows, faults) = (new Dictionary<string, long>(StringComparer.Ordinal), 0);
        await foreach (var finding in services.GetRequiredService<EvidenceCheck>().RunAsync(services.GetRequiredService<StoreTables>().Evidence, (table, seen) => rows[table] = seen))
        {
            Console.WriteLine($"不符 {finding.Table} {finding.Key}：{finding.Reason}");
            faults++;
        }
        Console.WriteLine($"证据 {rows.Values.Sum()} 行，{(faults == 0 ? "全部与写入时一致" : $"{faults} 处不符")}");
        return faults;
    }
}
