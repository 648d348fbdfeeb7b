using System.Text.Json.Nodes;
using Engine.Canonical;
using Engine.Rules;

namespace Engine.Forms;

/// <summary>One value as entered: half-width, NFC, dates as yyyy-MM-dd, digits never reformatted.</summary>
/// <param name="Unit">The unit the field had, or null.</param>
public sealed record SubmittedValue(string Code, string Value, string? Unit);

/// <summary>A form filled in and accepted. Immutable; an amendment is another submission.</summary>
/// <param name="Values">In the form's order; unanswered and invisible fields are absent.</param>
/// <param name="Facts">The same values typed for rules, and the outcome of the review.</param>
/// <param name="Review">What was decided about another form's flagged answers; null when nothing was reviewed.</param>
public sealed record FormSubmission(
    string FormCode,
    string FormVersion,
    string FormHash,
    string TestItemsHash,
    IReadOnlyList<SubmittedValue> Values,
    FactBag Facts,
    FormReview? Review = null)
{
    /// <summary>Rebuilds a submission from stored values without judging them again. Values of fields the definition lacks have no fact.</summary>
    /// <param name="form">The definition the submission was made with (same content hash).</param>
    /// <param name="review">The review as stored, while it still counts; otherwise its outcome is unknown.</param>
    public static FormSubmission Restore(FormDefinition form, IReadOnlyList<SubmittedValue> values, FormReview? review = null)
    {
        var facts = new FactBag();
        foreach (var value in values)
            if (form.Field(value.Code) is { } field) facts.Set(value.Code, FieldEntry.ToFact(field, value.Value));
        return Of(form, values, facts, review);
    }

    /// <summary>The value entered for this field, or null.</summary>
    public string? Value(string code) => Values.FirstOrDefault(v => v.Code == code)?.Value;

    /// <summary>The submission as JSON for signing: form, hashes and values; a quantity is its text and unit.</summary>
    public JsonObject ToJson()
    {
        var values = new JsonObject();
        foreach (var v in Values)
            values.Add(v.Code, v.Unit is null ? v.Value : new JsonObject { ["value"] = v.Value, ["unit"] = v.Unit });
        var json = new JsonObject
        {
            ["form"] = new JsonObject { ["code"] = FormCode, ["version"] = FormVersion, ["sha256"] = FormHash },
            ["testItems"] = new JsonObject { ["sha256"] = TestItemsHash },
            ["values"] = values,
        };
        if (Review is not null) json.Add("review", Review.ToJson());
        return json;
    }

    /// <summary>The bytes that are hashed and signed (RFC 8785).</summary>
    public byte[] ToCanonicalJson() => CanonicalJson.Write(ToJson());

    /// <summary>SHA-256 of the canonical JSON, lower-case hexadecimal: what signers sign.</summary>
    public string ContentHash => Digest.Of(ToCanonicalJson());

    internal static FormSubmission Of(FormDefinition form, IReadOnlyList<SubmittedValue> values, FactBag facts, FormReview? review)
    {
        if (review is not null && form.Review is { } reviewing) facts.Set(reviewing.Fact, reviewing.Outcome(review));
        return new(form.Code, form.Version, form.ContentHash, form.TestItemsHash, values, facts, review);
    }
}
