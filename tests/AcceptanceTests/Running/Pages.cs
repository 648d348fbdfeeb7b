using Microsoft.Playwright;

namespace AcceptanceTests.Running;

public static class PageMoves
{
    /// <summary>Presses something that leads to another page, and waits until that page is there.</summary>
    public static async Task LeaveByAsync(this IPage page, ILocator pressed)
    {
        await page.EvaluateAsync("() => { window.left = true; }");
        await pressed.ClickAsync();
        await page.WaitForFunctionAsync("() => !window.left && document.readyState === 'complete'");
    }
}
