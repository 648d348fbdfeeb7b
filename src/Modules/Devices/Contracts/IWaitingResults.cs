using Platform.Pages;

namespace Modules.Devices.Contracts;

/// <summary>One transmission a person has to look at.</summary>
public sealed record QueuedResult(string Device, string? SampleNumber, string Reason, DateTimeOffset Since);

/// <summary>What never becomes a fact by itself and still waits for a person.</summary>
public interface IWaitingResults
{
    Task<Paged<QueuedResult>> WaitingAsync(int? page, CancellationToken cancel = default);

    /// <summary>One for this sample that came after a moment and waits; null when there is none.</summary>
    Task<QueuedResult?> SinceAsync(string sampleNumber, DateTimeOffset after, CancellationToken cancel = default);
}
