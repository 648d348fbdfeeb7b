using System.Text.Json.Nodes;
using Engine.Canonical;
using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using Modules.Signing.Contracts;
using Platform.Audit;

namespace Modules.Records.Contracts;

/// <summary>One signer's turn.</summary>
/// <param name="Station">Name of the tenant.</param>
/// <param name="Printed">The printed forms as this signer finds them.</param>
/// <param name="Before">CMS of the signer before; null for the first.</param>
internal sealed record SigningTurn(string Station, Signer Signer, IReadOnlyList<PrintedForm> Printed, byte[]? Before);

/// <summary>What is signed, by whom in turn.</summary>
internal abstract record ToSign(IReadOnlyList<Signer> Signers, bool Electronic)
{
    /// <summary>Who signs by hand; null where only staff sign.</summary>
    public virtual DonorSubject? Donor => null;

    /// <summary>Whether what is said of the certificates now is kept beside the signatures.</summary>
    public virtual bool KeepsTrust => false;

    /// <summary>Canonical JSON (RFC 8785) one signer signs.</summary>
    public abstract byte[] RecordFor(SigningTurn turn);

    /// <summary>What to say of a fault. Whoever gets it keeps what was filled in, on the page and as a draft.</summary>
    /// <param name="signer">Whose turn it was; null for what belongs to none.</param>
    public virtual FieldError Words(SigningFault fault, Signer? signer) => new("", "电子签名", $"{fault.Message}。填写的内容已保留。{fault.Remedy}");
}

/// <summary>A filled form, and what is printed with it.</summary>
/// <param name="Documents">Printed forms this completes; those that already show the form are made anew besides.</param>
internal sealed record FormToSign(IRecordSubject About, FilledRecord Record, IReadOnlyList<(string Stage, Verdict Verdict)> Verdicts,
    IReadOnlyList<string> Documents)
    : ToSign(Record.Signers, About.SignsElectronically)
{
    /// <summary>Of the signed record's format; grows when its members change.</summary>
    private const string Format = "signed-record/1";

    public override DonorSubject? Donor => About.Donor;

    /// <summary>Everything that must not change behind the signer's back (DOMAIN §4): forms and rules by hash, what was entered, what was judged, who signs as what and by which proof, and the signature before.</summary>
    public override byte[] RecordFor(SigningTurn turn)
    {
        var record = About.Head(Record.Form);
        (record["format"], record["station"], record["step"]) = (Format, turn.Station, Record.Step);
        record["submission"] = JsonNode.Parse(Record.Submission.ToCanonicalJson());
        record["verdicts"] = new JsonArray([.. Verdicts.Select(v => Judged(v.Stage, v.Verdict))]);
        record["printed"] =
            new JsonArray([.. turn.Printed.Select(d => new JsonObject { ["name"] = d.Name, ["sha256"] = AuditTables.Sha256(d.Pdf) })]);
        record["signer"] =
            JsonNode.Parse(turn.Signer.ToCanonicalJson(Signers.FirstOrDefault(s => s.Order == turn.Signer.Order - 1)?.Sha256));
        record["before"] = turn.Before is { } before ? AuditTables.Sha256(before) : null;
        return CanonicalJson.Write(record);
    }

    private static JsonObject Judged(string stage, Verdict verdict) => new()
    {
        ["stage"] = stage, ["donationType"] = verdict.DonationType, ["outcome"] = verdict.Outcome.ToString(),
        ["until"] = verdict.Until is { } until ? $"{until:yyyy-MM-dd}" : null, ["sha256"] = AuditTables.Sha256(verdict.ToJson()),
    };
}

/// <summary>A form on paper as made, with the digital signatures it has so far.</summary>
internal sealed record PrintedForm(string Name, string Title, byte[] Pdf, int Signatures, IReadOnlyList<SignaturePlace> Places)
{
    /// <summary>The signer's place on paper; one whose form is not printed here signs without being seen.</summary>
    public SignatureField FieldFor(FilledRecord record, Signer signer) => new(
        $"{record.Form.Code}.{signer.Role}.{Signatures + 1}",
        Places.FirstOrDefault(p => p.Form == record.Form.Code && p.Filling == record.Step && p.Role == signer.Role) ?? Unseen,
        signer.PersonName, signer.Label + "：" + record.Form.Title, signer.At);

    private static SignaturePlace Unseen { get; } = new("", "", 1, 0, 0, 0, 0);
}

/// <param name="Record">Canonical JSON (RFC 8785) that was signed.</param>
/// <param name="Cms">Detached, with timestamp.</param>
internal sealed record SignatureMade(Signer Signer, byte[] Record, byte[] Cms, DateTimeOffset StampedAt);

/// <summary>The proof that goes with what is written.</summary>
/// <param name="Fault">Why there is none; then nothing is to be written.</param>
internal sealed record Proof(IReadOnlyList<SignatureMade> Signatures, IReadOnlyList<PrintedForm> Documents, FieldError? Fault)
{
    public static Proof None { get; } = new([], [], null);

    /// <summary>What was signed.</summary>
    public ToSign? Of { get; init; }

    /// <summary>Whether the same may be signed a little later, with nothing set right before.</summary>
    public bool Passes { get; init; }

    /// <summary>How many records of the subject the printed forms were drawn from: with one more they would be out of date.</summary>
    public int Seen { get; init; }

    /// <summary>What was said of the certificates just after, without roots; empty where it is not kept.</summary>
    public byte[] Trust { get; init; } = [];
}
