using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Harness;
using Xunit;

namespace IntegrationTests.Support;

/// <summary>A server whose documents are changed by verbs, with an author and an approver at one station.</summary>
public sealed class PublishingDesk : IAsyncLifetime
{
    public const string Name = "publishing desk";
    public const string Station = "hangzhou";
    public const string Author = "gl01";
    public const string Approver = "pz01";
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal TenantConfigCopy Configuration { get; } = new();

    public ProductHost Server { get; private set; } = null!;

    internal Staff Staff { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await ProductHost.RunningAsync(Configuration.Folder);
        Staff = new Staff(Server);
        foreach (var account in new[] { Author, Approver, "pg01", "cj01", "hs01" }) await Staff.AtAsync(Station, account);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Configuration.Dispose();
    }

    /// <summary>A document of the tests' inputs, kept beside the fast tests.</summary>
    public static string Input(string name) => File.ReadAllText(InputFile(name));

    public static string InputFile(string name) => Path.Combine(Installation.Repository, "tests", "FastTests", "Rules", "Inputs", name);

    public static string Text(JsonNode json) => json.ToJsonString(Readable);

    /// <summary>A folder of its own with these files; the first is the document.</summary>
    public string File1(params (string Name, string Text)[] files)
    {
        var folder = Configuration.PathOf("drafts", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        foreach (var (name, text) in files) File.WriteAllText(Path.Combine(folder, name), text);
        return Path.Combine(folder, files[0].Name);
    }

    /// <summary>A new change with one document.</summary>
    public async Task<VerbResult> DraftAsync(string file, string by = Author, string? pin = Staff.Pin, string tenant = Station) =>
        await VerbAsync(pin, "changes", "new", tenant, file, "--title", "试验", "--reason", "试验", "--by", by);

    public async Task<VerbResult> CheckAsync(string id) => await VerbAsync(null, ["changes", "check", Station, id]);

    public async Task<VerbResult> SubmitAsync(string id, string by = Author) => await VerbAsync(Staff.Pin, "changes", "submit", Station, id, "--by", by);

    public async Task<VerbResult> ApproveAsync(string id, string by = Approver, string? pin = Staff.Pin, params string[] rest) =>
        await VerbAsync(pin, ["changes", "approve", Station, id, "--by", by, .. rest]);

    /// <summary>As far as it comes: the first refusal, or the answer of the approval.</summary>
    public async Task<VerbResult> PublishAsync(params (string Name, string Text)[] files)
    {
        var draft = await DraftAsync(File1(files));
        if (draft.Exit != 0) return draft;
        var check = await CheckAsync(draft.Id);
        if (check.Exit != 0) return check;
        var submit = await SubmitAsync(draft.Id);
        return submit.Exit != 0 ? submit : await ApproveAsync(draft.Id, rest: ["--note", "试验"]);
    }

    public async Task<VerbResult> VerbAsync(string? input, params string[] args)
    {
        var (exit, output, error) = await Server.VerbAsync(args, input);
        return new VerbResult(exit, output, error);
    }

    /// <summary>What the rules in force at the station say to these facts.</summary>
    internal async Task<VerbResult> EvaluateAsync(string facts, params string[] rest) =>
        await VerbAsync(null, ["rules", "eval", "--station", Station, "--type", "apheresis-platelets", "--date", "2026-11-22", "--facts", File1(("facts.json", facts)), "--json", .. rest]);
}

/// <summary>What a verb answered.</summary>
public sealed record VerbResult(int Exit, string Output, string Error)
{
    /// <summary>The id it printed.</summary>
    public string Id => Regex.Match(Output, "[0-9a-f]{8}-[0-9a-f-]{27}").Value;

    public string All => $"exit {Exit}\n{Output}\n{Error}";

    /// <summary>Refused with these words, and without a stack trace.</summary>
    public void Refused(params string[] words)
    {
        Assert.True(Exit is 1 or 2, All);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        foreach (var word in words) Assert.Contains(word, Output + Error, StringComparison.Ordinal);
    }

    public void Done() => Assert.True((Exit, Error.Length == 0 || Error.EndsWith("PIN：", StringComparison.Ordinal)) == (0, true), All);
}

[CollectionDefinition(PublishingDesk.Name)]
public sealed class PublishingDeskCollection : ICollectionFixture<PublishingDesk>;
