using System.Collections.Concurrent;
using System.Text;
using Acornima;
using Acornima.Ast;
using Jint;
using JintEngine = Jint.Engine;

namespace Engine.Workflows;

/// <summary>
/// A script as it is run: the interpreter looks at its limits between statements only, so every call, every joining of texts and
/// every spread is put through <see cref="Guard"/>, which looks at them there too.
/// </summary>
internal static class ScriptSource
{
    private const int CacheSize = 1_000;
    private static readonly ConcurrentDictionary<string, Prepared<Script>> Cache = new(StringComparer.Ordinal);
    private static readonly ParserOptions Reading = new() { AllowReturnOutsideFunction = true };
    private static readonly ScriptPreparationOptions Preparing = new() { ParsingOptions = ScriptParsingOptions.Default with { AllowReturnOutsideFunction = true } };

    /// <summary>Name of the function that guards; made anew with each process, so that no script can hide it behind one of its own.</summary>
    public static string Guard { get; } = "_" + Guid.NewGuid().ToString("N");

    /// <exception cref="ExpressionException">It uses what scripts of flows may not.</exception>
    /// <exception cref="ParseErrorException">It is no script.</exception>
    public static Prepared<Script> Prepare(string script)
    {
        if (Cache.TryGetValue(script, out var prepared)) return prepared;
        // A whole clear now and then keeps the cache bounded without bookkeeping on the hot path.
        if (Cache.Count >= CacheSize) Cache.Clear();
        return Cache[script] = JintEngine.PrepareScript(Guarded(script), options: Preparing);
    }

    private static string Guarded(string script)
    {
        var places = new List<(int At, bool Opens, int Length)>();
        foreach (var node in Places(new Parser(Reading).ParseScript(script)))
        {
            places.Add((node.Start, true, node.End - node.Start));
            places.Add((node.End, false, node.End - node.Start));
        }
        // Of what begins at one place the longest opens first; of what ends at one the shortest closes first.
        var inOrder = places.OrderBy(p => p.At).ThenBy(p => p.Opens).ThenBy(p => p.Opens ? -p.Length : p.Length);
        var (text, from) = (new StringBuilder(script.Length * 2), 0);
        foreach (var (at, opens, _) in inOrder)
        {
            text.Append(script, from, at - from).Append(opens ? Guard + "((" : "))");
            from = at;
        }
        return text.Append(script, from, script.Length - from).ToString();
    }

    /// <summary>Expressions whose value is looked at as soon as it is there.</summary>
    private static HashSet<Node> Places(Node script)
    {
        var (places, inChain, open) = (new HashSet<Node>(), new HashSet<Node>(), new Stack<(Node Node, bool InSum)>([(script, false)]));
        while (open.TryPop(out var next))
        {
            var (node, sum) = (next.Node, IsSum(next.Node));
            Add(node, next.InSum, places, inChain);
            foreach (var child in node.ChildNodes) open.Push((child, sum));
        }
        places.ExceptWith(inChain);
        return places;
    }

    private static void Add(Node node, bool inSum, HashSet<Node> places, HashSet<Node> inChain)
    {
        switch (node)
        {
            case CallExpression or NewExpression or TaggedTemplateExpression or ChainExpression:
            case AssignmentExpression { Operator: Operator.AdditionAssignment }:
                places.Add(node);
                break;
            case BinaryExpression when IsSum(node) && !inSum:
                places.Add(node);
                break;
            case TemplateLiteral template:
                places.UnionWith(template.Expressions);
                break;
            case SpreadElement spread:
                places.Add(spread.Argument);
                break;
            case Literal { Kind: TokenKind.BigIntLiteral }:
                throw new ExpressionException("脚本不能用 BigInt（例如 1n），请用普通数字");
            case IFunction { Generator: true } or IFunction { Async: true } or AwaitExpression:
                throw new ExpressionException("脚本不能用 async 和生成器（function*），请写成普通函数");
        }
        if (node is AssignmentExpression { Operator: Operator.AdditionAssignment } grows) places.Add(grows.Right);
        if (node is ChainExpression chain) Skip(chain.Expression, inChain);
    }

    /// <summary>A link of <c>a?.b().c</c> cannot be put into a call of its own: what stands behind it would no longer be skipped.</summary>
    private static void Skip(Node? link, HashSet<Node> inChain)
    {
        for (; link is CallExpression or MemberExpression; link = link is CallExpression call ? call.Callee : ((MemberExpression)link).Object) inChain.Add(link);
    }

    private static bool IsSum(Node node) => node is BinaryExpression { Operator: Operator.Addition };
}
