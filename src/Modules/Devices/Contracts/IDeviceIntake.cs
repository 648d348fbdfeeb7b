using Platform.Publishing;

namespace Modules.Devices.Contracts;

/// <summary>A device to listen to.</summary>
/// <param name="AllowedAddresses">Addresses it may send from, separated by commas.</param>
public sealed record EnrolledDevice(string Code, string Name, string Profile, string BindAddress, int Port, string AllowedAddresses);

/// <summary>A frame in the store.</summary>
/// <param name="Recorded">Its results are there too: the device sends it again.</param>
/// <param name="LocalTime">Station's local time.</param>
public sealed record ReceivedFrame(Guid Id, bool Recorded, DateTime LocalTime);

/// <summary>A sample on the worklist.</summary>
/// <param name="Sex">M or F, the donor's.</param>
/// <param name="Items">Test items still to be measured.</param>
public sealed record AwaitedSample(string Number, string Sex, IReadOnlyList<string> Items);

/// <summary>Takes in what devices send to one station.</summary>
public interface IDeviceIntake
{
    /// <summary>Devices that send over a line, enabled ones.</summary>
    Task<IReadOnlyList<EnrolledDevice>> EnabledAsync(CancellationToken cancel = default);

    /// <summary>Stores the bytes in a transaction of their own; the same bytes of the same device give the frame that is there.</summary>
    Task<ReceivedFrame> StoreAsync(string deviceCode, byte[] raw, string remoteAddress, CancellationToken cancel = default);

    /// <summary>Writes the results of a frame and whom they belong to in one transaction; once, however often it is called. What found no owner then looks for one again each time.</summary>
    /// <param name="damage">Why the frame cannot be read, in Chinese; null when it can.</param>
    Task RecordAsync(Guid frameId, IReadOnlyList<DeviceMessage> messages, string? damage, CancellationToken cancel = default);

    /// <summary>The sample of that number while its results are waited for; null for any other.</summary>
    Task<AwaitedSample?> AwaitedAsync(string sampleNumber, CancellationToken cancel = default);

    /// <summary>Station's local time.</summary>
    Task<DateTime> LocalTimeAsync(CancellationToken cancel = default);
}

/// <summary>The device profiles among the documents in force. A name is <c>maker/model</c>, in any case.</summary>
public interface IDeviceProfiles
{
    /// <summary>Names of all profiles.</summary>
    IReadOnlyList<string> Names(InForce set);

    /// <summary>Protocol or file format in words, null for a profile that is not there or cannot be read.</summary>
    string? ProtocolOf(InForce set, string profile);

    /// <summary>Whether it reads files that are handed in, and needs no listener.</summary>
    bool IsFile(InForce set, string profile);

    /// <summary>What a file or a kept frame says; damage alone when there is no such profile.</summary>
    (IReadOnlyList<DeviceMessage> Messages, string? Damage) Read(InForce set, string profile, byte[] bytes);
}
