using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Modules.Donors;
using Modules.Signing.Contracts;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

internal static class PeopleVerbs
{
    public static async Task<int> RunAsync(string what, string[] args)
    {
        await using var maintenance = await Maintenance.OpenAsync();
        var arguments = new VerbArguments(args);
        await maintenance.Tenants.RunAsync(maintenance.RunningTenant(arguments.Word(0, "租户")).Name, services => what switch
        {
            "list" => ListAsync(services),
            "reset-password" => ResetAsync(services, arguments.Word(1, "工号"), password: true),
            "reset-pin" => ResetAsync(services, arguments.Word(1, "工号"), password: false),
            _ => throw new VerbException($"没有 people {what}，可用：list、reset-password、reset-pin"),
        });
        return 0;
    }

    public static async Task<int> ImportAsync(string[] args)
    {
        await using var maintenance = await Maintenance.OpenAsync();
        var arguments = new VerbArguments(args);
        var (tenant, file) = (maintenance.RunningTenant(arguments.Word(0, "租户")), arguments.Word(1, "文件"));
        if (!File.Exists(file)) throw new VerbException($"文件不存在：{file}");
        await maintenance.Tenants.RunAsync(tenant.Name, async services =>
        {
            var import = services.GetRequiredService<DonorImport>();
            var donors = await import.ReadAsync(Path.GetFileName(file), await File.ReadAllTextAsync(file));
            await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
            var added = await import.WriteAsync(donors);
            await transaction.CommitAsync();
            Console.WriteLine($"读取 {donors.Count} 人，新增 {added.Donors} 人，补入献血 {added.Donations} 次、暂缓 {added.Deferrals} 条，其余已有");
        });
        await ActivatorUtilities.CreateInstance<OutboxSweep>(maintenance.Services).SweepAsync(tenant.Name, CancellationToken.None);
        return 0;
    }

    private static async Task ListAsync(IServiceProvider services)
    {
        var people = services.GetRequiredService<UserManager<Person>>();
        foreach (var person in await people.Users.OrderBy(p => p.UserName).ToListAsync())
            Console.WriteLine($"{person.UserName,-16} {person.FullName} {string.Join("、", await people.GetRolesAsync(person))}{(person.Disabled ? " 已停用" : "")}{(person.PinFailures >= PinCheck.Tries ? " PIN 已锁定" : "")}");
    }

    private static async Task ResetAsync(IServiceProvider services, string account, bool password)
    {
        var people = services.GetRequiredService<UserManager<Person>>();
        var person = await people.FindByNameAsync(account) ?? throw new VerbException($"没有账号 {account}");
        var revoked = password ? null : await RevokeAsync(services, person);
        if (revoked?.Fault is not null) throw new VerbException(revoked.Words!);
        await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
        if (password)
        {
            var made = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 12);
            person.PasswordHash = people.PasswordHasher.HashPassword(person, made);
            person.MustChangePassword = true;
            Console.WriteLine($"{account} 的新密码：{made}（登录后须更换）");
        }
        else
        {
            person.PinHash = null;
            person.PinFailures = 0;
            Console.WriteLine($"{account} 的 PIN 已清除，下次登录时重新设置");
            if (revoked?.Words is { } left) Console.WriteLine(left);
        }
        await people.UpdateSecurityStampAsync(person);
        await transaction.CommitAsync();
    }

    /// <summary>Nobody else's PIN opens the key: without the old one it is lost.</summary>
    private static Task<RevocationResult> RevokeAsync(IServiceProvider services, Person person) => services.GetRequiredService<IStaffCertificates>()
        .RevokeAsync(person.Id, new StaffSubject("operator", "系统操作员"), new Revocation(X509RevocationReason.CessationOfOperation, "管理员重置 PIN"));
}
