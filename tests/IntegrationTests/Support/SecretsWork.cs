using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Harness;
using Microsoft.Extensions.DependencyInjection;
using Platform.People;

namespace IntegrationTests.Support;

/// <summary>What one host works through of passwords and PINs: time tells a stranger as much as words do, and a count does not depend on how busy the machine is.</summary>
internal sealed class SecretsWork : IDisposable
{
    private readonly ConcurrentQueue<string> _costs = new();
    private readonly MeterListener _listener = new();

    public SecretsWork(ProductHost server)
    {
        var mine = server.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SecretsMeter.Name && ReferenceEquals(instrument.Meter.Scope, mine)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _costs.Enqueue((string)tags[0].Value!));
        _listener.Start();
    }

    /// <summary>The costs of what was worked through since it was asked last, in order.</summary>
    public string Since()
    {
        var costs = new List<string>();
        while (_costs.TryDequeue(out var cost)) costs.Add(cost);
        return string.Join(' ', costs);
    }

    public void Dispose() => _listener.Dispose();
}
