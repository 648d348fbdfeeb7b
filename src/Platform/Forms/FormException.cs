namespace Platform.Forms;

/// <summary>A form or test-item document that cannot be read. The message is for the person who edits the document.</summary>
/// <param name="path">JSON path of the fault, for example <c>$.sections[0].fields[2].unit</c>.</param>
/// <param name="remedy">What to write instead, zh-CN.</param>
public sealed class FormException(string path, string remedy) : Exception($"{path}: {remedy}")
{
    public string Path { get; } = path;
    public string Remedy { get; } = remedy;
}
