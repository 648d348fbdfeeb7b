using Engine.Forms;

namespace Modules.Collection;

/// <summary>A correction without showing what is protected: such a field stands empty, and left empty it stays as it is.</summary>
internal static class MaskedFields
{
    /// <summary>Values for the page, without protected ones that are still those on record.</summary>
    public static Dictionary<string, string> Hide(FormDefinition form, IReadOnlyDictionary<string, string> values, FormSubmission onRecord) =>
        values.Where(v => form.Field(v.Key) is not { Protected: true } || v.Value != onRecord.Value(v.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The post with what was left empty put in.</summary>
    public static IReadOnlyDictionary<string, string> Fill(FormDefinition form, IReadOnlyDictionary<string, string> posted, FormSubmission onRecord)
    {
        var all = new Dictionary<string, string>(posted, StringComparer.Ordinal);
        foreach (var field in form.Fields.Where(f => f.Protected && string.IsNullOrWhiteSpace(posted.GetValueOrDefault(f.Code))))
            if (onRecord.Value(field.Code) is { } kept) all[field.Code] = kept;
        return all;
    }

    /// <summary>What stands there, as others may see it.</summary>
    public static IReadOnlyDictionary<string, string> Shown(FormDefinition form, FormSubmission onRecord) =>
        onRecord.Values.Where(v => form.Field(v.Code) is { Protected: true }).ToDictionary(v => v.Code, v => Mask.Of(form.Field(v.Code)!, v.Value), StringComparer.Ordinal);

    /// <summary>The difference: what stood there masked, what was typed now as it was typed.</summary>
    public static IReadOnlyList<FieldChange> Shown(FormDefinition form, IReadOnlyList<FieldChange> changes) => [.. changes.Select(c => c with { Old = c.Masked(form).Old })];
}
