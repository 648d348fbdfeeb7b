using Microsoft.Extensions.Configuration;
using Npgsql;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Stores, their key and their installation do not belong together; says what to do.</summary>
public sealed class StoreRefusedException(string problem, string remedy) : Exception($"{problem}。{remedy}。什么也没有改动。");

/// <summary>Looks whether the master key is there and is the one the stores were made with, and whether the stores are this installation's own, before anything is opened, written or served.</summary>
public sealed class StoreCheck(StorageSettings settings, IConfiguration configuration)
{
    private const string PutBack = "请把原来的主密钥放回 master.key 或环境变量 " + MasterKey.Variable + "（从备份恢复），切勿新建";

    /// <summary>Key and host store; makes a key where there is no store yet.</summary>
    /// <param name="say">Told what was made.</param>
    /// <exception cref="StoreRefusedException">Why not.</exception>
    public async Task HostAsync(Action<string> say)
    {
        await using var probe = new StoreProbe(settings);
        var any = await probe.AnyAsync();
        if (await KeyAsync(any, say) is not { } key || !any) return;
        if (!await probe.ExistsAsync(probe.Host))
            throw new StoreRefusedException($"主机库（{probe.Host.Name}）不见了，而站点的数据还在",
                "请先恢复主机库：restore <主机库备份文件>（由 backup host 写出）；没有备份时请联系供应商，切勿新建，否则各站点会得到新的标识，原有资料无法读取");
        if (await probe.IdentityAsync(probe.Host) is { } host && host.MasterKey != key.Fingerprint && await HoldsAsync(probe))
            throw new StoreRefusedException($"主密钥不是建立这些数据时的那一个：数据用的是指纹 {host.MasterKey}，现在的是 {key.Fingerprint}", PutBack);
    }

    /// <summary>Before serving: key, host store, the stores of all stations, and the places of those to come.</summary>
    /// <param name="named">Every tenant of the configuration, whether it is known yet or not.</param>
    public async Task StartAsync(IReadOnlyList<Tenant> named, Action<string> say)
    {
        await HostAsync(say);
        var known = await KnownAsync();
        await TenantsAsync(known);
        foreach (var tenant in named.Where(t => known.All(k => !k.Name.Equals(t.Name, StringComparison.OrdinalIgnoreCase)))) await NewAsync(tenant);
    }

    /// <summary>The key alone, for what brings the host store back.</summary>
    public async Task KeyAsync()
    {
        await using var probe = new StoreProbe(settings);
        await KeyAsync(await probe.AnyAsync(), _ => { });
    }

    /// <summary>The store of a station that has been set up is there, and its own.</summary>
    public async Task TenantsAsync(IEnumerable<Tenant> tenants)
    {
        await using var probe = new StoreProbe(settings);
        var (host, key) = (await probe.IdentityAsync(probe.Host), MasterKey.Load(settings.AppData, configuration[MasterKey.Variable]));
        foreach (var tenant in tenants.Where(t => t.State is TenantState.Running))
            try
            {
                await TenantAsync(probe, tenant, host, key);
            }
            catch (NpgsqlException) when (tenant.ConnectionString is not null)
            {
                // Its own server does not answer: its pages say so, and the others are served.
            }
    }

    /// <summary>Nobody's data lies where the store of a new station would be.</summary>
    public async Task NewAsync(Tenant tenant)
    {
        await using var probe = new StoreProbe(settings);
        var place = probe.Of(tenant);
        if (!await probe.ExistsAsync(place) || await probe.IdentityAsync(place) is not { } found) return;
        if (found.Owner == tenant.TenantId && found.Installation == (await probe.IdentityAsync(probe.Host))?.Installation) return;
        throw new StoreRefusedException($"租户 {tenant.Name} 还没有建立，但 {place.Name} 已有数据（标识 {found.Owner}）", "请先移走这些数据；要使用它们，请恢复主机库或用 restore 恢复该站的备份");
    }

    /// <summary>Whether there is a host store with anything in it that another would not have.</summary>
    public async Task<bool> HostHoldsAsync()
    {
        await using var probe = new StoreProbe(settings);
        return await probe.ExistsAsync(probe.Host) && await probe.HasTableAsync(probe.Host, "tenants") && await HoldsAsync(probe);
    }

    private async Task<MasterKey?> KeyAsync(bool any, Action<string> say)
    {
        var key = MasterKey.Find(settings.AppData, configuration[MasterKey.Variable]);
        if (key is null && any) _ = MasterKey.Load(settings.AppData, null);
        if (key is null) say($"已新建主密钥 {MasterKey.Make(settings.AppData)}。请立即另行备份：没有它，数据和备份都不能读取");
        if (key is { IsGuessable: true }) throw new StoreRefusedException("主密钥不是随机生成的（全零，或只由少数字符组成）", "请用随机的 32 字节，例如 openssl rand -base64 32；已有数据的，请放回建立数据时的主密钥");
        return key;
    }

    private static async Task TenantAsync(StoreProbe probe, Tenant tenant, StoreIdentity? host, MasterKey key)
    {
        var place = probe.Of(tenant);
        if (!await probe.ExistsAsync(place))
            throw new StoreRefusedException($"租户 {tenant.Name} 的数据（{place.Name}）不见了", $"请放回原处，或移出后用 restore 恢复它的备份；暂时不用这个站点时：tenants disable {tenant.Name}");
        // A store of another build has none; the migrator refuses it in its own words.
        if (await probe.IdentityAsync(place) is not { } found || host is null) return;
        if (found.MasterKey != key.Fingerprint) throw new StoreRefusedException($"租户 {tenant.Name} 的数据是用另一主密钥建立的：数据用的是指纹 {found.MasterKey}，现在的是 {key.Fingerprint}", PutBack);
        if (found.Owner != tenant.TenantId) throw new StoreRefusedException($"租户 {tenant.Name} 的数据（{place.Name}）是另一租户的（标识 {found.Owner}，应为 {tenant.TenantId}）", "请把各站点的数据放回原处");
        if (found.Installation != host.Installation) throw new StoreRefusedException($"租户 {tenant.Name} 的数据（{place.Name}）来自另一套系统", "请放回本系统的数据；要把另一套系统的站点移到这里，请在那里 backup、在这里 restore");
    }

    private async Task<IReadOnlyList<Tenant>> KnownAsync()
    {
        await using var probe = new StoreProbe(settings);
        if (!await probe.ExistsAsync(probe.Host) || !await probe.HasTableAsync(probe.Host, "tenants")) return [];
        var rows = await probe.TableAsync(probe.Host, "tenants", "Name", "TenantId", "State", "ConnectionString");
        return [.. rows.Select(r => new Tenant { Name = r[0], TenantId = r[1], State = Enum.Parse<TenantState>(r[2]), ConnectionString = r[3].Length > 0 ? r[3] : null })];
    }

    /// <summary>Whether anything in the host store was encrypted, or any station set up.</summary>
    private static async Task<bool> HoldsAsync(StoreProbe probe)
    {
        var tenants = await probe.TableAsync(probe.Host, "tenants", "State");
        return tenants.Any(t => t[0] is not nameof(TenantState.Uninitialized)) || (await probe.TableAsync(probe.Host, "host_keys", "Name")).Count > 0
            || (await probe.TableAsync(probe.Host, "data_protection_keys", "Id")).Count > 0;
    }
}
