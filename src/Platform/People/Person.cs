using Microsoft.AspNetCore.Identity;

namespace Platform.People;

/// <summary>Someone who signs in. <see cref="IdentityUser{TKey}.UserName"/> is the account, <see cref="FullName"/> what records show.</summary>
public sealed class Person : IdentityUser
{
    public string FullName { get; set; } = "";

    /// <summary>As <see cref="People.PinHash"/> stores it; null until the person has chosen a PIN; without one nothing can be signed.</summary>
    public string? PinHash { get; set; }

    /// <summary>Left the station, or suspended: refused at the next request and as a second person.</summary>
    public bool Disabled { get; set; }

    public bool MustChangePassword { get; set; }

    /// <summary>Which person this is, as <see cref="PersonIdentity.Token"/>; null where nobody has given an identity number, as for accounts of a demonstration.</summary>
    public string? IdentityToken { get; set; }
}

/// <summary>A role of DOMAIN §9.1. <see cref="IdentityRole{TKey}.Name"/> is its code; its permissions are role claims.</summary>
public sealed class Role : IdentityRole
{
    public string DisplayName { get; set; } = "";

    /// <summary>Untouched for so many minutes, a session of this role is over, 1 to 720; null: as <see cref="StaffSession.IdleMinutes"/>. Of several roles the shortest holds.</summary>
    public int? IdleMinutes { get; set; }

    /// <summary>Of all roles with this word one person holds one at most; null: it goes with every other.</summary>
    public string? Apart { get; set; }
}
