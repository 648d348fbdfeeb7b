using System.IO.Compression;
using Modules.Archive;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;
using Web.Host;

namespace Web.Verbs;

internal static class BackupVerbs
{
    private const string Damaged = "不是备份文件，或已损坏，请换一份备份";

    public static async Task<int> BackupAsync(string[] args)
    {
        var arguments = new VerbArguments(args);
        await using var maintenance = await Maintenance.OpenAsync();
        var (what, file) = (arguments.Word(0, "租户"), Path.GetFullPath(arguments.Word(1, "文件")));
        if (File.Exists(file)) throw new VerbException($"文件已存在：{file}，请换一个文件名，已有的备份不会被覆盖");
        if (what == StoreIdentity.Host) await WriteAsync(file, output => ActivatorUtilities.CreateInstance<WriteHostBackup>(maintenance.Services).RunAsync(output, Console.WriteLine));
        else await TenantAsync(maintenance, await maintenance.RunningTenantAsync(what), file);
        Console.WriteLine($"已备份 {what}：{file}（{new FileInfo(file).Length / 1024} KB）。备份含个人资料，请妥善保管；恢复时需要同一主密钥（指纹 {maintenance.Services.GetRequiredService<MasterKey>().Fingerprint}），它不在备份中");
        if (what != StoreIdentity.Host) Console.WriteLine("提示 各站点的标识和登录密钥在主机库中，请另行备份：backup host <文件>");
        return 0;
    }

    public static async Task<int> RestoreAsync(string[] args)
    {
        var arguments = new VerbArguments(args);
        var file = arguments.Word(0, "文件");
        if (!File.Exists(file)) throw new VerbException($"文件不存在：{file}");
        try
        {
            using var zip = ZipFile.OpenRead(file);
            var manifest = await BackupReading.ReadManifestAsync(zip);
            return manifest.Tenant == StoreIdentity.Host ? await HostAsync(zip) : await TenantAsync(zip, arguments.Option("tenant") ?? manifest.Tenant);
        }
        catch (Exception e) when (e is BackupException or InvalidDataException)
        {
            throw new VerbException(e is BackupException ? e.Message : $"{file} {Damaged}");
        }
    }

    private static async Task TenantAsync(Maintenance maintenance, Tenant tenant, string file)
    {
        if (await maintenance.Tenants.RunAsync(tenant.Name, services => services.GetRequiredService<SignHead>().RunAsync()) is { } unsigned)
            Console.WriteLine($"提示 证据树头没有签署：{unsigned.Message}。备份照常进行");
        await WriteAsync(file, output => maintenance.Tenants.RunAsync(tenant.Name, services => ActivatorUtilities.CreateInstance<WriteBackup>(services).RunAsync(output, Console.WriteLine)));
        await maintenance.Tenants.RunAsync(tenant.Name, services => NoteAsync(services, file));
    }

    private static async Task WriteAsync(string file, Func<Stream, Task> write)
    {
        var unfinished = file + ".unfinished";
        try
        {
            await using (var output = PrivateFile.Create(unfinished))
            {
                await write(output);
                output.Flush(flushToDisk: true);
            }
            File.Move(unfinished, file);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Everything of the station has left it in one file.</summary>
    private static async Task NoteAsync(IServiceProvider services, string file)
    {
        var store = services.GetRequiredService<Store>();
        await using var transaction = await StoreTransaction.BeginAsync(store);
        store.Add(Actor.Operator.Did("导出备份", "tenant:" + services.GetRequiredService<TenantContext>().Current.TenantId, services.GetRequiredService<TimeProvider>().GetUtcNow(), new AuditChange(New: Path.GetFileName(file))));
        await transaction.CommitAsync();
    }

    private static async Task<int> TenantAsync(ZipArchive zip, string name)
    {
        await using var maintenance = await Maintenance.OpenAsync();
        var tenant = maintenance.Tenant(name);
        await ActivatorUtilities.CreateInstance<RestoreBackup>(maintenance.Services).RunAsync(zip, tenant, Console.WriteLine);
        Console.WriteLine($"已恢复到租户 {tenant.Name}，（重新）启动服务后可用。核查：");
        return await VerifyStation.RunAsync(maintenance, tenant);
    }

    /// <summary>Without the host store nothing else can be opened, so nothing else is.</summary>
    private static async Task<int> HostAsync(ZipArchive zip)
    {
        await using var app = Serving.Build(Verb.Settings);
        await app.Services.GetRequiredService<StoreCheck>().KeyAsync();
        await ActivatorUtilities.CreateInstance<RestoreHostBackup>(app.Services).RunAsync(zip, Console.WriteLine);
        Console.WriteLine("已恢复主机库，（重新）启动服务后可用");
        return 0;
    }
}
