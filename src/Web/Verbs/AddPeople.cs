using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.People;
using Platform.Storage;

namespace Web.Verbs;

/// <summary><c>people add</c> and <c>people role</c>: what the page of people does, by the same rules.</summary>
internal static class AddPeople
{
    public static async Task AddAsync(IServiceProvider services, VerbArguments arguments)
    {
        var typed = new NewPerson(arguments.Word(1, "工号"), arguments.Require("name").Trim(), arguments.Option("id-number") ?? await AskAsync("证件号码"), arguments.All("role"));
        var (added, errors) = await services.GetRequiredService<AddPerson>().RunAsync(typed, await GiversAsync(services, arguments));
        if (added is null) throw new VerbException(string.Join("\n", errors.Select(e => $"{e.Label}：{e.Message}")));
        Console.WriteLine($"已添加 {typed.Account} {typed.FullName}，初始密码：{added.Password}（只显示这一次；首次登录时更换密码并设置 PIN）");
    }

    public static async Task RoleAsync(IServiceProvider services, VerbArguments arguments)
    {
        var (store, book) = (services.GetRequiredService<Store>(), services.GetRequiredService<PeopleBook>());
        var account = arguments.Word(1, "工号");
        var person = await book.FindAsync(account) ?? throw new VerbException($"没有账号 {account}");
        var wanted = arguments.Option("add") ?? arguments.Require("remove");
        var role = await store.Roles.SingleOrDefaultAsync(r => r.Name == wanted)
            ?? throw new VerbException($"没有岗位 {wanted}，可用：{string.Join("、", await store.Roles.OrderBy(r => r.Name).Select(r => r.Name).ToListAsync())}");
        var has = await store.UserRoles.AnyAsync(m => m.UserId == person.Id && m.RoleId == role.Id);
        if (has == arguments.Has("add")) throw new VerbException($"{account} {(has ? "已有" : "没有")}岗位 {role.DisplayName}");
        await ChangeAsync(services, arguments, person, role);
        Console.WriteLine($"{account}：{(has ? "已取消" : "已授予")}岗位 {role.DisplayName}，立即生效");
    }

    private static async Task ChangeAsync(IServiceProvider services, VerbArguments arguments, Person person, Role role)
    {
        var rights = services.GetRequiredService<GiveRights>();
        var by = arguments.Has("add") ? await GiversAsync(services, arguments) : null;
        if (by is not null && await rights.RefusalAsync(by, await rights.OfAsync(person.Id), [role]) is { } refusal) throw new VerbException(refusal);
        await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
        if (by is not null) rights.Give(person.Id, role, by);
        else await rights.TakeAsync(person.Id, role, arguments.Option("reason") ?? "命令行", Actor.Operator);
        await transaction.CommitAsync();
    }

    /// <summary>Both by their PINs, a line each, in this order.</summary>
    private static async Task<Givers> GiversAsync(IServiceProvider services, VerbArguments arguments) =>
        arguments.Option("by") is not { } by ? new Givers(null, null)
            : new Givers(await ProveAsync(services, by, "提出人"), arguments.Option("second") is { } second ? await ProveAsync(services, second, "批准人") : null);

    private static async Task<RightsPerson> ProveAsync(IServiceProvider services, string account, string who)
    {
        var (person, error) = await services.GetRequiredService<GiveRights>().ProveAsync(account, await AskAsync($"{who} {account} 的 PIN"), Actor.Operator);
        return person ?? throw new VerbException($"{who} {account}：{error}");
    }

    /// <summary>What has no place in a shell's history.</summary>
    private static async Task<string> AskAsync(string what)
    {
        await Console.Error.WriteAsync(what + "：");
        return await Console.In.ReadLineAsync() ?? "";
    }
}
