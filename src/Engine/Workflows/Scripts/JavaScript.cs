using JintEngine = Jint.Engine;
using System.Globalization;
using System.Text.Json.Nodes;
using Jint;
using Jint.Runtime;

namespace Engine.Workflows;

/// <summary>
/// JavaScript expressions with the environment Elsa documents. Each evaluation has its own engine without CLR access, without
/// eval, and with limits on time, statements, depth and memory that hold for built-in functions too.
/// </summary>
internal static class JavaScript
{
    /// <summary>Items of a list a script may make.</summary>
    public const int LongestList = 100_000;

    private const long Memory = 16_000_000;
    private const int LongestScript = 65_536;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <exception cref="ExpressionException">The script is invalid, throws, or exceeds a limit.</exception>
    public static JsonNode? Evaluate(string script, ActivityContext context) => Evaluate(script, context, (_, _) => { });

    /// <summary>Runs a script with more functions than an expression has.</summary>
    public static JsonNode? Evaluate(string script, ActivityContext context, Action<JintEngine, ScriptValues> extend)
    {
        if (script.Length > LongestScript) throw new ExpressionException($"脚本超过 {LongestScript} 字");
        try
        {
            return Run(script, context, extend);
        }
        // Whatever a script brings about, in Jint too, is the script's fault: nothing it can call reaches outside.
        catch (Exception e) when (e is not (ExpressionException or ActivityFaultException))
        {
            throw new ExpressionException(Words(e));
        }
    }

    private static JsonNode? Run(string script, ActivityContext context, Action<JintEngine, ScriptValues> extend)
    {
        var time = context.Burst.EvaluatingLeft < Longest ? context.Burst.EvaluatingLeft : Longest;
        var source = ScriptSource.Prepare(script);
        var engine = NewEngine(context.Now, time);
        var values = new ScriptValues(engine, time);
        new ScriptGuard(engine, values).Install();
        var environment = new JavaScriptEnvironment(engine, values, context);
        environment.Define();
        extend(engine, values);
        var result = values.FromJs(engine.Evaluate(source));
        environment.WriteBack();
        return result;
    }

    private static JintEngine NewEngine(DateTimeOffset now, TimeSpan time) => new(options =>
    {
        options.TimeSystem = new RunClock(now);
        options.TimeoutInterval(time)
            .MaxStatements(100_000)
            .LimitRecursion(100)
            .LimitMemory(Memory)
            .MaxArraySize(LongestList)
            .RegexTimeoutInterval(TimeSpan.FromMilliseconds(200))
            .DisableStringCompilation();
        options.Constraints.StackOverflowGuard = true;
    });

    /// <summary>What went wrong with a script, in a sentence.</summary>
    public static string Words(Exception e)
    {
        const int longest = 300;
        var words = e switch
        {
            MemoryLimitExceededException => "脚本用的内存超过上限",
            StatementsCountOverflowException => "脚本运行的语句超过上限，可能是死循环",
            RecursionDepthOverflowException or InsufficientExecutionStackException => "脚本嵌套太深，可能是没有出口的递归",
            TimeoutException or OperationCanceledException => "脚本运行超时",
            ScriptPreparationException { InnerException: InsufficientExecutionStackException } => "脚本嵌套太深",
            JintException or Acornima.ParseErrorException or ScriptLimitException or ExpressionException => e.Message,
            _ => "脚本无法运行：" + e.Message,
        };
        return words.Length <= longest ? words : words[..longest] + "…";
    }
}

/// <summary>Scripts read the injected clock, in UTC.</summary>
internal sealed class RunClock(DateTimeOffset now) : DefaultTimeSystem(TimeZoneInfo.Utc, CultureInfo.InvariantCulture)
{
    public override DateTimeOffset GetUtcNow() => now;
}
