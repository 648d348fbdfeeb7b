using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Modules.Donors;
using Platform.Audit;
using Platform.Jobs;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

internal static class PeopleVerbs
{
    private const string Shell = "命令行";

    public static async Task<int> RunAsync(string what, string[] args)
    {
        await using var maintenance = await Maintenance.OpenAsync();
        var arguments = new VerbArguments(args);
        await maintenance.Tenants.RunAsync((await maintenance.RunningTenantAsync(arguments.Word(0, "租户"))).Name, services => what switch
        {
            "list" => ListAsync(services),
            "reset-password" => WithAsync(services, arguments.Word(1, "工号"), ResetPasswordAsync),
            "reset-pin" => WithAsync(services, arguments.Word(1, "工号"), ResetPinAsync),
            "reset-second-factor" => WithAsync(services, arguments.Word(1, "工号"), ResetSecondFactorAsync),
            "disable" or "enable" => WithAsync(services, arguments.Word(1, "工号"), (book, person) => SwitchAsync(book, person, what == "enable", arguments.Option("reason") ?? Shell)),
            "add" => AddPeople.AddAsync(services, arguments),
            "role" => AddPeople.RoleAsync(services, arguments),
            _ => throw new VerbException($"没有 people {what}，可用：list、add、role、disable、enable、reset-password、reset-pin、reset-second-factor"),
        });
        return 0;
    }

    public static async Task<int> ImportAsync(string[] args)
    {
        await using var maintenance = await Maintenance.OpenAsync();
        var arguments = new VerbArguments(args);
        var (tenant, file) = (await maintenance.RunningTenantAsync(arguments.Word(0, "租户")), arguments.Word(1, "文件"));
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
        var messages = maintenance.Services.GetServices<ILane>().OfType<MessageLane>().Single();
        while (await messages.DoNextAsync(tenant.Name, CancellationToken.None)) continue;
        return 0;
    }

    private static async Task ListAsync(IServiceProvider services)
    {
        var (people, locked) = (services.GetRequiredService<UserManager<Person>>(), await services.GetRequiredService<PeopleBook>().LockedAsync());
        foreach (var person in await people.Users.OrderBy(p => p.UserName).ToListAsync())
            Console.WriteLine($"{person.UserName,-16} {person.FullName} {string.Join("、", await people.GetRolesAsync(person))}{(person.Disabled ? " 已停用" : "")}{(locked.Contains(person.Id) ? " PIN 已锁定" : "")}");
    }

    private static async Task ResetPasswordAsync(PeopleBook book, Person person) =>
        Console.WriteLine($"{person.UserName} 的新密码：{await book.ResetPasswordAsync(person.Id, Shell, Actor.Operator)}（登录后须更换）");

    private static async Task ResetPinAsync(PeopleBook book, Person person)
    {
        var ended = await book.ResetPinAsync(person.Id, Shell, Actor.Operator);
        if (ended.Again) throw new VerbException(ended.Left!);
        Console.WriteLine($"{person.UserName} 的 PIN 已清除，下次登录时重新设置");
        if (ended.Left is { } left) Console.WriteLine(left);
    }

    private static async Task ResetSecondFactorAsync(PeopleBook book, Person person)
    {
        await book.ResetSecondFactorAsync(person.Id, Shell, Actor.Operator);
        Console.WriteLine($"{person.UserName} 的动态验证码已停用，本人登录后可重新启用");
    }

    private static async Task SwitchAsync(PeopleBook book, Person person, bool on, string reason)
    {
        if (!on) await book.DisableAsync(person.Id, reason, Actor.Operator);
        else if (await book.EnableAsync(person.Id, reason, Actor.Operator) is { } not) throw new VerbException(not);
        Console.WriteLine($"{person.UserName}：{(on ? "已启用" : "已停用，所有登录立即失效")}");
    }

    private static async Task WithAsync(IServiceProvider services, string account, Func<PeopleBook, Person, Task> act)
    {
        var book = services.GetRequiredService<PeopleBook>();
        await act(book, await book.FindAsync(account) ?? throw new VerbException($"没有账号 {account}"));
    }
}
