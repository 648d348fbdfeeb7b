using System.Reflection;
using System.Text.Json;
using Engine.Forms;
using Engine.Rules;
using FastTests.Rules;
using FastTests.Workflows;
using Modules.Collection;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Publishing;

namespace FastTests.Collection;

/// <summary>Visits of one invented donor, judged by packs written for one test, with the province's own forms.</summary>
internal static class MadeVisits
{
    public const string Platelets = "apheresis-platelets", Sample = "20261123001";
    public static readonly DateOnly Day = new(2026, 11, 23);

    /// <summary>Ten in the morning of that day at the station.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    private static readonly CompiledPacks Compiled = new();
    private static readonly ParsedDocuments Parsed = new();

    public static VisitConfiguration Configuration(params string[] packs)
    {
        var forms = Names(".form.json").Select(n => (DocumentKinds.Form, n[..^".form.json".Length], Flows.Embedded(n)));
        var documents = forms.Concat(packs.Select((p, i) => (DocumentKinds.RulePack, $"pack-{i}", p))).Concat(
        [
            (DocumentKinds.TestItems, "zhejiang", Flows.Embedded("zhejiang.test-items.json")),
            (DocumentKinds.Workflow, VisitConfiguration.WorkflowName, Flows.Embedded("workflows/apheresis-platelets.workflow.json")),
            (DocumentKinds.Settings, "station", """{ "TimeZoneId": "Asia/Shanghai" }"""),
        ]);
        return VisitConfiguration.Of(new InForce([.. documents.Select(d => Document(d.Item1, d.Item2, d.Item3))], Parsed), Compiled);
    }

    /// <summary>Where any donor passes.</summary>
    public static VisitConfiguration Lenient { get; } =
        Configuration(MadePacks.Json(MadePacks.Rule("N-1", """{"fact":"visitDate","op":"known"}""")));

    public static Visit Visit(string state = VisitStates.Open, string? number = "9910126000017", DonorHistory? history = null) => new()
    {
        Id = Guid.Parse("0193589a-0000-7000-8000-000000000001"), DonorId = Guid.Parse("0193589a-0000-7000-8000-000000000002"),
        Day = Day, DonationType = Platelets, State = state, ConfigurationHash = "", InstanceId = Guid.Empty,
        HistoryJson = JsonSerializer.Serialize(history ?? NoHistory), DonationNumber = number, SampleNumber = Sample, QueueNumber = 1,
        RegisteredAt = Now.AddHours(-1), RegisteredBy = "登记员",
    };

    public static DonorHistory NoHistory { get; } = new([], [], null);

    public static Submission Submitted(string form, DateTimeOffset at, params Signer[] signers) => new()
    {
        Id = Guid.CreateVersion7(at), SubjectKind = Modules.Collection.Visit.Kind, SubjectId = Guid.Empty, DonorId = Guid.Empty, Step = form, Form = form, Version = 1, ValuesJson = "[]",
        ContentHash = "", SignersJson = JsonSerializer.Serialize(signers), PersonId = "1", PersonName = "甲", At = at,
    };

    public static Signer Signer(string role, string person, string method = SigningMethods.Pin) =>
        new(role, role, person, person, method, Now, 1, "", "", null, "");

    /// <param name="minute">After <see cref="Now"/>.</param>
    public static StoredVerdict Verdict(
        RuleOutcome outcome, int minute, string stage = "assessment", string type = Platelets, string? confirmed = null) => new()
    {
        Id = Guid.CreateVersion7(Now.AddMinutes(minute)), VisitId = Guid.Empty, Stage = stage, DonationType = type,
        Outcome = outcome.ToString(), Json = "{}", ConfirmedBecause = confirmed, At = Now.AddMinutes(minute),
    };

    public static FormSubmission Filled(FormDefinition form, params (string Code, string Value)[] values) =>
        FormSubmission.Restore(form, [.. values.Select(v => new SubmittedValue(v.Code, v.Value, form.Field(v.Code)!.Unit))]);

    private static IEnumerable<string> Names(string ending) =>
        Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.EndsWith(ending, StringComparison.Ordinal));

    private static PublishedDocument Document(string kind, string name, string json) => new()
    {
        Id = new Guid(Convert.FromHexString(AuditTables.Sha256(kind + name + json))[..16]), Kind = kind, Name = name,
        Layer = DocumentLayer.Province, Version = 1, Hash = AuditTables.Sha256(json), Json = json,
        State = DocumentState.Approved, Author = "", CreatedAt = Now,
    };
}
