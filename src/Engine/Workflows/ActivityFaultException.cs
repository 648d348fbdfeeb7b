namespace Engine.Workflows;

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
