namespace Engine.Canonical;

/// <summary>A configuration document that cannot be read. The message is for the person who edits it.</summary>
/// <param name="path">JSON path of the fault, for example <c>$.sections[0].fields[2].unit</c>.</param>
/// <param name="remedy">What is wrong and what to write instead, zh-CN.</param>
public sealed class DocumentFaultException(string path, string remedy) : Exception($"{path}: {remedy}")
{
    public string Path { get; } = path;
    public string Remedy { get; } = remedy;
}
