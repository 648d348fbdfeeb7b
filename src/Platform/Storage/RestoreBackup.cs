using System.Data.Common;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Platform.Audit;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Puts a backup into a tenant whose store is empty: all of it, or nothing. Row by row, whatever the size.</summary>
public sealed class RestoreBackup(Stores stores, Migrator migrator, MasterKey master, Tenants tenants)
{
    private const int RowsAtOnce = 100;
    private const int CharactersAtOnce = 4 * 1024 * 1024;

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
        foreach (var table in manifest.Tables)
        {
            var rows = await TableAsync(zip, table, store, cancel);
            if (rows != table.Rows) throw new BackupException($"{table.Entry} 有 {rows} 行，清单写的是 {table.Rows} 行，请换一份备份");
            if (store.Database.IsNpgsql())
                foreach (var column in table.Columns.Where(c => c.Numbered)) await MoveOnAsync(store, table, column, cancel);
            progress($"{table.Name}：{rows} 行");
        }
        await transaction.CommitAsync(cancel);
    }

    private static async Task<long> TableAsync(ZipArchive zip, BackupTable table, Store store, CancellationToken cancel)
    {
        var (total, size, rows) = (0L, 0, new List<object[]>(RowsAtOnce));
        using var lines = new StreamReader(zip.GetEntry(table.Entry)!.Open(), Encoding.UTF8);
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            rows.Add([.. json.RootElement.EnumerateArray().Zip(table.Columns, (value, column) => BackupValues.Read(value, column.Type))]);
            size += line.Length;
            total++;
            if (rows.Count < RowsAtOnce && size < CharactersAtOnce) continue;
            await InsertAsync(store, table, rows, cancel);
            (size, rows) = (0, new List<object[]>(RowsAtOnce));
        }
        if (rows.Count > 0) await InsertAsync(store, table, rows, cancel);
        return total;
    }

    private static async Task InsertAsync(Store store, BackupTable table, List<object[]> rows, CancellationToken cancel)
    {
        await using var command = Command(store);
        var sql = new StringBuilder($"INSERT INTO \"{table.Name}\" ({string.Join(", ", table.Columns.Select(c => $"\"{c.Name}\""))}) VALUES ");
        for (var row = 0; row < rows.Count; row++)
        {
            sql.Append(row == 0 ? "(" : ", (").AppendJoin(", ", rows[row].Select((_, i) => $"@p{row}_{i}")).Append(')');
            for (var i = 0; i < rows[row].Length; i++)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = ($"@p{row}_{i}", rows[row][i]);
                command.Parameters.Add(parameter);
            }
        }
        command.CommandText = sql.ToString();
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The next number the database gives is a new one.</summary>
    private static async Task MoveOnAsync(Store store, BackupTable table, BackupColumn column, CancellationToken cancel)
    {
        await using var command = Command(store);
        command.CommandText = $"SELECT setval(pg_get_serial_sequence('\"{table.Name}\"', '{column.Name}'), (SELECT COALESCE(max(\"{column.Name}\"), 0) + 1 FROM \"{table.Name}\"), false)";
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static DbCommand Command(Store store)
    {
        var command = store.Database.GetDbConnection().CreateCommand();
        command.Transaction = store.Database.CurrentTransaction!.GetDbTransaction();
        return command;
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
