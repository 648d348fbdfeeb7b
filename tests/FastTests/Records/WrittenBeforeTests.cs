using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using Modules.Archive;
using Modules.Collection;
using Modules.Records.Contracts;
using Modules.Signing;
using Modules.Signing.Contracts;
using Platform.Audit;

namespace FastTests.Records;

/// <summary>A visit with a correction, its archive package and its hand-over, written by an earlier release: what it signed is the same to the byte today, and verifies.</summary>
public sealed class WrittenBeforeTests
{
    private static readonly JsonNode Written = JsonNode.Parse(Read("written.json"))!;
    private static readonly Dictionary<string, byte[]> Package = Unzipped();
    private static readonly SignatureCheck Check = new();

    private static IReadOnlyList<byte[]> Roots => Written["Roots"]!.Deserialize<List<byte[]>>()!;

    private static HandOverList HandOver => new("hangzhou", Written["HandOver"]!.Deserialize<HandOver>()!, Written["Lines"]!.Deserialize<List<HandOverLine>>()!);

    [Fact]
    public void Given_a_package_written_before_When_checked_by_the_roots_of_that_time_Then_it_holds()
    {
        var verdict = CheckPackage.Run(Check, new MemoryStream(Read("visit.package.zip")), Roots);

        Assert.True(verdict.Holds, string.Join('\n', verdict.Faults.Select(f => f.Reason)));
        Assert.True(verdict.Signatures.Count >= 17);
    }

    [Fact]
    public void Given_submissions_written_before_When_their_signers_and_contents_are_read_Then_each_stands_for_its_leaf()
    {
        foreach (var submission in Written["Submissions"]!.AsArray())
        {
            string? before = null;
            foreach (var signer in Signers(submission!))
            {
                Assert.Contains(Leaf("signature", signer.ToCanonicalJson(before)), Leaves());
                before = signer.Sha256;
            }
            var content = Package[$"records/{submission!["Step"]}-v{submission["Version"]}.json"];
            Assert.Contains(Leaf("submission", SubmissionOf(JsonNode.Parse(content)!).ToCanonicalJson()), Leaves());
        }
    }

    public static TheoryData<string> SignedRecords => [.. Package.Keys.Where(f => f.EndsWith(".signed.json", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(SignedRecords))]
    public void Given_a_record_signed_before_When_it_is_made_anew_from_its_parts_Then_every_byte_is_the_same(string file)
    {
        var name = Path.GetFileName(file)[..^".signed.json".Length];
        var (was, version) = (JsonNode.Parse(Package[file])!, name[..(name.IndexOf("-v", StringComparison.Ordinal) + 3)]);
        var signers = Signers(Written["Submissions"]!.AsArray().Single(s => $"{s!["Step"]}-v{s["Version"]}" == version)!);
        var order = was["signer"]!["order"]!.GetValue<int>();
        var record = new FilledRecord(
            new Subject("visit", Guid.Parse(was["visit"]!.GetValue<string>())), was["step"]!.GetValue<string>(), Collection.MadeVisits.Lenient.Form(was["submission"]!["form"]!["code"]!.GetValue<string>()),
            SubmissionOf(was["submission"]!), signers, new Actor("", ""));
        var before = order == 1 ? null : Package[Package.Keys.Single(k => k.StartsWith($"signatures/{version}-{order - 1}-", StringComparison.Ordinal))];

        var made = new FormToSign(new SubjectThen(was), record, Verdicts(was), []).RecordFor(new SigningTurn("hangzhou", signers[order - 1], Printed(was), before));

        Assert.Equal(System.Text.Encoding.UTF8.GetString(Package[file]), System.Text.Encoding.UTF8.GetString(made));
    }

    [Theory]
    [InlineData("giver")]
    [InlineData("taker")]
    public void Given_a_hand_over_signed_before_When_its_list_is_made_anew_Then_every_byte_is_the_same_and_the_signature_holds(string role)
    {
        var signed = Written["Signatures"]!.AsArray().ToDictionary(s => s!["Role"]!.GetValue<string>(), s => (Record: Bytes(s!, "Record"), Cms: Bytes(s!, "Cms"), Trust: Bytes(s!, "Trust")));
        var (record, cms, trust) = signed[role];

        Assert.Equal(record, HandOver.RecordFor(role, role == "giver" ? null : signed["giver"].Cms));
        Assert.Empty(Check.Check(cms, record, JsonSerializer.Deserialize<TrustMaterial>(trust)! with { Roots = Roots }).Faults);
        Assert.Contains(Leaf("hand-over-cms", cms), Leaves());
        Assert.Contains(Leaf("hand-over", HandOver.ToCanonicalJson()), Leaves());
        Assert.Equal(HandOver.HandOver.ContentHash, AuditTables.Sha256(HandOver.ToCanonicalJson()));
    }

    /// <summary>As the earlier release has written its head into the record.</summary>
    private sealed class SubjectThen(JsonNode was) : IRecordSubject
    {
        public Subject Subject => new("visit", Guid.Empty);
        public bool SignsElectronically => true;
        public TimeZoneInfo TimeZone => TimeZoneInfo.Utc;
        public DonorSubject? Donor => null;
        public IReadOnlyList<Submission> Records => [];
        public IReadOnlyDictionary<string, string> Heading => throw new NotSupportedException();

        public JsonObject Head(FormDefinition form) =>
            new(new[] { "visit", "day", "donationNumber", "donor", "configuration", "documents" }.Select(member => KeyValuePair.Create(member, was[member]?.DeepClone())));

        public FormDefinition Form(string code) => throw new NotSupportedException();
        public LayoutDefinition Layout(string name) => throw new NotSupportedException();
        public FormSubmission Restored(Submission record) => throw new NotSupportedException();
        public FactBag Known(string step) => throw new NotSupportedException();
        public FormContext Context(FormDefinition form, IFacts known) => throw new NotSupportedException();
    }

    private static FormSubmission SubmissionOf(JsonNode json)
    {
        var values = json["values"]!.AsObject().Select(v => v.Value is JsonObject amount
            ? new SubmittedValue(v.Key, amount["value"]!.GetValue<string>(), amount["unit"]!.GetValue<string>()) : new SubmittedValue(v.Key, v.Value!.GetValue<string>(), null));
        var review = json["review"] is { } r ? new FormReview(Text(r, "form"), r["version"]!.GetValue<int>(), Text(r, "sha256"), [.. r["answers"]!.AsArray().Select(a =>
            new AnswerReview(Text(a!, "code"), Text(a!, "question"), Text(a!, "answer"), Text(a!, "decision"), Text(a!, "reason")))]) : null;
        return new FormSubmission(Text(json["form"]!, "code"), Text(json["form"]!, "version"), Text(json["form"]!, "sha256"), Text(json["testItems"]!, "sha256"), [.. values], new FactBag(), review);
    }

    private static IReadOnlyList<(string, Verdict)> Verdicts(JsonNode was)
    {
        var given = Package.Where(f => f.Key.StartsWith("verdicts/", StringComparison.Ordinal)).ToDictionary(f => AuditTables.Sha256(f.Value), f => Verdict.FromJson(System.Text.Encoding.UTF8.GetString(f.Value)));
        return [.. was["verdicts"]!.AsArray().Select(v => (Text(v!, "stage"), given[Text(v!, "sha256")]))];
    }

    /// <summary>The printed forms as the signer found them, from the files as they were in the end.</summary>
    private static IReadOnlyList<PrintedForm> Printed(JsonNode was)
    {
        var forms = Package.Where(f => f.Key.StartsWith("forms/", StringComparison.Ordinal)).SelectMany(f => PdfSignatures.Read(f.Value).Signatures.Select(s => s.Found(f.Value))).ToDictionary(AuditTables.Sha256);
        return [.. was["printed"]!.AsArray().Select(p => new PrintedForm(Text(p!, "name"), "", forms[Text(p!, "sha256")], 0, []))];
    }

    private static IReadOnlyList<Signer> Signers(JsonNode submission) => JsonSerializer.Deserialize<List<Signer>>(Text(submission, "SignersJson"))!;

    private static HashSet<string> Leaves() => [.. Written["Leaves"]!.AsArray().Select(l => Text(l!, "Kind") + Text(l!, "Hash"))];

    private static string Leaf(string kind, byte[] content) => kind + Convert.ToHexString(SHA256.HashData([0, .. SHA256.HashData(content)]));

    private static string Text(JsonNode json, string member) => json[member]!.GetValue<string>();

    private static byte[] Bytes(JsonNode json, string member) => json[member]!.Deserialize<byte[]>()!;

    private static Dictionary<string, byte[]> Unzipped()
    {
        using var zip = new ZipArchive(new MemoryStream(Read("visit.package.zip")));
        return zip.Entries.ToDictionary(e => e.FullName, e =>
        {
            using var content = e.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            return bytes.ToArray();
        }, StringComparer.Ordinal);
    }

    private static byte[] Read(string file)
    {
        using var content = Assembly.GetExecutingAssembly().GetManifestResourceStream("WrittenBefore/" + file)!;
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }
}
