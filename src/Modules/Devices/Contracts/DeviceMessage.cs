namespace Modules.Devices.Contracts;

/// <summary>What a device message is about. Only <see cref="Result"/> may ever lead to a donor's fact.</summary>
public enum DeviceMessageKind
{
    Result,
    Qc,
    Calibration,
    /// <summary>An acknowledgement, a test transmission: nothing to read.</summary>
    Other,
    /// <summary>The device asks what is to be measured.</summary>
    Query,
}

/// <summary>One sample's readings from one device message, whatever wire format brought them.</summary>
public sealed record DeviceMessage
{
    /// <summary>Name of the device profile that read it, for example <c>mindray/bc-5380</c>.</summary>
    public required string Profile { get; init; }
    public string? DeviceMaker { get; init; }
    public string? DeviceModel { get; init; }
    public string? DeviceSerial { get; init; }
    /// <summary>The device's own message number; unique neither over devices nor over restarts.</summary>
    public string? MessageId { get; init; }
    public string? SampleId { get; init; }
    /// <summary>Device clock when the message was made, local time of the station.</summary>
    public DateTime? MessageTime { get; init; }
    /// <summary>Device clock when the sample was run, local time of the station unless <see cref="ObservedOffset"/> says otherwise.</summary>
    public DateTime? ObservedTime { get; init; }
    /// <summary>Offset from UTC the device has written beside it.</summary>
    public TimeSpan? ObservedOffset { get; init; }
    /// <summary>The time it was run as sent, where it cannot be read; null when it can or was not sent.</summary>
    public string? UnreadTime { get; init; }
    /// <summary>Minutes the device's clock may be ahead of the station's.</summary>
    public int ClockMinutes { get; init; }
    public required DeviceMessageKind Kind { get; init; }
    /// <summary><c>M</c>, <c>F</c>, or null when the device does not say.</summary>
    public string? PatientSex { get; init; }
    /// <summary>The sex as sent, where the profile does not know it; null when it does or none was sent.</summary>
    public string? UnreadSex { get; init; }
    public required IReadOnlyList<DeviceReading> Readings { get; init; }
    public required IReadOnlyList<DeviceAlarm> Alarms { get; init; }
    /// <summary>Histograms, scattergrams and other binary observations left out.</summary>
    public int SkippedBinary { get; init; }
    /// <summary>Damage found in the message's structure; with any of it no reading is accepted.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}

/// <summary>One observation as sent and as normalised.</summary>
public sealed record DeviceReading
{
    /// <summary>Test item code (hb, hct, plt ...); null when the profile maps the device code to none.</summary>
    public string? Code { get; init; }
    public required string DeviceCode { get; init; }
    public string? Name { get; init; }
    public required string RawValue { get; init; }
    /// <summary>Decimal in <see cref="Unit"/>, with the digits the device gave; null when it is no number or its unit is unknown.</summary>
    public string? Value { get; init; }
    public string? Unit { get; init; }
    public string? OriginalUnit { get; init; }
    public required IReadOnlyList<string> Flags { get; init; }
    /// <summary>The device's reference range as sent; shown only.</summary>
    public string? Range { get; init; }
    /// <summary>May become a fact once the sample is matched and the tester signs.</summary>
    public required bool Accepted { get; init; }
    /// <summary>Why not accepted, in Chinese; null when accepted.</summary>
    public string? Reason { get; init; }
}

/// <summary>A raised alarm of the device and the test items it makes unreliable (<c>*</c> = all, none = shown only).</summary>
public sealed record DeviceAlarm(string DeviceCode, string? Name, string RawValue, string Text, IReadOnlyList<string> Items);
