using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Modules.Signing;

/// <summary>A key of the built-in authority with its certificate.</summary>
public sealed class AuthorityKey
{
    public required string Role { get; init; }
    public required byte[] Certificate { get; init; }

    /// <summary>PKCS#8 under a key derived from the master key.</summary>
    public required byte[] SealedKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A certificate the built-in authority has issued.</summary>
public sealed class IssuedCertificate
{
    /// <summary>Hexadecimal.</summary>
    public required string Serial { get; init; }

    public required string Profile { get; init; }

    /// <summary>Encrypted: it carries the name.</summary>
    public required byte[] ProtectedCertificate { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }
    public required DateTimeOffset NotAfter { get; init; }
}

/// <summary>A certificate the built-in authority has revoked.</summary>
public sealed class RevokedCertificate
{
    public required string Serial { get; init; }

    /// <summary>CRLReason of RFC 5280 §5.3.1.</summary>
    public required int Reason { get; init; }

    /// <summary>A whole second: from then on what it signs does not count.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>A certificate of an authority this tenant signs with or has signed with.</summary>
public sealed class KnownAuthority
{
    /// <summary>SHA-256 of the certificate, hexadecimal.</summary>
    public required string Thumbprint { get; init; }

    /// <summary>One of <see cref="AuthorityRoles"/>.</summary>
    public required string Role { get; init; }

    public required byte[] Certificate { get; init; }
    public required DateTimeOffset SeenAt { get; init; }
}

/// <summary>A certificate of a member of staff with its wrapped key. The newest one that is neither replaced nor revoked is the one in use.</summary>
public sealed class StaffKey
{
    public required Guid Id { get; init; }
    public required string PersonId { get; init; }
    public required string PersonName { get; init; }
    public required string Authority { get; init; }
    public required byte[] Certificate { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Parameters and salt of Argon2id (RFC 9106).</summary>
    public required string Derivation { get; set; }

    /// <summary>Null once the certificate is replaced or revoked: nobody can sign with it again.</summary>
    public byte[]? WrappedKey { get; set; }

    public DateTimeOffset? ReplacedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
    public string? RevokedBy { get; set; }
    public string? RevocationReason { get; set; }
}

internal static class AuthorityRoles
{
    public const string Root = "root";
    public const string Issuing = "issuing";
    public const string Timestamps = "timestamps";
    public const string Ocsp = "ocsp";
}

internal sealed class SigningTables : ITables
{
    public IReadOnlyList<EvidenceTable> Evidence => [new("ca_certificates", "签发的证书"), new("ca_revocations", "证书吊销"), new("signing_authorities", "认证机构证书")];

    public void Map(ModelBuilder model)
    {
        model.Entity<AuthorityKey>().ToTable("ca_keys").HasKey(k => k.Role);
        model.Entity<IssuedCertificate>().ToTable("ca_certificates").HasKey(c => c.Serial);
        model.Entity<RevokedCertificate>().ToTable("ca_revocations").HasKey(c => c.Serial);
        model.Entity<KnownAuthority>().ToTable("signing_authorities").HasKey(a => a.Thumbprint);
        model.Entity<StaffKey>(table =>
        {
            table.ToTable("staff_keys").HasKey(k => k.Id);
            table.HasIndex(k => new { k.PersonId, k.IssuedAt });
        });
    }
}
