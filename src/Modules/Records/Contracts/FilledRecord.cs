using System.Text.Json.Nodes;
using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using Modules.Signing.Contracts;
using Platform.Audit;

namespace Modules.Records.Contracts;

/// <summary>A form filled in about a subject and signed by those it wants, about to be written.</summary>
/// <param name="Step">Its place among the records of the subject: what is filled in there again is the next version.</param>
internal sealed record FilledRecord(Subject Subject, string Step, FormDefinition Form, FormSubmission Submission,
    IReadOnlyList<Signer> Signers, Actor By)
{
    /// <summary>The donor it tells of; null where it tells of none.</summary>
    public Guid? DonorId { get; init; }

    /// <summary>The version this corrects; null for a form that is filled in.</summary>
    public int? Amends { get; init; }

    /// <summary>Why it is corrected.</summary>
    public string? Because { get; init; }
}

/// <summary>What a record is about, as its module has read it at one moment: what the frame asks of it to print and to sign.</summary>
internal interface IRecordSubject
{
    Subject Subject { get; }
    bool SignsElectronically { get; }
    TimeZoneInfo TimeZone { get; }

    /// <summary>Who signs by hand; null where only staff sign.</summary>
    DonorSubject? Donor { get; }

    /// <summary>What is on record of it so far, the oldest first.</summary>
    IReadOnlyList<Submission> Records { get; }

    FormDefinition Form(string code);
    LayoutDefinition Layout(string name);
    FormSubmission Restored(Submission record);

    /// <summary>What is known of it beside one step.</summary>
    FactBag Known(string step);

    /// <summary>How a form stands on paper.</summary>
    FormContext Context(FormDefinition form, IFacts known);

    /// <summary>What its layouts show beside the forms, by placeholder.</summary>
    IReadOnlyDictionary<string, string> Heading { get; }

    /// <summary>What every signed record names of it: whom it is about, and the documents the form rests on, by hash.</summary>
    JsonObject Head(FormDefinition form);
}

/// <summary>Something that must never be written, whatever act, flow or form has led to it. Asked inside the transaction, on what is stored at that moment.</summary>
internal interface IRecordGuard
{
    /// <summary>Of the subjects it watches over.</summary>
    string Kind { get; }

    /// <summary>What is written down where it refuses, in the words of the audit.</summary>
    string Noted { get; }

    /// <summary>Why the record must not be written, zh-CN; null when it may.</summary>
    Task<string?> RefusalAsync(FilledRecord record, CancellationToken cancel);
}

/// <summary>A guard has refused.</summary>
/// <param name="noted">What is written down of it.</param>
internal sealed class RecordRefusedException(string refusal, AuditEntry noted) : Exception(refusal)
{
    public AuditEntry Noted { get; } = noted;
}
