using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Publishing.Changes;

/// <summary>One document as a change would have it.</summary>
/// <param name="BaseHash">Canonical hash of what was in force when it was begun; null where there was nothing.</param>
/// <param name="Text">Digest of its content; null where it ends.</param>
/// <param name="Cases">Digest of its cases; null without.</param>
/// <param name="FirstDay">What its file says of its first day.</param>
/// <param name="LastDay">Last day in force, inclusive; null without end.</param>
public sealed record ChangedDocument(string Kind, string Name, DocumentLayer Layer, string? BaseHash, string? Text, string? Cases, DateOnly? FirstDay, DateOnly? LastDay)
{
    [JsonIgnore]
    public bool Ends => Text is null;

    public bool IsSame(ChangedDocument other) => (Kind, Name, Layer) == (other.Kind, other.Name, other.Layer);
}

/// <summary>Everything a change says, at one revision.</summary>
/// <param name="From">First instant in force; null: as soon as it is approved.</param>
public sealed record ChangeBody(string Title, string Reason, DateTimeOffset? From, IReadOnlyList<ChangedDocument> Documents)
{
    private static readonly JsonSerializerOptions Form = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>With this document in place of the one of its name.</summary>
    public ChangeBody With(ChangedDocument document) => this with { Documents = [.. Documents.Where(d => !d.IsSame(document)), document] };

    public ChangeBody Without(ChangedDocument document) => this with { Documents = [.. Documents.Where(d => !d.IsSame(document))] };

    public ChangedDocument? Find(string kind, string name, DocumentLayer layer) => Documents.FirstOrDefault(d => (d.Kind, d.Name, d.Layer) == (kind, name, layer));

    public string ToJson() => JsonSerializer.Serialize(this with { Documents = [.. Documents.OrderBy(d => d.Kind, StringComparer.Ordinal).ThenBy(d => d.Layer).ThenBy(d => d.Name, StringComparer.Ordinal)] }, Form);

    public static ChangeBody Read(string json) => JsonSerializer.Deserialize<ChangeBody>(json, Form) ?? throw new JsonException("A change without a body.");
}
