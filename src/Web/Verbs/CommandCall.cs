using Engine.Canonical;
using Engine.Workflows;

namespace Web.Verbs;

/// <summary>A verb that was called wrongly; the message says how it is called.</summary>
internal sealed class CallException(string message) : Exception(message);

/// <summary>The call of a verb about one file.</summary>
internal sealed class CommandCall
{
    private readonly Func<string, string> _read;
    private readonly List<(string Name, string Value)> _options = [];

    private CommandCall(Func<string, string> read) => _read = read;

    public string File { get; private set; } = "";

    /// <summary>What stands in the file.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Values of an option in the order they were given.</summary>
    public IEnumerable<string> All(string option) => _options.Where(o => o.Name == option).Select(o => o.Value);

    public string? Option(string option) => All(option).LastOrDefault();

    public bool Has(string flag) => All(flag).Any();

    /// <param name="flags">Options without a value.</param>
    /// <param name="options">Options with one.</param>
    /// <exception cref="CallException">The call is wrong, or the file cannot be read.</exception>
    public static CommandCall Read(string[] args, string[] flags, string[] options, string usage, Func<string, string> read)
    {
        var call = new CommandCall(read);
        for (var i = 0; i < args.Length; i++)
        {
            if (flags.Contains(args[i])) call._options.Add((args[i], ""));
            else if (options.Contains(args[i])) call._options.Add((args[i], i + 1 < args.Length ? args[++i] : throw new CallException($"{args[i]} 后面缺少内容。{usage}")));
            else if (args[i].StartsWith("--", StringComparison.Ordinal)) throw new CallException($"不认识的参数 {args[i]}。{usage}");
            else call.File = call.File.Length == 0 ? args[i] : throw new CallException($"只能给一个流程文件。{usage}");
        }
        if (call.File.Length == 0) throw new CallException(usage);
        call.Text = call.Beside(call.File) ?? throw new CallException($"读不到流程文件“{call.File}”，请检查路径");
        return call;
    }

    /// <summary>Text of another file; null when there is none.</summary>
    public string? Beside(string file)
    {
        try { return _read(file); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException) { return null; }
    }

    /// <summary>What a person is told of an exception that ends a verb: never where in the program it was.</summary>
    public static string Words(Exception e) => e switch
    {
        CallException or ArgumentException => e.Message,
        DocumentFaultException => $"流程文件有误：{e.Message}",
        _ => $"程序出错，什么也没有改变。请把这句话告诉系统管理员：{e.GetType().Name}：{e.Message.ReplaceLineEndings(" ")}",
    };
}
