using System.IO.Compression;
using Modules.Archive;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

internal static class BackupVerbs
{
    public static async Task<int> BackupAsync(string[] args)
    {
        var arguments = new VerbArguments(args);
        await using var maintenance = await Maintenance.OpenAsync();
        var (tenant, file) = (maintenance.RunningTenant(arguments.Word(0, "租户")), Path.GetFullPath(arguments.Word(1, "文件")));
        if (File.Exists(file)) throw new VerbException($"文件已存在：{file}，请换一个文件名，已有的备份不会被覆盖");
        if (await maintenance.Tenants.RunAsync(tenant.Name, services => services.GetRequiredService<SignHead>().RunAsync()) is { } unsigned)
            Console.WriteLine($"提示 证据树头没有签署：{unsigned.Message}。备份照常进行");
        var unfinished = file + ".unfinished";
        try
        {
            await using (var output = PrivateFile.Create(unfinished))
            {
                await maintenance.Tenants.RunAsync(tenant.Name, services => ActivatorUtilities.CreateInstance<WriteBackup>(services).RunAsync(output, Console.WriteLine));
                output.Flush(flushToDisk: true);
            }
            File.Move(unfinished, file);
        }
        finally
        {
            File.Delete(unfinished);
        }
        Console.WriteLine($"已备份 {tenant.Name}：{file}（{new FileInfo(file).Length / 1024} KB）。备份含个人资料，请妥善保管；恢复时需要同一主密钥（指纹 {maintenance.Services.GetRequiredService<MasterKey>().Fingerprint}），它不在备份中");
        return 0;
    }

    public static async Task<int> RestoreAsync(string[] args)
    {
        var arguments = new VerbArguments(args);
        var file = arguments.Word(0, "文件");
        if (!File.Exists(file)) throw new VerbException($"文件不存在：{file}");
        await using var maintenance = await Maintenance.OpenAsync();
        try
        {
            using var zip = ZipFile.OpenRead(file);
            var tenant = maintenance.Tenant(arguments.Option("tenant") ?? (await BackupReading.ReadManifestAsync(zip)).Tenant);
            await ActivatorUtilities.CreateInstance<RestoreBackup>(maintenance.Services).RunAsync(zip, tenant, Console.WriteLine);
            Console.WriteLine($"已恢复到租户 {tenant.Name}，（重新）启动服务后可用。核查：");
            return await VerifyStation.RunAsync(maintenance, tenant);
        }
        catch (Exception e) when (e is BackupException or InvalidDataException)
        {
            throw new VerbException(e is BackupException ? e.Message : $"{file} 不是备份文件，或已损坏，请换一份备份");
        }
    }
}
