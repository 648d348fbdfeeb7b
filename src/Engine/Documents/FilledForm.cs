namespace Engine.Documents;

/// <summary>One form filled in, in the words it is printed with.</summary>
/// <param name="Code">Code of the form, by which layouts name it.</param>
/// <param name="Version">Version of its definition.</param>
/// <param name="DocumentCode">Controlled-document code.</param>
/// <param name="Footer">Text printed under the form, or null.</param>
/// <param name="ConfirmText">Sentence the signers agree to, or null.</param>
/// <param name="Signatures">In signing order.</param>
public sealed record FilledForm(
    string Code, string Title, string Version, string DocumentCode, string? Footer, string? ConfirmText,
    IReadOnlyList<FilledSection> Sections, IReadOnlyList<FilledSignature> Signatures)
{
    /// <summary>What a layout may say of a form in its texts, as <c>{code.name}</c>, with zh-CN labels.</summary>
    public static IReadOnlyDictionary<string, string> Placeholders { get; } = new Dictionary<string, string>
    {
        ["title"] = "表名", ["version"] = "版本", ["documentCode"] = "受控文件编号", ["footer"] = "表的页脚",
    };

    /// <summary>Which filling-in it is, by which <see cref="SignaturePlace"/> names its places; empty where a form is filled in once.</summary>
    public string Filling { get; init; } = "";

    /// <summary>The same form filled in again, in order.</summary>
    public IReadOnlyList<FilledForm> Further { get; init; } = [];

    internal IEnumerable<KeyValuePair<string, string>> Values =>
    [
        new($"{Code}.title", Title), new($"{Code}.version", Version), new($"{Code}.documentCode", DocumentCode), new($"{Code}.footer", Footer ?? ""),
    ];
}

/// <param name="Code">Code of the section, by which layouts name it.</param>
/// <param name="Paragraphs">Printed before the rows.</param>
public sealed record FilledSection(string Code, string Title, IReadOnlyList<string> Paragraphs, IReadOnlyList<FilledRow> Rows);

/// <param name="Value">With unit, options as their labels; empty when nothing was entered.</param>
/// <param name="Note">Printed beneath, for example what a review decided; null = none.</param>
/// <param name="Flagged">Other than the expected answer; printed in bold.</param>
public sealed record FilledRow(string Label, string Value, string? Note = null, bool Flagged = false);

/// <summary>Who has signed a form, or is to sign it.</summary>
/// <param name="Role">The signer's part, by which <see cref="SignaturePlace"/> names the place.</param>
/// <param name="Name">Empty while nobody has signed.</param>
/// <param name="Method">How, in words.</param>
/// <param name="At">In the station's time; null while nobody has signed.</param>
/// <param name="Png">Handwriting, or null.</param>
/// <param name="OnPaper">Leaves a line for ink.</param>
public sealed record FilledSignature(string Role, string Label, string Name, string Method, DateTimeOffset? At, byte[]? Png, bool OnPaper);

/// <summary>Where a signer's place is on paper, in points; X and Y are its lower left corner as PDF measures, from the page's lower left.</summary>
/// <param name="Form">Code of the form.</param>
/// <param name="Page">From 1.</param>
public sealed record SignaturePlace(string Form, string Role, int Page, float X, float Y, float Width, float Height)
{
    /// <summary>Which filling-in of the form; empty where it is filled in once.</summary>
    public string Filling { get; init; } = "";
}
