using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>Writes one tenant into one file: every table in one consistent view, the files beside the store, and a manifest. Row by row, whatever the size.</summary>
public sealed class WriteBackup(Stores stores, MasterKey master, TenantContext tenant, IEnumerable<ITenantFiles> folders, TimeProvider clock)
{
    /// <param name="progress">One line for each table and folder.</param>
    public async Task<BackupManifest> RunAsync(Stream output, Action<string> progress, CancellationToken cancel = default)
    {
        await using var store = stores.Open(tenant.Current);
        await using var zip = new BackupZip(output, progress);
        await zip.TablesAsync(store, StoreTable.All(store).Where(t => !stores.Tables.Passing.Contains(t.Name)), cancel);
        // After the rows: a file is written before the row that names it, so none is missing.
        foreach (var folder in folders) await zip.FilesAsync(folder, cancel);
        return await zip.EndAsync(store, new BackupOf(tenant.Current.Name, tenant.Current.TenantId, tenant.Current.AppliedFiles, clock.GetUtcNow()), master, cancel);
    }
}

/// <summary>Writes the host store into one file: the tenants with their ids, the keys of the host, and which accounts are one person.</summary>
public sealed class WriteHostBackup(Stores stores, MasterKey master, TimeProvider clock)
{
    public async Task<BackupManifest> RunAsync(Stream output, Action<string> progress, CancellationToken cancel = default)
    {
        await using var host = stores.OpenHost();
        await using var zip = new BackupZip(output, progress);
        await zip.TablesAsync(host, StoreTable.All(host), cancel);
        return await zip.EndAsync(host, new BackupOf(StoreIdentity.Host, StoreIdentity.Host, "", clock.GetUtcNow()), master, cancel);
    }
}
