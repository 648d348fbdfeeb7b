using System.Collections.Concurrent;
using Adapters.Devices;
using Engine.Canonical;
using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using FastTests.Publishing;
using FastTests.Rules;
using Harness;
using Modules.Collection;
using NJsonSchema;
using Platform.Publishing;
using Platform.Tenancy;
using Xunit.Abstractions;

namespace FastTests.Documents;

/// <summary>The schemas editors check files against, held against what reads them: what is read, no schema calls wrong.</summary>
public sealed class SchemaTests(ITestOutputHelper output)
{
    private const int Rounds = 150;
    private static readonly TestItems Items = TestItems.Parse(ShippedPacks.Text("zhejiang.test-items.json"));
    private static readonly InForce Shipped = new(ShippedSet.New().Documents, new ParsedDocuments());
    private static readonly ConcurrentDictionary<string, Task<JsonSchema>> Read = new(StringComparer.Ordinal);
    private readonly int _seed = Random.Shared.Next();

    private static readonly Dictionary<string, (string Ending, Action<string> Read)> Kinds = new(StringComparer.Ordinal)
    {
        ["form"] = (".form.json", text => FormDefinition.Parse(text, Items)),
        ["overlay"] = (".overlay.json", text => FormDefinition.Parse(FormOverlay.Compose(ShippedPacks.Text("registration.form.json"), text), Items)),
        ["test-items"] = (".test-items.json", text => TestItems.Parse(text)),
        ["rule-pack"] = (".rules.json", text => RulePackJson.Read(text)),
        ["layout"] = (".layout.json", text => LayoutDefinition.Parse(text, PrintedDocuments.Find(DocumentOf(text), Shipped) ?? throw new DocumentFaultException("$.document", "?"))),
        ["profile"] = (".profile.json", text => DeviceProfileReader.Parse(text, "made")),
        ["recipe"] = (".recipe.json", MutatedDocuments.Recipe),
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    /// <summary>A recipe's steps are read where it is planned; reading the file alone tells nothing of them.</summary>
    public static TheoryData<string> ReadWhole => [.. Kinds.Keys.Where(k => k != "recipe")];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Given_the_shipped_documents_When_checked_by_their_schema_Then_each_names_it_and_is_right(string kind)
    {
        var schema = await SchemaAsync(kind);
        foreach (var name in ShippedPacks.Names(Kinds[kind].Ending))
        {
            var text = ShippedPacks.Text(name);
            Assert.True(kind == "test-items" || text.Contains($"/schemas/{kind}.schema.json\"", StringComparison.Ordinal), name);
            Assert.Empty(schema.Validate(text).Select(e => $"{name} {e}"));
        }
    }

    [Theory]
    [MemberData(nameof(ReadWhole))]
    public async Task Given_damaged_documents_When_the_reader_takes_one_Then_the_schema_does_not_call_it_wrong(string kind)
    {
        output.WriteLine($"seed {_seed}");
        var (schema, random, refused) = (await SchemaAsync(kind), new Random(_seed), 0);
        var originals = ShippedPacks.Names(Kinds[kind].Ending).Select(ShippedPacks.Text).Where(t => t.Length < 60_000).ToList();
        for (var i = 0; i < Rounds; i++)
        {
            var mutated = MutatedJson.Mutate(originals[random.Next(originals.Count)], random);
            if (!Reads(kind, mutated)) continue;
            var wrong = Fault(schema, mutated);
            Assert.True(wrong is null, $"seed {_seed}, round {i}: {wrong}\n{mutated}");
        }
        for (var i = 0; i < Rounds; i++)
        {
            if (Fault(schema, MutatedJson.Mutate(originals[random.Next(originals.Count)], random)) is not null) refused++;
        }
        Assert.True(refused > Rounds / 4, $"{refused}");
    }

    [Theory]
    [InlineData("form", "\"titleEn\"", "\"titelEn\"")]
    [InlineData("form", "\"type\": \"number\"", "\"type\": \"numbr\"")]
    [InlineData("form", "\"required\": true", "\"required\": \"yes\"")]
    [InlineData("overlay", "\"op\": \"add\"", "\"op\": \"append\"")]
    [InlineData("overlay", "\"section\"", "\"sections\"")]
    [InlineData("test-items", "\"decimals\": 1", "\"decimals\": 1.5")]
    [InlineData("test-items", "\"unit\"", "\"units\"")]
    [InlineData("rule-pack", "\"outcome\": \"defer-until\"", "\"outcome\": \"defer-untill\"")]
    [InlineData("rule-pack", "\"op\": \"elapsed\"", "\"op\": \"elapses\"")]
    [InlineData("rule-pack", "\"clause\"", "\"clausee\"")]
    [InlineData("layout", "\"type\": \"text\"", "\"type\": \"txt\"")]
    [InlineData("layout", "\"margin\"", "\"margins\"")]
    [InlineData("profile", "\"sampleId\"", "\"sampleID\"")]
    [InlineData("profile", "\"reliable\": false", "\"reliable\": \"no\"")]
    [InlineData("recipe", "\"SourcePath\"", "\"sourcePath\"")]
    [InlineData("recipe", "\"TimeZoneId\"", "\"TimeZone\"")]
    public async Task Given_a_slip_of_the_pen_When_checked_by_the_schema_Then_it_is_found(string kind, string right, string wrong)
    {
        var schema = await SchemaAsync(kind);
        var text = ShippedPacks.Names(Kinds[kind].Ending).Select(ShippedPacks.Text).First(t => t.Contains(right, StringComparison.Ordinal));

        Assert.NotEmpty(schema.Validate(text.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"SiteName":"甲站","Values":{"stationPhone":"1"},"Features":["a"],"OptionalTests":[]}""", true)]
    [InlineData("""{"Sitename":"甲站"}""", false)]
    [InlineData("""{"Values":{"stationPhone":1}}""", false)]
    [InlineData("""{"OptionalTests":"mpv"}""", false)]
    public async Task Given_settings_as_they_are_stored_When_checked_Then_schema_and_reader_agree(string json, bool right)
    {
        Assert.Equal(right, (await SchemaAsync("settings")).Validate(json).Count == 0);
        Assert.Equal(right, Record.Exception(() => StationSettings.Parse(json)) is null);
    }

    /// <summary>What is no JSON, or a number no validator can hold, is wrong too.</summary>
    private static string? Fault(JsonSchema schema, string text)
    {
        try
        {
            return schema.Validate(text).FirstOrDefault()?.ToString();
        }
        catch (Exception e) when (e is Newtonsoft.Json.JsonException or InvalidCastException or OverflowException)
        {
            return e.Message;
        }
    }

    private static bool Reads(string kind, string text)
    {
        try
        {
            Kinds[kind].Read(text);
            return true;
        }
        catch (Exception e) when (e is DocumentFaultException or RulePackException or DeviceProfileException or DocumentException or System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static string DocumentOf(string layout)
    {
        using var json = System.Text.Json.JsonDocument.Parse(layout);
        return json.RootElement is { ValueKind: System.Text.Json.JsonValueKind.Object } root && root.TryGetProperty("document", out var name) && name.ValueKind == System.Text.Json.JsonValueKind.String ? name.GetString()! : "";
    }

    private static Task<JsonSchema> SchemaAsync(string kind) => Read.GetOrAdd(kind, k => JsonSchema.FromJsonAsync(ShippedPacks.Text($"schemas/{k}.schema.json")));
}
