using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Modules.Archive;
using Modules.Signing.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary>Whether what is kept is as it was written: exit code 0 only if everything holds, 1 otherwise, 3 where a package agrees with itself and no root was given to believe it by.</summary>
internal static class VerifyVerb
{
    /// <summary>Stations this product serves live by it; a package does not say.</summary>
    private const string TimeZone = "Asia/Shanghai";

    private const int InnerConsistencyOnly = 3;

    /// <summary>Option: a line for each signature, by whom, when and over what.</summary>
    private const string Each = "signatures";

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new VerbArguments(args, Each);
        var what = arguments.Word(0, "租户或档案包.zip");
        if (File.Exists(what)) return Package(what, arguments.All("root"));
        if (what.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) throw new VerbException($"文件不存在：{what}");
        await using var maintenance = await Maintenance.OpenAsync();
        return await TenantAsync(maintenance, maintenance.RunningTenant(what), arguments.Has(Each));
    }

    /// <summary>From the file alone: no store is opened.</summary>
    private static int Package(string file, IReadOnlyList<string> rootFiles)
    {
        var roots = rootFiles.SelectMany(Roots).ToList();
        using var content = File.OpenRead(file);
        var verdict = CheckPackage.Run(SignatureChecking.Offline, content, rootFiles.Count == 0 ? null : roots);
        Console.WriteLine($"档案包 {Path.GetFileName(file)}：档号 {verdict.ArchiveNumber ?? "不能读取"}");
        foreach (var line in verdict.InWords(TimeZoneInfo.FindSystemTimeZoneById(TimeZone))) Console.WriteLine(line);
        return !verdict.Holds ? 1 : verdict.OwnRoot ? InnerConsistencyOnly : 0;
    }

    /// <summary>The certificates of a file: one in DER, or all of a PEM.</summary>
    private static IEnumerable<byte[]> Roots(string file)
    {
        if (!File.Exists(file)) throw new VerbException($"文件不存在：{file}");
        var (bytes, found) = (File.ReadAllBytes(file), new X509Certificate2Collection());
        try
        {
            found.ImportFromPem(Encoding.Latin1.GetString(bytes));
            if (found.Count == 0) found.Add(X509CertificateLoader.LoadCertificate(bytes));
        }
        catch (CryptographicException)
        {
            throw new VerbException($"{file} 中没有证书：请给出 DER 或 PEM 格式的根证书文件");
        }
        return found.Select(c => c.RawData);
    }

    /// <summary>Every part is looked at whatever the others do.</summary>
    public static async Task<int> TenantAsync(Maintenance maintenance, Tenant tenant, bool each = false) => await maintenance.Tenants.RunAsync(tenant.Name, async services =>
        await GoingOnAsync("档案包", () => PackagesAsync(services, each)) + await GoingOnAsync("未归档的签名", () => UnpackedAsync(services, each)) + await EvidenceAsync(services) == 0 ? 0 : 1);

    private static async Task<int> GoingOnAsync(string what, Func<Task<int>> check)
    {
        try
        {
            return await check();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Console.WriteLine($"不符 {what}：核查中断，{e.Message}");
            return 1;
        }
    }

    private static async Task<int> PackagesAsync(IServiceProvider services, bool each)
    {
        var (archive, store, zone) = (services.GetRequiredService<VerifyArchive>(), services.GetRequiredService<Store>(), TimeZoneInfo.FindSystemTimeZoneById(TimeZone));
        var (total, done, faults) = (await archive.CountAsync(), 0, 0);
        await archive.RunAsync(null, group =>
        {
            foreach (var package in group)
            {
                if (each) foreach (var line in package.Verdict?.InWords(zone) ?? []) Console.WriteLine($"{package.ArchiveNumber} 第 {package.Version} 版 {line}");
                foreach (var fault in package.Faults) Console.WriteLine($"不符 {package.ArchiveNumber} 第 {package.Version} 版 {fault.File}：{fault.Reason}");
            }
            (done, faults) = (done + group.Count, faults + group.Sum(c => c.Faults.Count));
            if (done < total) Console.WriteLine($"已核查 {done} / {total} 个档案包");
            return Task.CompletedTask;
        });
        if (done < total) Fault($"档案包：{ArchiveWords.NotAll(done, total)}");
        foreach (var item in await archive.WithoutVersionAsync()) Fault($"{item}：{ArchiveWords.WithoutVersion}");
        foreach (var missing in (await ItemNumbers.AllAsync(store)).Where(n => n.Missing.Count > 0))
            Fault($"件号 {missing.Class}：中断，缺 {string.Join("、", missing.Missing)}");
        foreach (var file in await archive.ForeignAsync()) Console.WriteLine($"提示 {file}：{ArchiveWords.Foreign}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"档案包 {done} 个，{(faults == 0 ? "全部符合" : $"{faults} 处不符")}"));
        return faults;

        void Fault(string words)
        {
            Console.WriteLine("不符 " + words);
            faults++;
        }
    }

    /// <summary>What is signed and in no package yet, from the store itself.</summary>
    private static async Task<int> UnpackedAsync(IServiceProvider services, bool each)
    {
        var (visits, signatures, faults) = (0, 0, 0);
        await foreach (var (visit, verdict) in services.GetRequiredService<VerifyUnpacked>().RunAsync())
        {
            if (each) foreach (var line in verdict.Signatures) Console.WriteLine($"{visit.Label} {line}");
            foreach (var fault in verdict.Faults) Console.WriteLine($"不符 {visit.Label} {fault}");
            (visits, signatures, faults) = (visits + 1, signatures + verdict.Signatures.Count, faults + verdict.Faults.Count);
        }
        Console.WriteLine($"未归档 {visits} 次献血，{signatures} 个签名，{(faults == 0 ? "全部有效" : $"{faults} 处不符")}");
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
