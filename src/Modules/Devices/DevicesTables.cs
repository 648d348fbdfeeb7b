using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Modules.Devices;

/// <summary>A measuring device enrolled at this station; who is not enrolled is not listened to.</summary>
public sealed class Device
{
    public required string Code { get; init; }
    public required string Name { get; set; }

    /// <summary>Device profile, which also decides the protocol.</summary>
    public required string Profile { get; set; }

    /// <summary>Address listened on; the machine itself unless the recipe says otherwise.</summary>
    public required string BindAddress { get; set; }

    /// <summary>TCP port; 0 for a device whose files are handed in.</summary>
    public required int Port { get; set; }

    /// <summary>Addresses it may send from, separated by commas.</summary>
    public required string AllowedAddresses { get; set; }

    public required bool Enabled { get; set; }
}

/// <summary>What a device sent, byte for byte, stored before anybody looks into it.</summary>
public sealed class DeviceFrame
{
    public required Guid Id { get; init; }
    public required string DeviceCode { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public required string RemoteAddress { get; init; }

    /// <summary>Base64 of the bytes, encrypted: devices write names into their messages.</summary>
    public required string ProtectedRaw { get; init; }

    /// <summary>SHA-256 of the bytes, message number included: the same again is the same message.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>One sample's results in a frame; a frame that cannot be read has one of kind <see cref="Broken"/>.</summary>
public sealed class DeviceSample
{
    public const string Broken = "Broken";

    public required Guid Id { get; init; }
    public required Guid FrameId { get; init; }

    /// <summary>Place in the frame, from 0; a frame that is read again goes on counting.</summary>
    public required int Number { get; init; }

    public required string DeviceCode { get; init; }
    public string? MessageId { get; init; }
    public string? SampleNumber { get; init; }

    /// <summary>A <see cref="Contracts.DeviceMessageKind"/> or <see cref="Broken"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>M, F or null as sent; <c>?</c> and what was sent where it cannot be read.</summary>
    public string? Sex { get; init; }

    /// <summary>Device clock, <c>yyyy-MM-dd HH:mm:ss</c> local; null when not sent. After a <c>?</c>: as sent where it cannot be read, or a time after it was received.</summary>
    public string? ObservedAt { get; init; }

    /// <summary>Alarms the device raised, in words.</summary>
    public string? Alarms { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>One value as sent and as normalised.</summary>
public sealed class StoredReading
{
    public required Guid Id { get; init; }
    public required Guid SampleId { get; init; }
    public required int Number { get; init; }

    /// <summary>Test item code; null when the profile maps it to none.</summary>
    public string? Item { get; init; }

    /// <summary>The device's own name or code.</summary>
    public required string SentAs { get; init; }
    public required string RawValue { get; init; }
    public string? RawUnit { get; init; }
    public string? Value { get; init; }
    public string? Unit { get; init; }

    /// <summary>Flags as sent, separated by blanks; H, L and N are shown only.</summary>
    public required string Flags { get; init; }
    public required bool Accepted { get; init; }
    public string? Reason { get; init; }
}

/// <summary>What became of a sample's results. Each change is a new row.</summary>
public sealed class SampleStatus
{
    public const string Matched = "matched";
    public const string Waiting = "waiting";
    public const string Dismissed = "dismissed";
    public const string Used = "used";

    public required Guid Id { get; init; }
    public required Guid SampleId { get; init; }
    public required string Status { get; init; }
    public Guid? VisitId { get; init; }
    public string? Reason { get; init; }
    public string? PersonId { get; init; }
    public string? PersonName { get; init; }
    public required DateTimeOffset At { get; init; }
}

internal sealed class DevicesTables : ITables
{
    public IReadOnlyList<EvidenceTable> Evidence => [new("device_frames", "设备原始报文"), new("device_samples", "设备样本"), new("device_readings", "设备结果"), new("device_sample_statuses", "设备样本状态")];

    public void Map(ModelBuilder model)
    {
        model.Entity<Device>().ToTable("devices").HasKey(d => d.Code);
        model.Entity<DeviceFrame>(table =>
        {
            table.ToTable("device_frames").HasKey(f => f.Id);
            table.HasIndex(f => new { f.DeviceCode, f.Sha256 }).IsUnique();
            table.HasIndex(f => new { f.DeviceCode, f.ReceivedAt });
        });
        model.Entity<DeviceSample>(table =>
        {
            table.ToTable("device_samples").HasKey(s => s.Id);
            table.HasIndex(s => new { s.FrameId, s.Number }).IsUnique();
        });
        model.Entity<StoredReading>(table =>
        {
            table.ToTable("device_readings").HasKey(r => r.Id);
            table.HasIndex(r => new { r.SampleId, r.Number }).IsUnique();
        });
        model.Entity<SampleStatus>(table =>
        {
            table.ToTable("device_sample_statuses").HasKey(s => s.Id);
            table.HasIndex(s => s.SampleId);
            table.HasIndex(s => new { s.VisitId, s.Status });
            table.HasIndex(s => new { s.Status, s.At });
        });
    }
}
