using System.Text.Json.Nodes;
using Engine.Canonical;
using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using Modules.Records.Contracts;
using Modules.Signing.Contracts;

namespace Modules.Collection;

/// <summary>A visit as records are about it.</summary>
internal sealed class VisitSubject(VisitFiles files, VisitFile file) : IRecordSubject
{
    public Subject Subject => file.Subject;
    public bool SignsElectronically => file.Configuration.SignsElectronically;
    public TimeZoneInfo TimeZone => file.Configuration.Settings.TimeZone;
    public DonorSubject Donor => new(file.Donor.Name, file.Donor.IdNumber);
    public IReadOnlyList<Submission> Records => file.Submissions;

    public FormDefinition Form(string code) => file.Configuration.Form(code);

    public LayoutDefinition Layout(string name) => file.Configuration.RecordLayout(name);

    public FormSubmission Restored(Submission record) => files.Restored(Form(record.Form), record);

    public FactBag Known(string step) => files.Facts(file, step);

    public FormContext Context(FormDefinition form, IFacts known) => files.Context(file, form, known, file.Visit.RegisteredAt);

    public IReadOnlyDictionary<string, string> Heading => new Dictionary<string, string>(file.Configuration.Settings.Heading())
    {
        ["visitDate"] = $"{file.Visit.Day:yyyy-MM-dd}", ["donorName"] = file.Donor.Name, ["documentNumber"] = file.Donor.IdNumber,
        ["donationNumber"] = file.Visit.DonationNumber ?? "", ["sampleNumber"] = file.Visit.SampleNumber ?? "",
        ["donationType"] = file.Configuration.DonationTypeTitle(file.Visit.DonationType),
        ["signedNote"] = SignsElectronically ? "" : "本血站未启用电子签名，打印后手写签名", ["footer"] = file.Configuration.Settings.Value("slipFooter"),
    };

    public JsonObject Head(FormDefinition form) => new()
    {
        ["visit"] = file.Visit.Id.ToString(), ["day"] = $"{file.Visit.Day:yyyy-MM-dd}", ["donationNumber"] = file.Visit.DonationNumber,
        ["donor"] = new JsonObject { ["name"] = UnicodeText.ToNfc(file.Donor.Name), ["idNumber"] = file.Donor.IdNumber },
        ["configuration"] = file.Configuration.Hash, ["documents"] = file.Configuration.HashesFor(form),
    };
}
