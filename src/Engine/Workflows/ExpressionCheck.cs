using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Engine.Workflows;

/// <summary>Finds expressions that cannot be evaluated, and variables nobody has declared.</summary>
internal sealed partial class ExpressionCheck(WorkflowDefinition definition)
{
    private readonly HashSet<string> _variables = Known(definition);

    public IEnumerable<WorkflowFinding> Check(ActivityNode node)
    {
        foreach (var (property, value) in node.Json)
        {
            if (property is "activities" or "connections" or "metadata" or "customProperties") continue;
            var path = $"{node.Path}.{property}";
            if (property == "variable" && node.Type == "Elsa.SetVariable" && ActivityNode.Text(value as JsonObject, "id") is { } target && !_variables.Contains(target)) yield return Unknown(path, target);
            if (value is not JsonObject input) continue;
            if (ActivityNode.Text(input["memoryReference"] as JsonObject, "id") is { } bound && !_variables.Contains(bound) && definition.Outputs.All(o => o.Name != bound)) yield return Unknown(path + ".memoryReference", bound);
            if (input["expression"] is not JsonObject expression) continue;
            if (!input.ContainsKey("typeName")) yield return new WorkflowFinding(path, $"“{node.DisplayText}”的 {property} 没有 typeName，会被当作没有填写", "加上 typeName，例如 \"String\"");
            foreach (var finding in CheckExpression(expression, path)) yield return finding;
        }
        foreach (var finding in CheckCases(node)) yield return finding;
        if (node.Type == "Elsa.RunJavaScript" && node.LiteralText("script") is { } script && Broken(script) is { } why) yield return new WorkflowFinding(node.Path + ".script", "脚本不能运行：" + why, "改正脚本");
    }

    private IEnumerable<WorkflowFinding> CheckCases(ActivityNode node)
    {
        if (node.Type is not ("Elsa.Switch" or "Elsa.FlowSwitch")) return [];
        if (Activities.Cases.Of(node) is not { } cases) return [new WorkflowFinding(node.Path + ".cases", $"“{node.DisplayText}”的 cases 不是列表", "写成 [ … ]，每项有 label 和 condition")];
        return cases.SelectMany((item, i) => item is JsonObject one && one["condition"] is { } condition
            ? ((condition as JsonObject)?["expression"] ?? condition) is JsonObject bare ? CheckExpression(bare, $"{node.Path}.cases[{i}].condition") : []
            : [new WorkflowFinding($"{node.Path}.cases[{i}]", $"“{node.DisplayText}”的第 {i + 1} 项没有 condition", "写明 label 和 condition")]);
    }

    private IEnumerable<WorkflowFinding> CheckExpression(JsonObject expression, string path)
    {
        foreach (var name in Named(expression).Where(n => !_variables.Contains(n))) yield return Unknown(path, name);
        var type = ActivityNode.Text(expression, "type");
        if (type is not ("Literal" or "Object" or "Json" or "Variable" or "Input" or "JavaScript"))
            yield return new WorkflowFinding(path, $"不支持 {type ?? "没有写明类型的"} 表达式", "改用 JavaScript、Literal、Object、Variable 或 Input（区分大小写）");
        if (type == "JavaScript" && Broken(JsonValues.ToText(expression["value"]) ?? "") is { } why) yield return new WorkflowFinding(path, "脚本不能运行：" + why, "改正脚本");
        if (type is "Object" or "Json" && ActivityNode.Text(expression, "value") is { Length: > 0 } json && json.Trim() != "null" && JsonValues.ParseOrNull(json) is null)
            yield return new WorkflowFinding(path, "Object 表达式不是有效的 JSON", "检查括号、逗号和引号，一个对象里不要有重名");
    }

    private static string? Broken(string script)
    {
        try
        {
            ScriptSource.Prepare(script);
            return null;
        }
        catch (Exception e) when (e is ExpressionException or Acornima.ParseErrorException or Jint.JintException or InsufficientExecutionStackException)
        {
            return JavaScript.Words(e);
        }
    }

    private static HashSet<string> Known(WorkflowDefinition definition)
    {
        var all = definition.Variables.Concat(definition.Activities.SelectMany(a => a.Variables)).ToList();
        return [.. all.Select(v => v.Id), .. all.Select(v => v.Name), "CurrentValue", "CurrentIndex"];
    }

    private static IEnumerable<string> Named(JsonObject expression) => ActivityNode.Text(expression, "type") switch
    {
        "Variable" when expression["value"] is JsonObject variable && ActivityNode.Text(variable, "id") is { } id => [id],
        "JavaScript" => VariableInScript().Matches(JsonValues.ToText(expression["value"]) ?? "").Select(m => m.Groups[1].Value).Distinct(),
        _ => [],
    };

    private static WorkflowFinding Unknown(string path, string variable) => new(path, $"变量“{variable}”没有声明", "在流程的 variables 里声明它，或改正名称");

    [GeneratedRegex(@"\bvariables\.([\p{L}_$][\p{L}\p{N}_$]*)")]
    private static partial Regex VariableInScript();
}
