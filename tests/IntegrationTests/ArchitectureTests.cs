using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Harness;
using Xunit;

namespace IntegrationTests;

/// <summary>The walls of the house, read from the source itself.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Source = Path.Combine(Installation.Repository, "src");

    public static TheoryData<string> Modules => [.. Directory.GetDirectories(Path.Combine(Source, "Modules")).Select(d => Path.GetFileName(d)!).Where(name => name is not ("bin" or "obj"))];

    [Theory]
    [MemberData(nameof(Modules))]
    public void Given_a_module_When_its_files_are_read_Then_they_name_only_itself_the_doors_of_others_and_the_platform(string module) =>
        Assert.Empty(Files(Path.Combine(Source, "Modules", module), "*.cs").SelectMany(file => Violations(module, File.ReadAllText(file)).Select(v => $"{Path.GetFileName(file)}: {v}")));

    [Theory]
    [InlineData("using Modules.Donors;", "Modules.Donors")]
    [InlineData("using Donors = Modules.Donors;", "Modules.Donors")]
    [InlineData("var book = new global::Modules.Donors.DonorBook();", "Modules.Donors.DonorBook")]
    [InlineData("using static Modules.Exchange.ExchangeTables;", "Modules.Exchange.ExchangeTables")]
    [InlineData("using Web.Host;", "Web.Host")]
    [InlineData("private Adapters.Devices.DeviceProfile? _profile;", "Adapters.Devices")]
    public void Given_a_planted_violation_When_read_Then_it_is_caught(string planted, string named) =>
        Assert.Equal([named], Violations("Collection", "using Modules.Collection.Contracts;\nusing Modules.Donors.Contracts;\nusing Engine.Rules;\n" + planted));

    [Fact]
    public void Given_the_host_When_its_files_are_read_Then_only_its_composition_names_modules()
    {
        var host = Files(Path.Combine(Source, "Web", "Host"), "*.cs").Concat(Files(Path.Combine(Source, "Web", "Pages", "Shared"), "*.razor")).Where(f => Path.GetFileName(f) != "Composition.cs").ToList();

        Assert.True(host.Count > 10);
        Assert.Empty(host.Where(f => ModuleName().IsMatch(File.ReadAllText(f))).Select(Path.GetFileName));
    }

    [Fact]
    public void Given_the_engine_When_its_references_are_read_Then_it_computes_by_libraries_and_stands_on_no_store_no_web_and_nothing_of_ours()
    {
        var named = typeof(Engine.Rules.RulePack).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToList();

        Assert.Contains("RulesEngine", named);
        Assert.DoesNotContain(named, name => ReachesOutside().IsMatch(name));
        Assert.Matches(ReachesOutside(), "Microsoft.EntityFrameworkCore.Relational");
    }

    [Fact]
    public void Given_the_engine_When_its_files_are_read_Then_it_has_no_clock_of_its_own()
    {
        Assert.Empty(Files(Path.Combine(Source, "Engine"), "*.cs").Where(file => OwnClock().IsMatch(File.ReadAllText(file))).Select(Path.GetFileName));
        Assert.Matches(OwnClock(), "var now = DateTimeOffset.UtcNow;");
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Given_a_module_When_opened_Then_it_tells_what_it_owns_and_has_its_table_of_contents(string module)
    {
        var folder = Path.Combine(Source, "Modules", module);
        var beyondItsDoor = Directory.GetFiles(folder, "*.cs").Length > 0 || Directory.GetDirectories(folder).Any(d => Path.GetFileName(d) != "Contracts");

        Assert.True(File.Exists(Path.Combine(folder, "README.md")), "README.md");
        Assert.True(Directory.Exists(Path.Combine(folder, "Contracts")), "Contracts");
        Assert.Equal(beyondItsDoor, File.Exists(Path.Combine(folder, module + "Module.cs")));
    }

    [Fact]
    public void Given_the_tenants_of_the_repository_When_the_source_is_searched_Then_none_is_named_there()
    {
        var configuration = Path.Combine(Installation.Repository, "tenant-config");
        var tenants = JsonNode.Parse(File.ReadAllText(Path.Combine(configuration, "tenants.json")))!.AsObject().Select(t => t.Key).Where(t => t != "Default").ToList();
        var cities = tenants.Select(t => JsonNode.Parse(File.ReadAllText(Path.Combine(configuration, t, "appsettings.json")))!["Description"]!.GetValue<string>()[..2]).ToList();

        Assert.True(tenants.Count >= 2);
        Assert.Empty(Files(Source, "*.*").Where(f => TextFile().IsMatch(f)).SelectMany(file =>
            tenants.Concat(cities).Where(name => File.ReadAllText(file).Contains(name, StringComparison.OrdinalIgnoreCase)).Select(name => $"{file}: {name}")));
    }

    [Fact]
    public void Given_the_clinical_fields_of_every_form_When_the_pages_are_searched_Then_none_is_named_there()
    {
        var fields = ClinicalFields();
        var pages = Files(Path.Combine(Source, "Web", "Pages"), "*.*").Where(f => f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".cs", StringComparison.Ordinal)).ToList();

        Assert.True(fields.Count > 40 && fields.Contains("weight") && fields.Contains("hb") && pages.Count > 10);
        Assert.Empty(pages.SelectMany(file => Named(File.ReadAllText(file), fields).Select(field => $"{Path.GetFileName(file)}: {field}")));
    }

    [Theory]
    [InlineData("<input name=\"weight\" />", "weight")]
    [InlineData("@if (facts[\"hb\"] < 115) {", "hb")]
    [InlineData("private string mpv = \"\";", "mpv")]
    public void Given_a_page_that_names_a_clinical_field_When_read_Then_it_is_caught(string planted, string field) => Assert.Equal([field], Named("<img alt=\"\" />\n" + planted, ClinicalFields()));

    /// <summary>Names of other modules' insides, of the host and of adapters in one file of a module.</summary>
    private static IEnumerable<string> Violations(string module, string text) =>
        ModuleName().Matches(text).Where(m => m.Groups["module"].Value != module && m.Groups["inside"].Value != "Contracts").Select(m => m.Value)
            .Concat(Upwards().Matches(text).Select(m => m.Value)).Distinct(StringComparer.Ordinal);

    /// <summary>"alt" is also an attribute of every image, so it counts only where it stands as a value.</summary>
    private static IEnumerable<string> Named(string text, IReadOnlySet<string> fields) =>
        fields.Where(field => field == "alt" ? text.Contains("\"alt\"", StringComparison.Ordinal) : Regex.IsMatch(text, $@"(?<![\w-]){Regex.Escape(field)}(?![\w-])"));

    private static HashSet<string> ClinicalFields()
    {
        var files = Files(Path.Combine(Installation.Repository, "tenant-config"), "*.json").Where(f => f.EndsWith(".form.json", StringComparison.Ordinal) || f.EndsWith(".test-items.json", StringComparison.Ordinal));
        return files.Where(f => !f.EndsWith("registration.form.json", StringComparison.Ordinal)).SelectMany(f => FieldCodes(JsonNode.Parse(File.ReadAllText(f))!)).ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<string> FieldCodes(JsonNode document) => document is JsonArray items
        ? items.Select(i => i!["code"]!.GetValue<string>())
        : document["sections"]!.AsArray().SelectMany(s => s!["fields"]?.AsArray() ?? []).Select(f => (f!["code"] ?? f["testItem"])!.GetValue<string>());

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Where(f => !Built().IsMatch(Path.GetRelativePath(Installation.Repository, f)));

    [GeneratedRegex(@"(?<![\w.])Modules\.(?<module>[A-Z]\w*)(?:\.(?<inside>[A-Z]\w*))?")]
    private static partial Regex ModuleName();

    [GeneratedRegex(@"(?<![\w.])(?:Web|Adapters)\.[A-Z]\w*")]
    private static partial Regex Upwards();

    [GeneratedRegex(@"[/\\](?:bin|obj|node_modules|App_Data)[/\\]")]
    private static partial Regex Built();

    [GeneratedRegex(@"\.(?:cs|razor|json|js|css|md|csproj|txt)$")]
    private static partial Regex TextFile();

    [GeneratedRegex("^(Platform|Modules|Adapters|Web|Npgsql|OpenIddict)|^Microsoft\\.(EntityFrameworkCore|AspNetCore|Data|Extensions\\.(Hosting|DependencyInjection))")]
    private static partial Regex ReachesOutside();

    [GeneratedRegex("DateTime(Offset)?\\.(UtcNow|Now|Today)|TimeProvider\\.System")]
    private static partial Regex OwnClock();
}
