using Engine.Documents;

namespace Platform.Publishing;

/// <summary>A paper a module prints, or a family of papers whose names begin alike.</summary>
/// <param name="Name">Name of its layout; of a family, the beginning of their names.</param>
/// <param name="Title">zh-CN.</param>
/// <param name="FieldsOf">What the layout of a name may show, given the documents in force with it.</param>
public sealed record Printable(string Name, string Title, Func<string, InForce, DocumentFields> FieldsOf)
{
    public bool IsFamily { get; init; }

    public static Printable Of(DocumentFields fields) => new(fields.Document, fields.Title, (_, _) => fields);

    public bool Covers(string layout) => IsFamily ? layout.StartsWith(Name, StringComparison.Ordinal) : layout == Name;
}
