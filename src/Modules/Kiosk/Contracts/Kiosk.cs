namespace Modules.Kiosk.Contracts;

/// <summary>What the host knows of terminals.</summary>
public static class Kiosk
{
    /// <summary>Where all pages of a terminal are, below the tenant.</summary>
    public const string Path = "/kiosk";

    /// <summary>The feature that switches terminals on.</summary>
    public const string Feature = "collection.kiosk";

    /// <summary>The right to enrol and revoke terminals.</summary>
    public const string Manage = "collection.kiosks";
}
