namespace Web.Pages.Kiosk;

/// <summary>What all pages of a terminal have in common.</summary>
internal static class KioskFrame
{
    /// <summary>Untouched for so long, a page goes back to the beginning; half of what the server allows a session.</summary>
    public const int IdleSeconds = 60;
}
