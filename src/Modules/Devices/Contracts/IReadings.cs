using Platform.Audit;

namespace Modules.Devices.Contracts;

/// <summary>One value a device measured for a visit.</summary>
/// <param name="SampleId">The transmission it came with.</param>
/// <param name="Value">Decimal in <paramref name="Unit"/>; null when it does not count.</param>
/// <param name="Time">Device clock or, when it sent none, the time of arrival; local, <c>HH:mm</c>, with its date where that is another day than it was received on.</param>
/// <param name="Reason">Why it does not count; null when it does.</param>
public sealed record VisitReading(Guid SampleId, string Item, string? Value, string RawValue, string? Unit, string Flags, string Device, string Time, string? Reason);

/// <summary>Where files that devices have written are handed in.</summary>
public static class DeviceFiles
{
    public const string Permission = "devices.import";

    /// <summary>Path below the tenant; leads back to the visit.</summary>
    public static string ImportPath(Guid visit) => $"/devices/import?visit={visit}";
}

/// <summary>What devices measured, for whoever signs it.</summary>
public interface IReadings
{
    /// <summary>Readings matched to the visit and not dismissed, oldest first.</summary>
    Task<IReadOnlyList<VisitReading>> OfVisitAsync(Guid visitId, CancellationToken cancel = default);

    /// <summary>Notes, in the caller's transaction, that a person has signed a form with these transmissions before him.</summary>
    void Use(IEnumerable<Guid> sampleIds, Guid visitId, Actor by);
}
