using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AcceptanceTests.Running;

/// <summary>What keeps a page from being read: found by axe, serious and critical only, and by its width.</summary>
internal static class Accessibility
{
    private static readonly string[] Counted = ["serious", "critical"];

    /// <summary>One line a finding, with the page and the place.</summary>
    public static async Task<IReadOnlyList<string>> FindingsAsync(IPage page)
    {
        var found = (await page.RunAxe()).Violations.Where(v => Counted.Contains(v.Impact))
            .SelectMany(v => v.Nodes.Select(n => $"{page.Url}: {v.Id} {n.Target} {n.Html}")).ToList();
        var wider = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth");
        return wider > 0 ? [.. found, $"{page.Url}: {wider} px wider than the screen"] : found;
    }
}
