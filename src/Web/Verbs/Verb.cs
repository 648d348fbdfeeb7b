using Engine.Canonical;
using Engine.Rules;
using Engine.Workflows;
using Platform.Publishing;
using Platform.Tenancy;
using Web.Host;

namespace Web.Verbs;

/// <summary>A maintenance command that cannot be done as asked; says what to write instead.</summary>
internal sealed class VerbException(string message) : Exception(message);

/// <summary>What stands after a verb: words and <c>--options</c>.</summary>
internal sealed class VerbArguments
{
    private readonly List<(string Name, string Value)> _options = [];
    private readonly List<string> _words = [];

    public VerbArguments(IEnumerable<string> args, params string[] flags)
    {
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var word))
        {
            if (!word.StartsWith("--", StringComparison.Ordinal)) _words.Add(word);
            else if (flags.Contains(word[2..])) _options.Add((word[2..], "true"));
            else if (word.Contains('=', StringComparison.Ordinal)) _options.Add((word[2..word.IndexOf('=')], word[(word.IndexOf('=') + 1)..]));
            else _options.Add((word[2..], rest.TryDequeue(out var value) ? value : throw new VerbException($"{word} 后面缺少值")));
        }
    }

    public string Word(int index, string name) => index < _words.Count ? _words[index] : throw new VerbException($"缺少参数 <{name}>");

    /// <summary>All words from this one on.</summary>
    public IEnumerable<string> From(int index) => _words.Skip(index);

    public string? Option(string name) => All(name) is [.., var last] ? last : null;

    /// <summary>Of an option that may stand more than once.</summary>
    public IReadOnlyList<string> All(string name) => [.. _options.Where(o => o.Name == name).Select(o => o.Value)];

    public string Require(string name) => Option(name) ?? throw new VerbException($"缺少 --{name}");

    public bool Has(string name) => All(name).Count > 0;
}

/// <summary>The maintenance verbs of the executable.</summary>
internal static class Verb
{
    private const string Usage = """
        用法（在 src/Web 下：dotnet run -- <命令>）
          tenants list                                     租户、状态与地址
          tenants disable|enable <租户>                     停用、启用（运行中的服务几秒内生效）
          migrate                                          升级全部数据库
          recipe plan <租户> [--json]                       查看配方会改什么、有什么问题（未初始化的租户也可）；没有问题退出码 0，有问题 1
          recipe apply <租户>                               首次装机：建库并执行配方；有问题时什么都不写
          recipe apply <租户> --by 工号 [--second 工号]      运行中的租户：文档写成变更单，检查后打印编号，另行送批；角色的权限有变须第二人（各读一行 PIN）
          changes list <租户>                               变更单，和配置文档的版本、哈希与生效时间
          changes show <租户> <编号>                         改了什么、经过、批准
          changes new <租户> --title 标题 --reason 理由 --by 工号 [--from 时间] [文件…]   新建变更单；规则包和流程连同旁边的 .tests.json（从标准输入读 PIN，下同）
          changes add <租户> <编号> --by 工号 [文件…] [--end 种类/名称]… [--from 时间] [--revision 见到的次数]   修改；--end 停用本站的文档
          changes check <租户> <编号>                        检查，连同到时和以后一起生效的全部文档；没有问题退出码 0，有问题 1
          changes submit <租户> <编号> --by 工号              再检查一遍并送批
          changes approve <租户> <编号> --by 工号 [--note 意见]  没有起草、也没有修改过它的另一人批准（PIN）
          changes withdraw <租户> <编号> --by 工号 [--reason 原因]   撤销还没有批准的变更单
          changes rollback <租户> <编号> --by 工号 --reason 原因      收回：新建内容相反的变更单，同样检查、送批、批准
          changes export <租户> <编号> <文件夹>              导出为配方文件夹
          changes import <租户> <文件夹> --by 工号            由配方文件夹新建变更单
          rules facts [--station 租户] [--json]              规则可用的全部事实
          rules eval --station 租户 --type 类型 --facts 文件|- [--date 日期] [--stage 步骤] [--with 草稿文件]… [--json]
                                                           事实与目录不符即拒绝；文件每行一个对象时逐行判定、逐行输出 JSON，
                                                           每行可写 {"facts":{…},"date":…,"type":…,"stage":…}
          rules check <文件> --station 租户 --layer national|province|station [--effective 日期] [--json]
                                                           这份文档能否在该站生效；没有问题退出码 0，有问题 1，命令写错 2
          rules replay --visit 编号 [--station 租户] [--json]
          workflow run 文件 [--resume 活动]… --json          试运行一个流程；有异常时退出码为 1
          workflow validate 文件 [--station 租户] [--json]   检查一个流程；没有问题时退出码为 0，有问题为 1
          donors import <租户> <文件>                        导入献血者与既往献血
          people list <租户>
          people add <租户> <工号> --name 姓名 [--id-number 证件号码] [--role 岗位]… [--by 工号 --second 工号]
          people role <租户> <工号> --add 岗位 [--by 工号 --second 工号]   管理员满两位后须两人授予（从标准输入各读一行 PIN）
          people role <租户> <工号> --remove 岗位 [--reason 原因]
          people disable|enable <租户> <工号> [--reason 原因]   立即生效
          people reset-password|reset-pin|reset-second-factor <租户> <工号>
          devices parse <文件> --profile 配置名或文件 [--station 租户] [--json]   0 都可采信，1 有不采信的，2 读不了
          backup <租户> <文件>                              整站备份为一个文件（可在运行中进行）
          backup host <文件>                               备份主机库：各站点的标识、登录密钥
          restore <文件> [--tenant 租户]                     恢复到空的租户，然后核查；主机库的备份恢复到丢失的主机库
          verify <档案包.zip> --root 根证书 [--root …]        只凭档案包核查签名与内容（DER 或 PEM，PEM 中可有多张）；都符合时退出码为 0，否则为 1；
                                                           没有 --root 时只能证明档案包内部一致，退出码为 3
          verify <租户> [--signatures]                      核查全部档案包、未归档的签名和全部证据；--signatures 逐个列出签名：谁、何时、签了什么；
                                                           都符合时退出码为 0，有不符为 1，只是认证机构没有应答而有待核的为 3
        """;

    private static readonly AsyncLocal<string[]> Given = new();

    /// <summary>Settings of this call, for the host it opens; none where a shell called.</summary>
    public static string[] Settings => Given.Value ?? [];

    /// <param name="settings">As on the command line of the server, such as <c>--AppData=FOLDER</c>; the environment's are used besides.</param>
    public static async Task<int> RunAsync(string[] args, params string[] settings)
    {
        Given.Value = settings;
        try
        {
            return (args[0], args.ElementAtOrDefault(1)) switch
            {
                ("workflow", "run") => await WorkflowRunCommand.RunAsync(args[2..], Console.Out, Console.Error, modules: Composition.ModuleActivities),
                ("workflow", "validate") => await WorkflowVerbs.ValidateAsync(args[2..]),
                ("devices", "parse") => await DeviceVerbs.ParseAsync(args[2..]),
                ("tenants", { } what) => await TenantVerbs.RunAsync(what, args[2..]),
                ("migrate", _) => await TenantVerbs.MigrateAsync(args[1..]),
                ("recipe", { } what) => await RecipeVerbs.RunAsync(what, args[2..]),
                ("changes", { } what) => await ChangeVerbs.RunAsync(what, args[2..]),
                ("rules", { } what) => await RuleVerbs.RunAsync(what, args[2..]),
                ("donors", "import") => await PeopleVerbs.ImportAsync(args[2..]),
                ("people", { } what) => await PeopleVerbs.RunAsync(what, args[2..]),
                ("backup", _) => await BackupVerbs.BackupAsync(args[1..]),
                ("restore", _) => await BackupVerbs.RestoreAsync(args[1..]),
                ("verify", _) => await VerifyVerb.RunAsync(args[1..]),
                ("help", _) => Help(),
                _ => throw new VerbException($"没有命令 {string.Join(' ', args.Take(2))}\n\n{Usage}"),
            };
        }
        catch (Exception e) when (e is VerbException or StartException or Platform.Storage.StoreRefusedException or Platform.Storage.OtherBuildException or DocumentException or Platform.Storage.DamagedValueException or TenantUnavailableException or PublishingRefusedException or SetException or RulePackException or DocumentFaultException or ArgumentException or IOException or UnauthorizedAccessException or System.Data.Common.DbException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
        catch (Exception e)
        {
            // A fault of the product: whoever reads it can do nothing with a stack, and can pass one sentence on.
            await Console.Error.WriteLineAsync($"程序出错，什么也没有改变。请把这句话告诉系统管理员：{e.GetType().Name}：{e.Message.ReplaceLineEndings(" ")}");
            return 2;
        }
    }

    private static int Help()
    {
        Console.WriteLine(Usage);
        return 0;
    }
}
