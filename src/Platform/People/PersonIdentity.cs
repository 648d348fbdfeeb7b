namespace Platform.People;

/// <summary>Which person an account belongs to, in the host's store: the same token is the same person, in every tenant. The number itself is kept nowhere.</summary>
public sealed class PersonIdentity
{
    public required string TenantId { get; init; }
    public required string PersonId { get; init; }

    /// <summary>HMAC-SHA-256 of the identity number under a key of the master key.</summary>
    public required string Token { get; init; }
}
