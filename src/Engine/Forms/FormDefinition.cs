using Engine.Canonical;
using Engine.Rules;

namespace Engine.Forms;

/// <summary>A form as a controlled document: what is asked, how it is checked at entry, and who signs.</summary>
/// <param name="Code">Stable code, for example <c>general-check</c>.</param>
/// <param name="Version">Version of the definition, as its editors write it.</param>
/// <param name="DocumentCode">Controlled-document code printed in the footer.</param>
/// <param name="Footer">Text printed under the form, or null.</param>
/// <param name="ConfirmText">Sentence the signers agree to, or null.</param>
/// <param name="ContentHash">SHA-256 of the document's canonical JSON, lower-case hexadecimal.</param>
/// <param name="TestItemsHash">Content hash of the test-item document it was read with.</param>
public sealed record FormDefinition(
    string Code,
    string Title,
    string TitleEn,
    string Version,
    string DocumentCode,
    string? Footer,
    IReadOnlyList<FormSection> Sections,
    IReadOnlyList<FormSigner> Signers,
    string? ConfirmText,
    string ContentHash,
    string TestItemsHash)
{
    private readonly Dictionary<string, FormField> _byCode = Sections.SelectMany(s => s.Fields).ToDictionary(f => f.Code, StringComparer.Ordinal);

    /// <summary>Reads a <c>*.form.json</c> document.</summary>
    /// <param name="json">The document's text.</param>
    /// <param name="testItems">The station's test items, for fields that refer to one.</param>
    /// <exception cref="DocumentFaultException">Names the JSON path and the remedy.</exception>
    public static FormDefinition Parse(string json, TestItems testItems) => FormParser.Parse(json, testItems);

    /// <summary>All fields in the form's order.</summary>
    public IReadOnlyList<FormField> Fields { get; } = [.. Sections.SelectMany(s => s.Fields)];

    /// <summary>The field with this code, or null.</summary>
    public FormField? Field(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>The form cut down to one section, without signers.</summary>
    public FormDefinition Only(FormSection section) => new(Code, Title, TitleEn, Version, DocumentCode, Footer, [section], [], ConfirmText, ContentHash, TestItemsHash);

    /// <summary>The section that reviews another form's flagged answers, or null.</summary>
    public FormSection? ReviewSection { get; } = Sections.FirstOrDefault(s => s.Review is not null);

    /// <summary>What it reviews, or null.</summary>
    public ReviewDefinition? Review => ReviewSection?.Review;

    /// <summary>Every fact the form offers: one per field, one per signer that sets a fact, and the outcome of its review.</summary>
    public IEnumerable<FactDefinition> Facts =>
        Fields.Select(f => f.ToFact(Code)).Concat(Signers
            .Where(s => s.Fact is not null)
            .Select(s => new FactDefinition(s.Fact!, s.Label, s.LabelEn, FactKind.YesNo, Source: Code)))
        .Concat(ReviewSection is { Review: { } review } section
            ? [new FactDefinition(review.Fact, section.Title, section.TitleEn, FactKind.Choice, Options: [.. review.Decisions.Select(d => new FactOption(d.Code, d.Label))], Source: Code)]
            : []);

    /// <summary>Facts it names that the form itself does not offer; publishing checks that somebody offers them.</summary>
    public IEnumerable<string> OutsideFacts =>
        ConditionFacts.Concat(Fields.Select(f => f.Matches).OfType<string>()).Concat(Fields.SelectMany(f => f.Limits).Select(l => l.Fact)).Except(Facts.Select(f => f.Code), StringComparer.Ordinal);

    /// <summary>Those of them that conditions name, by which a page shows and hides: what a label has to match is no page's business.</summary>
    public IEnumerable<string> ConditionFacts =>
        Fields.SelectMany(f => new[] { f.VisibleWhen, f.RequiredWhen }).Concat(Signers.Select(s => s.When))
            .OfType<FieldCondition>().SelectMany(c => c.Tree.Facts).Except(Facts.Select(f => f.Code), StringComparer.Ordinal);

    /// <summary>Whether something in it is kept as the province has it.</summary>
    public bool HasLocks => Sections.Any(s => s.Locked is not null) || Fields.Any(f => f.Locked is not null);

    /// <summary>The signers this submission needs, in signing order. An undecided condition counts as needed.</summary>
    public IEnumerable<FormSigner> SignersFor(IFacts facts) => Signers.Where(s => s.When?.Tree.Evaluate(facts) != false);
}

/// <summary>A group of fields under one heading; at a kiosk, one screen.</summary>
/// <param name="Paragraphs">Text to be read before the fields; a section may be text alone.</param>
/// <param name="Kiosk">Asked of a donor who registers at a kiosk; otherwise staff alone fill it in.</param>
/// <param name="PerVisit">Asked anew each time: not kept with the donor and not shown again at the next visit.</param>
/// <param name="Review">The other form whose flagged answers are decided on here; null in any other section.</param>
public sealed record FormSection(string Code, string Title, string TitleEn, string? Instructions, IReadOnlyList<string> Paragraphs, bool PerVisit, bool Kiosk, IReadOnlyList<FormField> Fields, ReviewDefinition? Review = null)
{
    /// <inheritdoc cref="FormField.Locked"/>
    public string? Locked { get; init; }
}

/// <summary>Who signs the form.</summary>
/// <param name="Role">The signer's part, for example <c>checker</c>.</param>
/// <param name="Permission">Permission the signer must hold, or null.</param>
/// <param name="Pin">The signer enters a personal PIN.</param>
/// <param name="Handwriting">The signer, who has no account here, writes the name on a pad; where there is none, on paper.</param>
/// <param name="SecondPerson">Must be another person than every signer before.</param>
/// <param name="When">Needed unless this is certainly false; null = always.</param>
/// <param name="Fact">Fact set to <c>yes</c> when this signer has signed, or null.</param>
/// <param name="IdentityField">Yes-no field of the form in which staff confirm that the one who writes is who he says; null where the form has none.</param>
public sealed record FormSigner(
    string Role,
    string Label,
    string LabelEn,
    string? Permission,
    bool Pin,
    bool Handwriting,
    bool SecondPerson,
    FieldCondition? When,
    string? Fact,
    string? IdentityField = null)
{
    /// <summary>Whether anything has to be done to sign; otherwise the name alone stands there.</summary>
    public bool Signs => Pin || Handwriting;
}
