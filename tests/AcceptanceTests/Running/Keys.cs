using System.Globalization;
using Microsoft.Playwright;

namespace AcceptanceTests.Running;

/// <summary>A page worked on without a mouse: Tab from one thing to the next, what is wanted typed or chosen with keys, Enter on the button.</summary>
public sealed class Keys(IPage page)
{
    private const int Most = 400;

    /// <summary>What the keyboard is at.</summary>
    private sealed record Place
    {
        public string Tag { get; set; } = "";
        public string Type { get; set; } = "";
        public string Name { get; set; } = "";
        public string Value { get; set; } = "";
        public string Text { get; set; } = "";
        public bool Primary { get; set; }
        public bool Checked { get; set; }
    }

    /// <summary>Fills what is named, in the order of the page, and presses its main button.</summary>
    /// <param name="values">By the names of the inputs; the value a choice stands for.</param>
    public async Task FillAsync(IReadOnlyDictionary<string, string> values)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        for (var n = 0; n < Most; n++)
        {
            // The page may have put the keyboard where work begins.
            var place = n == 0 ? await HereAsync() : await NextAsync();
            if (place is { Tag: "BUTTON", Primary: true })
            {
                await PressAsync();
                return;
            }
            // The parts of a date are one input: Tab stops at each.
            if (values.TryGetValue(place.Name, out var value) && done.Add(place.Name)) await PutAsync(place, value);
        }
        throw new InvalidOperationException($"{page.Url}: no main button is reached with {Most} Tabs.");
    }

    /// <summary>Goes to a link or button of this text and presses it.</summary>
    public async Task FollowAsync(string text)
    {
        for (var n = 0; n < Most; n++)
        {
            if (!(await NextAsync()).Text.StartsWith(text, StringComparison.Ordinal)) continue;
            await PressAsync();
            return;
        }
        throw new InvalidOperationException($"{page.Url}: {text} is not reached with {Most} Tabs.");
    }

    /// <summary>A scanner types fast and ends with Enter, wherever the keyboard is.</summary>
    public async Task ScanAsync(string code)
    {
        await page.EvaluateAsync("() => { window.left = true; }");
        await page.Keyboard.TypeAsync(code);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => !window.left && document.readyState === 'complete'");
    }

    private async Task PutAsync(Place place, string value)
    {
        switch (place)
        {
            case { Type: "radio" }:
                for (var n = 0; n < 20 && (await HereAsync()).Value != value; n++) await page.Keyboard.PressAsync("ArrowDown");
                if (!(await HereAsync()).Checked) await page.Keyboard.PressAsync("Space");
                break;
            case { Type: "checkbox" }:
                if (!place.Checked) await page.Keyboard.PressAsync("Space");
                break;
            case { Tag: "SELECT" }:
                for (var n = 0; n < 40 && (await HereAsync()).Value != value; n++) await page.Keyboard.PressAsync("ArrowDown");
                break;
            case { Type: "date" or "datetime-local" }:
                await page.Keyboard.TypeAsync(value[5..7] + value[8..10] + value[..4]);
                if (place.Type == "date") break;
                await page.Keyboard.PressAsync("Tab");
                await page.Keyboard.TypeAsync(DateTime.Parse(value, CultureInfo.InvariantCulture).ToString("hhmmtt", CultureInfo.InvariantCulture));
                break;
            default:
                if (place.Value == value) break;
                await page.Keyboard.PressAsync("ControlOrMeta+a");
                await page.Keyboard.TypeAsync(value);
                break;
        }
    }

    private async Task PressAsync()
    {
        await page.EvaluateAsync("() => { window.left = true; }");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => !window.left && document.readyState === 'complete'");
    }

    private async Task<Place> NextAsync()
    {
        await page.Keyboard.PressAsync("Tab");
        return await HereAsync();
    }

    private Task<Place> HereAsync() => page.EvaluateAsync<Place>("""
        () => { const e = document.activeElement; return { tag: e.tagName, type: e.type || '', name: e.name || '', value: e.value || '', text: (e.innerText || '').trim(),
            primary: e.classList.contains('primary'), checked: e.checked === true }; }
        """);
}
