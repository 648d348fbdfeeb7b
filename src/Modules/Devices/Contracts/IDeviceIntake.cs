namespace Modules.Devices.Contracts;

/// <summary>A device to listen to.</summary>
/// <param name="AllowedAddresses">Addresses it may send from, separated by commas.</param>
public sealed record EnrolledDevice(string Code, string Name, string Profile, string BindAddress, int Port, string AllowedAddresses);

/// <summary>A frame in the store.</summary>
/// <param name="Recorded">Its results are there too: the device sends it again.</param>
/// <param name="LocalTime">Station's local time.</param>
public sealed record ReceivedFrame(Guid Id, bool Recorded, DateTime LocalTime);

/// <summary>Takes in what devices send to one station.</summary>
public interface IDeviceIntake
{
    Task<IReadOnlyList<EnrolledDevice>> EnabledAsync(CancellationToken cancel = default);

    /// <summary>Stores the bytes in a transaction of their own; the same bytes of the same device give the frame that is there.</summary>
    Task<ReceivedFrame> StoreAsync(string deviceCode, byte[] raw, string remoteAddress, CancellationToken cancel = default);

    /// <summary>Writes the results of a frame and whom they belong to in one transaction; once, however often it is called.</summary>
    /// <param name="damage">Why the frame cannot be read, in Chinese; null when it can.</param>
    Task RecordAsync(Guid frameId, IReadOnlyList<DeviceMessage> messages, string? damage, CancellationToken cancel = default);
}

/// <summary>The device profiles there are.</summary>
public interface IDeviceProfiles
{
    /// <summary>Names of the profiles a listener can use.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Protocol in words, null for a profile that is not there or cannot be listened to.</summary>
    string? ProtocolOf(string profile);
}
