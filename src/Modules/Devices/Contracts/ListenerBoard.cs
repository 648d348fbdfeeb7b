using System.Collections.Concurrent;

namespace Modules.Devices.Contracts;

/// <summary>How a device's listener is doing.</summary>
/// <param name="Incident">Why it does not listen, or the last trouble with the line; null when all is well.</param>
public sealed record ListenerState(bool Listening, int Connections, string? Incident, DateTimeOffset? IncidentAt);

/// <summary>What the listeners of this process report of themselves. Of no use after a restart, so not stored.</summary>
public sealed class ListenerBoard
{
    private readonly ConcurrentDictionary<(string Tenant, string Device), ListenerState> _states = new();

    public ListenerState? Of(string tenant, string device) => _states.GetValueOrDefault((tenant, device));

    public void Report(string tenant, string device, ListenerState state) => _states[(tenant, device)] = state;

    public void Forget(string tenant, string device) => _states.TryRemove((tenant, device), out _);
}
