using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Modules.Archive;
using Modules.Signing.Contracts;
using Platform.People;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary>Judges everything a station keeps: packages, signatures in no package, evidence, and the heads signed over it. Every part is looked at whatever the others do.</summary>
internal sealed class VerifyStation(IServiceProvider services, TimeZoneInfo zone, bool each)
{
    /// <summary>Option: a line for each signature, by whom, when and over what.</summary>
    public const string Each = "signatures";

    private const int NotAllKnown = 3;

    private int _faults, _pending;

    /// <returns>Exit code: 0 only if everything holds, 1 if something does not, 3 if nothing is wrong and an authority has still to be heard.</returns>
    public static Task<int> RunAsync(Maintenance maintenance, Tenant tenant, bool each = false) => maintenance.Tenants.RunAsync(tenant.Name, async services =>
    {
        var run = new VerifyStation(services, (await services.GetRequiredService<StationClock>().SettingsAsync()).TimeZone, each);
        await run.PartAsync("档案包", "全部符合", run.PackagesAsync);
        foreach (var kept in services.GetServices<ISignedEvidence>()) await run.PartAsync(kept.Title, "全部有效", () => run.KeptAsync(kept));
        await run.PartAsync("PIN", "都以要求的强度保存", run.PinsAsync);
        await run.PartAsync("配置文档", "全部与批准的一致", run.ConfigurationAsync);
        await run.PartAsync("证据", "全部与写入时一致", run.EvidenceAsync);
        // After the packages, which bring heads along that are in no database.
        await run.PartAsync("证据树头", "证据与签署时一致，末尾没有删去", run.HeadsAsync);
        return run._faults > 0 ? 1 : run._pending > 0 ? NotAllKnown : 0;
    });

    /// <param name="holds">Said when nothing is wrong.</param>
    /// <param name="check">Returns how many there were, with their unit.</param>
    private async Task PartAsync(string what, string holds, Func<Task<string>> check)
    {
        var (before, unknown) = (_faults, _pending);
        try
        {
            var seen = await check();
            Console.WriteLine($"{what} {seen}，{(_faults > before ? $"{_faults - before} 处不符" : _pending > unknown ? ArchiveWords.Pending(_pending - unknown) : holds)}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Fault($"{what}：核查中断，{e.Message}");
        }
    }

    private void Fault(string words)
    {
        Console.WriteLine("不符 " + words);
        _faults++;
    }

    /// <summary>Whoever is named cannot sign until the PIN is reset.</summary>
    private async Task<string> PinsAsync()
    {
        var (hash, people) = (services.GetRequiredService<PinHash>(), await services.GetRequiredService<Store>().Users.AsNoTracking().Where(p => p.PinHash != null).ToListAsync());
        foreach (var person in people.Where(hash.IsCheap)) Fault($"{person.UserName} {person.FullName} 的 PIN 以低于要求的强度保存，请重置：people reset-pin");
        foreach (var name in await services.GetRequiredService<IPinKeys>().CheapAsync()) Fault($"{name} 的签名密钥以低于要求的强度保存，请重置 PIN：people reset-pin");
        return $"{people.Count} 个";
    }

    private async Task<string> PackagesAsync()
    {
        var archive = services.GetRequiredService<VerifyArchive>();
        var (total, done) = (await archive.CountAsync(), 0);
        await archive.RunAsync(null, group =>
        {
            foreach (var package in group) Say(package);
            done += group.Count;
            if (done < total) Console.WriteLine($"已核查 {done} / {total} 个档案包");
            return Task.CompletedTask;
        });
        if (done < total) Fault($"档案包：{ArchiveWords.NotAll(done, total)}");
        foreach (var item in await archive.WithoutVersionAsync()) Fault($"{item}：{ArchiveWords.WithoutVersion}");
        foreach (var missing in (await ItemNumbers.AllAsync(services.GetRequiredService<Store>())).Where(n => n.Missing.Count > 0))
            Fault($"件号 {missing.Class}：中断，缺 {string.Join("、", missing.Missing)}");
        foreach (var file in await archive.ForeignAsync()) Console.WriteLine($"提示 {file}：{ArchiveWords.Foreign}");
        return Count(done, "个");
    }

    private void Say(VerifyArchive.Checked package)
    {
        var which = $"{package.ArchiveNumber} 第 {package.Version} 版";
        if (each) foreach (var line in package.Verdict?.InWords(zone) ?? []) Console.WriteLine($"{which} {line}");
        foreach (var fault in package.Faults) Fault($"{which} {fault.File}：{fault.Reason}");
    }

    private async Task<string> KeptAsync(ISignedEvidence kept)
    {
        var seen = 0;
        await foreach (var signature in kept.JudgeAsync())
        {
            if (each) Console.WriteLine(signature.InWords(zone));
            foreach (var fault in signature.Faults) Fault($"{signature.Of} {signature.Says(fault)}");
            if (signature.Pending) _pending++;
            seen++;
        }
        return Count(seen, "个");
    }

    private async Task<string> EvidenceAsync()
    {
        var (rows, tables) = (new Dictionary<string, long>(StringComparer.Ordinal), services.GetRequiredService<StoreTables>());
        await foreach (var finding in services.GetRequiredService<EvidenceCheck>().RunAsync(tables.Evidence, (table, seen) => rows[table] = seen))
            Fault($"{tables.Row(finding)}：{finding.Reason}");
        return Count(rows.Values.Sum(), "行");
    }

    private async Task<string> ConfigurationAsync()
    {
        var configuration = services.GetRequiredService<Configuration>();
        foreach (var fault in await configuration.FaultsAsync()) Fault("配置文档：" + fault.Words);
        return Count((await configuration.ApprovedAsync()).Count, "份");
    }

    private async Task<string> HeadsAsync()
    {
        var heads = services.GetRequiredService<CheckHeads>();
        await foreach (var fault in heads.RunAsync(services.GetRequiredService<VerifyArchive>().Heads)) Fault("证据树头：" + fault);
        return Count(heads.Count, "个");
    }

    private static string Count(long count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count} {unit}");
}
