using System.Text.Json;
using Engine.Forms;
using Platform.Storage;

namespace Modules.Records.Contracts;

/// <summary>Turns stored submissions back into forms; values of protected fields are stored encrypted.</summary>
internal sealed class StoredValues(FieldCipher cipher)
{
    private const string Damaged = "提交的表单已被改动或损坏";

    public string Stored(FormDefinition form, FormSubmission submission) =>
        JsonSerializer.Serialize(
            submission.Values.Select(v => form.Field(v.Code) is { Protected: true } ? v with { Value = cipher.Protect(v.Value) } : v));

    /// <exception cref="DamagedValueException">It is not what was written.</exception>
    public IReadOnlyList<SubmittedValue> Values(FormDefinition form, Submission submission) =>
        [.. Read<List<SubmittedValue>>(submission.ValuesJson)
            .Select(v => form.Field(v.Code) is { Protected: true } ? v with { Value = cipher.Reveal(v.Value) } : v)];

    /// <summary>The submission as it was made.</summary>
    public FormSubmission Restored(FormDefinition form, Submission submission) =>
        FormSubmission.Restore(form, Values(form, submission), Review(submission));

    public static FormReview? Review(Submission submission) => submission.ReviewJson is { } json ? Read<FormReview>(json) : null;

    public static IReadOnlyList<Signer> Signers(Submission submission) => Read<List<Signer>>(submission.SignersJson);

    private static T Read<T>(string json) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json) ?? throw new DamagedValueException(Damaged);
        }
        catch (JsonException e)
        {
            throw new DamagedValueException(Damaged, e);
        }
    }
}
