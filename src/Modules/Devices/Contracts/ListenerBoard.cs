using System.Collections.Concurrent;

namespace Modules.Devices.Contracts;

/// <summary>How a device's listener is doing.</summary>
/// <param name="Talking">Connections on which a message has been understood.</param>
/// <param name="Incident">Why it does not listen, or what is wrong with the line; null when all is well, or is again.</param>
public sealed record ListenerState(bool Listening, int Connections, int Talking, string? Incident, DateTimeOffset? IncidentAt);

/// <summary>What the listeners of this process report of themselves. Of no use after a restart, so not stored.</summary>
public sealed class ListenerBoard
{
    private readonly ConcurrentDictionary<(string Tenant, string Device), ListenerState> _states = new();

    public ListenerState? Of(string tenant, string device) => _states.GetValueOrDefault((tenant, device));

    public void Report(string tenant, string device, ListenerState state) => _states[(tenant, device)] = state;

    public void Forget(string tenant, string device) => _states.TryRemove((tenant, device), out _);
}
