using System.IO.Compression;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.People;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Puts a backup into a tenant whose store is empty: all of it, or nothing. Row by row, whatever the size.</summary>
public sealed class RestoreBackup(Stores stores, Migrator migrator, MasterKey master, Tenants tenants)
{
    /// <param name="progress">One line for each part.</param>
    /// <exception cref="BackupException">Why not, and what to do.</exception>
    public async Task RunAsync(ZipArchive zip, Tenant target, Action<string> progress, CancellationToken cancel = default)
    {
        var manifest = await BackupReading.ReadManifestAsync(zip, cancel);
        await RefuseAsync(manifest, target, cancel);
        await BackupReading.CheckSealAsync(zip, master, cancel);
        progress($"检查 {manifest.Entries.Count} 个条目…");
        await BackupReading.CheckAsync(zip, manifest, cancel);
        var tenant = target with { TenantId = manifest.TenantId, State = TenantState.Initializing, Incident = null };
        await tenants.SaveAsync(tenant, cancel);
        try
        {
            await migrator.MakeTablesAsync(tenant, cancel);
            await RowsAsync(zip, manifest, tenant, progress, cancel);
            await tenants.RunAsync(tenant.Name, services => FilesAsync(zip, manifest, Folders(services), progress, cancel));
            await migrator.MigrateAsync(tenant, cancel);
        }
        catch
        {
            await tenants.RunAsync(tenant.Name, services => Task.Run(() => Folders(services).ForEach(f => f.Clear()), CancellationToken.None));
            // It was empty before.
            await stores.DropAsync(tenant);
            await tenants.SaveAsync(target, CancellationToken.None);
            throw;
        }
        await IdentifyPeopleAsync(tenant, cancel);
        await tenants.SaveAsync(tenant with { State = TenantState.Running, SchemaVersion = migrator.Current(tenant), AppliedFiles = manifest.AppliedFiles }, cancel);
    }

    private async Task RefuseAsync(BackupManifest manifest, Tenant target, CancellationToken cancel)
    {
        if (manifest.MasterKey != master.Fingerprint)
            throw new BackupException($"主密钥不同：备份用的是指纹 {manifest.MasterKey}，这里是 {master.Fingerprint}。请先把原来的主密钥放到 master.key 或环境变量 {MasterKey.Variable}，否则备份中加密的资料无法读取");
        if (manifest.Schema != migrator.Current(target))
            throw new BackupException($"备份的数据库结构是 {manifest.Schema}，本程序的是 {migrator.Current(target)}：1.0 以前各版本的数据不能互相恢复，请用写这份备份的版本 {manifest.Version}");
        if (tenants.All.FirstOrDefault(t => t.TenantId == manifest.TenantId && t.Name != target.Name && t.State != TenantState.Uninitialized) is { } same)
            throw new BackupException($"租户 {same.Name} 就是备份的那个站点，同一站点在一个系统里只能有一份：请恢复到另一套系统，或先移走 {same.Name} 的数据");
        if (manifest.Tenant != target.Name && manifest.Tables.Any(t => t.Name == AuditTables.Leaves && t.Rows > 0))
            throw new BackupException($"备份中的记录是以租户名 {manifest.Tenant} 签署的，换成 {target.Name} 之后就与签署的内容不符：请在 tenants.json 中加入 {manifest.Tenant}，恢复到同名的租户");
        if (await stores.HoldsRowsAsync(target, cancel) || await tenants.RunAsync(target.Name, services => Task.FromResult(Folders(services).Exists(f => f.List().Any()))))
            throw new BackupException($"租户 {target.Name} 已有数据，只能恢复到空的租户：请停止服务，移走它的{stores.PlaceOf(target)}和档案文件夹，或换一套新装的系统");
    }

    private static List<ITenantFiles> Folders(IServiceProvider services) => ((IEnumerable<ITenantFiles>)services.GetService(typeof(IEnumerable<ITenantFiles>))!).ToList();

    private async Task RowsAsync(ZipArchive zip, BackupManifest manifest, Tenant tenant, Action<string> progress, CancellationToken cancel)
    {
        await using var store = stores.Open(tenant, asOwner: true);
        await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
        await BackupRows.PutAsync(zip, manifest, store, progress, cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>The host knows again which accounts of the tenant are which person.</summary>
    private async Task IdentifyPeopleAsync(Tenant tenant, CancellationToken cancel)
    {
        await using var store = stores.Open(tenant);
        await using var host = stores.OpenHost();
        await host.Set<PersonIdentity>().Where(p => p.TenantId == tenant.TenantId).ExecuteDeleteAsync(cancel);
        foreach (var person in await store.Users.AsNoTracking().Where(p => p.IdentityToken != null).Select(p => new { p.Id, p.IdentityToken }).ToListAsync(cancel))
            host.Add(new PersonIdentity { TenantId = tenant.TenantId, PersonId = person.Id, Token = person.IdentityToken! });
        await host.SaveChangesAsync(cancel);
    }

    private static async Task FilesAsync(ZipArchive zip, BackupManifest manifest, List<ITenantFiles> folders, Action<string> progress, CancellationToken cancel)
    {
        foreach (var folder in folders)
        {
            var files = manifest.Entries.Where(e => e.Name.StartsWith(folder.Folder + "/", StringComparison.Ordinal)).ToList();
            foreach (var file in files)
            {
                await using var content = zip.GetEntry(file.Name)!.Open();
                await folder.WriteAsync(file.Name[(folder.Folder.Length + 1)..], content, cancel);
            }
            progress($"{folder.Folder}：{files.Count} 个文件");
        }
    }
}
