using Engine.Forms;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;

namespace Platform.People;

/// <param name="Act">One of <see cref="PeopleActs"/>' words.</param>
/// <param name="Role">Of those that are about one.</param>
public sealed record PersonPost(string Act, string Role, string Reason);

/// <param name="Made">A new password, to be shown once.</param>
/// <param name="Left">What somebody still has to do, zh-CN.</param>
public sealed record ActDone(FieldError? Error = null, string? Made = null, string? Left = null)
{
    public static ActDone No(string field, string label, string message) => new(new FieldError(field, label, message));
}

/// <summary>What an administrator does to an account, by the word the page posts.</summary>
public sealed class PeopleActs(Store store, PeopleBook book, GiveRights rights)
{
    public const string Give = "give";
    private const int ShortestReason = 2;
    private const int LongestReason = 200;

    public async Task<ActDone> RunAsync(PersonModel person, PersonPost post, Actor by)
    {
        if (Unfit(post.Reason) is { } unfit) return ActDone.No("reason-" + post.Act, "原因", unfit);
        if (await OwnAsync(person, post.Act) is { } refusal) return ActDone.No("reason-" + post.Act, "操作", refusal);
        var id = person.Person.Id;
        switch (post.Act)
        {
            case "disable": return await UnlessOvertakenAsync(async () => await book.DisableAsync(id, post.Reason, by) is { } not ? ActDone.No("reason-disable", "操作", not) : new ActDone());
            case "enable": return await book.EnableAsync(id, post.Reason, by) is { } not ? ActDone.No("reason-enable", "启用", not) : new ActDone();
            case "password": return new ActDone(Made: await book.ResetPasswordAsync(id, post.Reason, by));
            case "pin": return await book.ResetPinAsync(id, post.Reason, by) is { Left: { } left } ended ? ended.Again ? ActDone.No("reason-pin", "重置 PIN", left) : new ActDone(Left: left) : new ActDone();
            case "second-factor": await book.ResetSecondFactorAsync(id, post.Reason, by); return new ActDone();
            case "take": return await UnlessOvertakenAsync(() => TakeAsync(person, post, by));
            default: return ActDone.No("_act", "操作", "没有这个操作，请从页面上的按钮操作");
        }
    }

    /// <summary>Nobody does it to himself; and whoever gives rights could be both of the two persons it takes, if he could make the other's PIN anew.</summary>
    private async Task<string?> OwnAsync(PersonModel person, string act) => act switch
    {
        "disable" or "password" or "pin" or "second-factor" when person.Self => "不能对自己做，请由另一位管理员操作；自己的密码和 PIN 在“PIN 和密码”页更换",
        "pin" when (await rights.OfAsync(person.Person.Id)).Permissions.Contains(PeoplePermissions.Approve) => "此人能批准授予岗位，PIN 只能由系统操作员在服务器上用命令 people reset-pin 重置",
        _ => null,
    };

    /// <summary>What <see cref="GivingRule"/> has allowed.</summary>
    public Task<ActDone> GiveAsync(string personId, Role role, Givers by) => UnlessOvertakenAsync(async () =>
    {
        await using var transaction = await StoreTransaction.BeginAsync(store);
        rights.Give(personId, role, by);
        await transaction.CommitAsync();
        return new ActDone();
    });

    private async Task<ActDone> UnlessOvertakenAsync(Func<Task<ActDone>> act)
    {
        var done = ActDone.No("role", "岗位", "此人的岗位刚被另一人修改，请刷新后再试");
        await Race.WonAsync(store, async () => done = await act());
        return done;
    }

    private async Task<ActDone> TakeAsync(PersonModel person, PersonPost post, Actor by)
    {
        if (person.Has.FirstOrDefault(r => r.Name == post.Role) is not { } role) return ActDone.No("reason-take", "岗位", "此人没有这个岗位");
        await using var transaction = await StoreTransaction.BeginAsync(store);
        if (await LastManager.IsAsync(store, person.Person.Id, role.Id)) return ActDone.No("reason-take", "岗位", LastManager.Refusal);
        await rights.TakeAsync(person.Person.Id, role, post.Reason, by);
        await transaction.CommitAsync();
        return new ActDone();
    }

    private static string? Unfit(string reason) => reason.Length < ShortestReason ? "必填，请写明原因" : TypedText.Fault(reason, LongestReason);
}
