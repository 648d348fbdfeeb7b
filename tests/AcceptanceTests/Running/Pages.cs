using Microsoft.Playwright;

namespace AcceptanceTests.Running;

public static class PageMoves
{
    /// <summary>Waits until a posted form has been lost.</summary>
    public static async Task WaitForFailedPostAsync(this IPage page)
    {
        var over = new TaskCompletionSource();
        page.RequestFailed += (_, request) => { if (request.Method == "POST" && request.IsNavigationRequest) over.TrySetResult(); };
        await over.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Presses something that leads to another page, and waits until that page is there.</summary>
    public static async Task LeaveByAsync(this IPage page, ILocator pressed)
    {
        await page.EvaluateAsync("() => { window.left = true; }");
        await pressed.ClickAsync();
        await page.WaitForFunctionAsync("() => !window.left && document.readyState === 'complete'");
    }
}
