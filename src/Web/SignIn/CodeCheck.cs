using Platform.Audit;
using Platform.People;

namespace Web.SignIn;

/// <summary>Proves a person by the one-time code of a device, as slowly for whoever guesses as a password.</summary>
internal sealed class CodeCheck(SecondFactors factors, TryLog tries, Sessions sessions, TimeProvider clock)
{
    public const string Wrong = "动态验证码不正确或已用过，请输入手机上新显示的 6 位数字";

    /// <returns>Why not, zh-CN; null when the code is right.</returns>
    public async Task<string?> ErrorAsync(Person person, string code, SignInFrom from)
    {
        var trial = await TrialAsync(person, from);
        if (await tries.WaitAsync(trial) is { } until) return Waits(until);
        if (!await factors.TakeAsync(person.Id, code)) return await WrongAsync(trial, person, from);
        // Others may have used the tries up while this one was looked at.
        if (await tries.WaitAsync(trial) is { } since) return Waits(since);
        await tries.ForgetAsync([trial.Judged[0]]);
        return null;
    }

    /// <summary>A browser that has been in this account before is not stopped by what others try.</summary>
    private async Task<Trial> TrialAsync(Person person, SignInFrom from)
    {
        var known = (await sessions.KnownAsync(person.NormalizedUserName!, from)).Device;
        TryKey own = new(TryLimit.Code, $"{person.Id}|{(known ? from.Device : from.Source)}"), all = new(TryLimit.Codes, person.Id);
        return known ? new Trial([own], [all], person.Id) : new Trial([own, all], [], person.Id);
    }

    private async Task<string> WrongAsync(Trial trial, Person person, SignInFrom from)
    {
        var now = clock.GetUtcNow();
        var counted = await tries.CountAsync(trial, (where, sum) => where.Add(Actor.Nobody.Did(
            "动态验证码输错", "person:" + person.Id, now, new AuditChange(person.UserName, null, $"来自 {from.Source}，第 {sum.Failures} 次"))));
        return counted is null ? Waits(await tries.WaitAsync(trial) ?? now) : Wrong;
    }

    private string Waits(DateTimeOffset until) => $"动态验证码连续输错，请 {TryWords.Minutes(until - clock.GetUtcNow())} 分钟后再试；手机丢失请由另一位管理员重置";
}
