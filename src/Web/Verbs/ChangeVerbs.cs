using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary>变更单 from the command line: the same rows as the pages make. Whoever drafts, submits or approves proves it by PIN, so that an author is always a person.</summary>
internal sealed class ChangeVerbs(IServiceProvider services, Tenant tenant, VerbArguments arguments)
{
    private static readonly string[] Known = ["list", "show", "new", "add", "check", "submit", "approve", "withdraw", "rollback", "export", "import"];

    public static async Task<int> RunAsync(string what, string[] args)
    {
        if (!Known.Contains(what)) throw new VerbException($"没有 changes {what}，可用：{string.Join("、", Known)}");
        var arguments = new VerbArguments(args);
        await using var maintenance = await Maintenance.OpenAsync();
        var tenant = await maintenance.RunningTenantAsync(arguments.Word(0, "租户"));
        return await maintenance.Tenants.RunAsync(tenant.Name, services => new ChangeVerbs(services, tenant, arguments).DoAsync(what));
    }

    private async Task<int> DoAsync(string what)
    {
        switch (what)
        {
            case "list": await ChangeOutput.ListAsync(services); break;
            case "show": await ChangeOutput.ShowAsync(services, await FindAsync()); break;
            case "new": await NewAsync(); break;
            case "add": await AddAsync(); break;
            case "check": return await CheckAsync();
            case "submit": await SubmitAsync(); break;
            case "approve": await ApproveAsync(); break;
            case "withdraw": await WithdrawAsync(); break;
            case "rollback": await RollbackAsync(); break;
            case "export": Console.WriteLine($"已导出 {await Get<ChangeFolder>().ExportAsync((await FindAsync()).Id, arguments.Word(2, "文件夹"))} 份文档"); break;
            default: await ImportAsync(); break;
        }
        return 0;
    }

    private async Task NewAsync()
    {
        var edits = Files(1);
        var from = From();
        Say(await Get<WriteChange>().NewAsync(new NewChange(arguments.Require("title"), arguments.Require("reason"), ChangeEntries.Verb, from), edits, await ProveAsync("起草人")));
    }

    private async Task ImportAsync()
    {
        var (change, edits) = Get<ChangeFolder>().Read(arguments.Word(1, "文件夹"), ChangeEntries.Verb);
        Say(await Get<WriteChange>().NewAsync(change, edits, await ProveAsync("起草人")));
    }

    private async Task AddAsync()
    {
        var change = await FindAsync();
        var edits = Files(2).Concat(Ends()).ToList();
        var (seen, from) = (arguments.Option("revision") is { } text ? Number(text) : change.Revision, From());
        if (edits.Count == 0 && from is null) throw new VerbException("缺少参数 <文件>、--end 或 --from");
        var author = await ProveAsync("起草人");
        if (edits.Count > 0) change = await Get<WriteChange>().SaveAsync(change.Id, seen, edits, "加入 " + string.Join("、", edits.Select(e => e.Name)), author);
        if (from is not null) change = await Get<WriteChange>().SaveAsync(change.Id, edits.Count > 0 ? null : seen, body => body with { From = from }, "改生效时刻", author);
        Say(change);
    }

    private async Task<int> CheckAsync()
    {
        var outcome = await Get<CheckChange>().RunAsync((await FindAsync()).Id, Actor.Operator);
        foreach (var finding in outcome.Findings) Console.WriteLine(finding);
        Console.WriteLine(outcome.Findings.Count == 0 ? "检查通过，可以送批" : $"共 {outcome.Findings.Count} 处问题");
        return outcome.Findings.Count == 0 ? FindingsOutput.Clean : FindingsOutput.Found;
    }

    private async Task SubmitAsync()
    {
        var (change, author) = (await FindAsync(), await ProveAsync("起草人"));
        await Get<PassChange>().SubmitAsync(change.Id, author);
        Console.WriteLine($"变更单 {change.Number} 已送批，由另一人批准");
    }

    private async Task ApproveAsync()
    {
        var (change, (approver, pin)) = (await FindAsync(), await ProveWithPinAsync("批准人"));
        var done = await Get<ApproveChange>().RunAsync(new Approval(change.Id, pin, null, arguments.Option("note")), approver);
        if (done.Missing.Count > 0) Console.WriteLine($"已批准您有权批准的部分，还须有 {string.Join("、", done.Missing)} 权限的人员批准");
        else Console.WriteLine($"已批准，自 {ChangeOutput.Time(done.Change.InForceFrom)} 起生效");
        foreach (var document in done.Documents)
            Console.WriteLine($"  {Get<Publisher>().Kind(document.Kind).Title} {document.Name} 第 {document.Version} 版{(document.EffectiveTo is { } to ? $"，至 {ChangeOutput.Time(to)} 止" : "")}");
    }

    private async Task WithdrawAsync()
    {
        var (change, author) = (await FindAsync(), await ProveAsync("起草人"));
        await Get<PassChange>().WithdrawAsync(change.Id, author, arguments.Option("reason"));
        Console.WriteLine($"变更单 {change.Number} 已撤销");
    }

    private async Task RollbackAsync()
    {
        var change = await FindAsync();
        var reason = arguments.Require("reason");
        Say(await Get<TakeBackChange>().RunAsync(change.Id, ChangeEntries.Verb, reason, await ProveAsync("起草人")));
    }

    private static void Say(Change change) => Console.WriteLine($"变更单 {change.Number} 第 {change.Revision} 次修改：{change.Id}");

    private List<DocumentEdit> Files(int first)
    {
        var kinds = services.GetServices<DocumentKind>().ToList();
        return [.. arguments.From(first).Select(path => DraftFile.Read(kinds, path).EditFor(tenant))];
    }

    /// <summary><c>--end form/general-check</c>: the tenant's own document of that name is in force no more.</summary>
    private IEnumerable<DocumentEdit> Ends() => arguments.All("end").Select(text => text.Split('/', 2) is [var kind, var name]
        ? new DocumentEdit(Get<Publisher>().Kind(kind).Code, name, tenant.IsProvince ? DocumentLayer.Province : DocumentLayer.Station, null)
        : throw new VerbException($"--end {text} 不能识别，请写成 种类/名称，例如 form/general-check"));

    private async Task<ChangeActor> ProveAsync(string who) => (await ProveWithPinAsync(who)).Person;

    private Task<(ChangeActor Person, string Pin)> ProveWithPinAsync(string who) => ProveAsync(services, arguments, who);

    /// <param name="option">That names the account.</param>
    public static async Task<(ChangeActor Person, string Pin)> ProveAsync(IServiceProvider services, VerbArguments arguments, string who, string option = "by")
    {
        var account = arguments.Require(option);
        await Console.Error.WriteAsync($"{who} PIN：");
        var pin = await Console.In.ReadLineAsync() ?? "";
        var (person, error) = await services.GetRequiredService<ChangePeople>().ProveAsync(account, pin, Actor.Operator);
        return (person ?? throw new VerbException(error!), pin);
    }

    private async Task<Change> FindAsync()
    {
        var text = arguments.Word(1, "编号");
        var changes = Get<Store>().Set<Change>().AsNoTracking();
        return (Guid.TryParse(text, out var id) ? await changes.SingleOrDefaultAsync(c => c.Id == id) : await changes.SingleOrDefaultAsync(c => c.Number == text))
            ?? throw new VerbException($"没有编号为 {text} 的变更单，请用 changes list 查看");
    }

    private DateTimeOffset? From() => arguments.Option("from") is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var instant) ? CheckChange.Milliseconds(instant)
        : throw new VerbException($"时间 {text} 不能识别，请写成 2026-12-01T00:00+08:00");

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new VerbException($"--revision {text} 不是数字");

    private T Get<T>() where T : notnull => services.GetRequiredService<T>();
}
