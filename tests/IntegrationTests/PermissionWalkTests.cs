using System.Text.RegularExpressions;
using Harness;
using Platform.People;
using Web.Host;
using Xunit;

namespace IntegrationTests;

/// <summary>A permission that nobody asks for does not exist: each one listed for roles opens a door, a step, a place to sign, or is looked at by the code.</summary>
public sealed class PermissionWalkTests
{
    private static readonly string[] Asked = [.. Sources().SelectMany(text => Regex.Matches(text, "\"([a-z]+\\.[a-z-]+)\"").Select(m => m.Groups[1].Value))];

    [Fact]
    public void Given_every_permission_a_role_can_have_When_looked_for_Then_somebody_asks_for_it()
    {
        var idle = Composition.Modules.SelectMany(m => m.Permissions).Where(p => !IsAsked(p)).Select(p => p.Code);

        Assert.Empty(idle);
    }

    [Fact]
    public void Given_a_permission_that_is_only_listed_When_looked_for_Then_it_is_found_out() => Assert.False(IsAsked(new Permission("collection.dance", "跳舞")));

    /// <summary>By name in a form or a flow; or by a constant that code uses beside listing it.</summary>
    private static bool IsAsked(Permission permission) => Asked.Contains(permission.Code) || Constants().Any(c => c.Code == permission.Code && Uses(c.Name) > 1);

    private static int Uses(string constant) => Code().Sum(text => Regex.Count(text, $@"\b{Regex.Escape(constant)}\b"));

    /// <summary>Constants as code names them from elsewhere, with their class.</summary>
    private static IEnumerable<(string Name, string Code)> Constants() =>
        from text in Code()
        from type in Regex.Matches(text, @"static class (\w+)|sealed class (\w+)|record (\w+)")
        from constant in Regex.Matches(text, "const string (\\w+) = \"([a-z]+\\.[a-z-]+)\"")
        let name = type.Groups.Values.Skip(1).First(g => g.Success).Value
        select ($"{name}.{constant.Groups[1].Value}", constant.Groups[2].Value);

    private static IEnumerable<string> Code() => Directory.GetFiles(Path.Combine(Installation.Repository, "src"), "*.cs", SearchOption.AllDirectories).Concat(Directory.GetFiles(Path.Combine(Installation.Repository, "src"), "*.razor", SearchOption.AllDirectories))
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/Migrations/", StringComparison.Ordinal) && !f.Contains("/node_modules/", StringComparison.Ordinal)).Select(File.ReadAllText);

    private static IEnumerable<string> Sources() => new[] { "tenant-config/Default/forms", "workflows" }
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Installation.Repository, folder), "*.json", SearchOption.AllDirectories)).Where(f => !f.EndsWith(".tests.json", StringComparison.Ordinal)).Select(File.ReadAllText);
}
