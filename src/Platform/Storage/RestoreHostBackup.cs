using System.IO.Compression;
using Microsoft.EntityFrameworkCore;

namespace Platform.Storage;

/// <summary>Puts a lost host store back: all of it, or nothing.</summary>
public sealed class RestoreHostBackup(Stores stores, Migrator migrator, MasterKey master, StoreCheck check)
{
    /// <param name="progress">One line for each part.</param>
    /// <exception cref="BackupException">Why not, and what to do.</exception>
    public async Task RunAsync(ZipArchive zip, Action<string> progress, CancellationToken cancel = default)
    {
        var manifest = await BackupReading.ReadManifestAsync(zip, cancel);
        if (manifest.MasterKey != master.Fingerprint)
            throw new BackupException($"主密钥不同：备份用的是指纹 {manifest.MasterKey}，这里是 {master.Fingerprint}。请先把原来的主密钥放到 master.key 或环境变量 {MasterKey.Variable}");
        if (await check.HostHoldsAsync()) throw new BackupException("主机库还在，不会被覆盖。确实要用备份代替它时，请停止服务，先移走现有的主机库");
        await BackupReading.CheckSealAsync(zip, master, cancel);
        await BackupReading.CheckAsync(zip, manifest, cancel);
        await using var host = stores.OpenHost(asOwner: true);
        if (host.Database.GetMigrations().Last() is var schema && schema != manifest.Schema)
            throw new BackupException($"备份的数据库结构是 {manifest.Schema}，本程序的是 {schema}：请用写这份备份的版本 {manifest.Version} 恢复");
        await migrator.MigrateHostAsync(cancel);
        await using var transaction = await host.Database.BeginTransactionAsync(cancel);
        foreach (var table in StoreTable.All(host)) await host.Database.ExecuteSqlRawAsync(table.Empty, cancel);
        await BackupRows.PutAsync(zip, manifest, host, progress, cancel);
        await transaction.CommitAsync(cancel);
    }
}
