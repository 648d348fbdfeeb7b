namespace Platform.Workflows;

/// <summary>A workflow document that cannot be read. The message is for the person who edits it.</summary>
/// <param name="path">JSON path of the place, for example <c>$.root.activities[3].id</c>.</param>
/// <param name="remedy">What is wrong and what to do, zh-CN.</param>
public sealed class WorkflowDocumentException(string path, string remedy) : Exception($"{path}：{remedy}")
{
    public string Path { get; } = path;
    public string Remedy { get; } = remedy;
}

/// <summary>
/// An activity says that it cannot go on. The engine turns it into an <see cref="Incident"/>. Every other exception is a bug
/// or an outage and leaves the engine, so that the caller's transaction rolls back and nothing of the step is kept.
/// </summary>
/// <param name="message">What the incident list shows.</param>
/// <param name="detail">More for the person who repairs it, zh-CN; may be null.</param>
public sealed class ActivityFaultException(string message, string? detail = null) : Exception(message)
{
    public string? Detail { get; } = detail;
}
