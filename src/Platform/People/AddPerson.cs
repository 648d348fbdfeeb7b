using Engine.Forms;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Platform.People;

/// <summary>A person as typed.</summary>
/// <param name="IdNumber">Of the identity card, or of a passport or permit.</param>
/// <param name="Roles">Codes of roles.</param>
public sealed record NewPerson(string Account, string FullName, string IdNumber, IReadOnlyList<string> Roles);

/// <param name="Password">Shown once; its owner has to choose another.</param>
public sealed record AddedPerson(string Id, string Password);

/// <summary>A new account, with the rights it begins with.</summary>
public sealed class AddPerson(Store store, IPasswordHasher<Person> hasher, PersonTokens tokens, GiveRights rights, StationClock station)
{
    private const int LongestName = 40;
    private const int LongestAccount = 32;

    public async Task<(AddedPerson? Added, IReadOnlyList<FieldError> Errors)> RunAsync(NewPerson typed, Givers by, CancellationToken cancel = default)
    {
        var token = tokens.Read(typed.IdNumber, await station.TodayAsync(cancel), out var number);
        var (id, errors) = (Guid.NewGuid().ToString(), await FaultsAsync(typed, token, number, cancel));
        var roles = await store.Roles.Where(r => typed.Roles.Contains(r.Name!)).ToListAsync(cancel);
        errors.AddRange(typed.Roles.Where(name => roles.All(r => r.Name != name)).Select(name => new FieldError("role", "岗位", $"没有岗位 {name}")));
        if (errors.Count == 0 && roles.Count > 0 && await rights.RefusalAsync(by, new RightsPerson(id, typed.FullName, token, new HashSet<string>()), roles, cancel) is { } refusal)
            errors.Add(new FieldError("second", "批准人", refusal));
        if (errors.Count > 0) return (null, errors);
        AddedPerson? added = null;
        return await Race.WonAsync(store, async () => added = await WriteAsync(id, typed, token!, roles, by)) ? (added, []) : (null, [new FieldError("account", "工号", "此人或此工号刚被另一人添加，请查找核对")]);
    }

    private async Task<List<FieldError>> FaultsAsync(NewPerson typed, string? token, string? number, CancellationToken cancel)
    {
        var errors = new List<FieldError>();
        if (typed.Account.Length < 2 || typed.Account.Length > LongestAccount || !typed.Account.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            errors.Add(new FieldError("account", "工号", $"2 至 {LongestAccount} 个字母、数字、点、连字符或下划线"));
        else if (typed.Account.ToUpperInvariant() is var account && await store.Users.AnyAsync(p => p.NormalizedUserName == account, cancel))
            errors.Add(new FieldError("account", "工号", $"{typed.Account} 已有人使用，请换一个"));
        if ((typed.FullName.Length == 0 ? "必填，请填写" : TypedText.Fault(typed.FullName, LongestName)) is { } name) errors.Add(new FieldError("name", "姓名", name));
        if (number is not null) errors.Add(new FieldError("idNumber", "证件号码", number));
        else if (await store.Users.Where(p => p.IdentityToken == token && !p.Disabled).Select(p => p.UserName).FirstOrDefaultAsync(cancel) is { } same)
            errors.Add(new FieldError("idNumber", "证件号码", $"此人在本站已有账号 {same}：一人一个账号，请修改那个账号，或先停用它"));
        return errors;
    }

    private async Task<AddedPerson> WriteAsync(string id, NewPerson typed, string token, List<Role> roles, Givers by)
    {
        var password = PeopleBook.MakePassword();
        var person = new Person
        {
            Id = id, UserName = typed.Account, NormalizedUserName = typed.Account.ToUpperInvariant(), FullName = typed.FullName, IdentityToken = token, MustChangePassword = true, SecurityStamp = Guid.NewGuid().ToString("N"),
        };
        person.PasswordHash = hasher.HashPassword(person, password);
        await using var transaction = await StoreTransaction.BeginAsync(store);
        store.Add(person);
        store.Add(GiveRights.ActorOf(by).Did("添加账号", "person:" + id, station.Now, new AuditChange(New: $"{typed.Account} {typed.FullName}")));
        // The roles refer to the person.
        await store.SaveChangesAsync();
        foreach (var role in roles) rights.Give(id, role, by);
        // First: an account the host does not know is never there, a word about one that came to nothing does no harm.
        await tokens.SayAsync(id, token);
        await transaction.CommitAsync();
        return new AddedPerson(id, password);
    }
}
