using System.Text.RegularExpressions;
using Platform.Publishing;
using Platform.Tenancy;

namespace Platform.Recipes;

/// <summary>The scripted strings of Orchard Core that a recipe may use: <c>[file:text('f')]</c>, <c>[js:variables('v')]</c>, <c>[js:uuid()]</c>,
/// <c>[js:tenantname()]</c> and <c>[js:configuration('Station:Key','default')]</c>. Nothing else is run.</summary>
public sealed partial class RecipeScripts(Recipe recipe, Tenant tenant)
{
    /// <exception cref="DocumentException">Another script, a key outside <c>Station:</c>, or variables that stand for each other in a circle.</exception>
    public string Resolve(string text, string path) => Resolve(text, path, []);

    private string Resolve(string text, string path, IReadOnlyList<string> within)
    {
        if (!text.StartsWith('[') || Script().Match(text) is not { Success: true } match) return text;
        var (engine, function, first, second) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value);
        return (engine, function) switch
        {
            ("file", "text") => recipe.Files.Text(first),
            ("js", "uuid") => Guid.CreateVersion7().ToString("N"),
            ("js", "tenantname") => tenant.Name,
            ("js", "variables") when within.Contains(first, StringComparer.Ordinal) =>
                throw new DocumentException(recipe.File, path, $"配方的变量互相引用，没有尽头：{string.Join(" → ", within.SkipWhile(v => v != first).Append(first))}。请把其中一个写成文字"),
            ("js", "variables") when recipe.Variables.TryGetValue(first, out var value) => Resolve(value, path, [.. within, first]),
            ("js", "variables") => throw new DocumentException(recipe.File, path, $"配方没有变量 {first}"),
            ("js", "configuration") when first.StartsWith("Station:", StringComparison.Ordinal) => tenant.Configuration().GetValueOrDefault(first, second),
            ("js", "configuration") => throw new DocumentException(recipe.File, path, $"配方只能读取 Station: 开头的配置，不能读取 {first}"),
            _ => throw new DocumentException(recipe.File, path, $"不支持的脚本 {text}"),
        };
    }

    [GeneratedRegex(@"^\[(js|file):\s*(\w+)\((?:'([^']*)'(?:\s*,\s*'([^']*)')?)?\)\s*\]$")]
    private static partial Regex Script();
}
