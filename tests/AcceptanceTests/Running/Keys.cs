using System.Globalization;
using Microsoft.Playwright;

namespace AcceptanceTests.Running;

/// <summary>A page worked on without a mouse: Tab from one thing to the next, what is wanted typed or chosen with keys, Enter on the button.</summary>
public sealed class Keys(IPage page)
{
    /// <summary>Instead of a value: the button 现在 of the field, pressed with Space.</summary>
    public const string Now = "现在";

    /// <summary>Instead of a value: the field is emptied, and its own button with the last value pressed with Space.</summary>
    public const string Last = "上一次的";

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
        public bool Scanned { get; set; }
        public bool Bounded { get; set; }
        public bool Checked { get; set; }
    }

    /// <summary>Fills what is named, in the order of the page, and presses its main button.</summary>
    /// <param name="values">By the names of the inputs, the value a choice stands for; the words on a button that changes this page.</param>
    public async Task FillAsync(IReadOnlyDictionary<string, string> values)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var moved = false;
        for (var n = 0; n < Most; n++)
        {
            // The page may have put the keyboard where work begins.
            var place = n == 0 || moved ? await HereAsync() : await NextAsync();
            moved = false;
            if (place is { Tag: "BUTTON", Primary: true })
            {
                await PressAsync();
                return;
            }
            if (place.Tag == "BUTTON" && values.ContainsKey(place.Text) && done.Add(place.Text)) await page.Keyboard.PressAsync("Enter");
            // The parts of a date are one input: Tab stops at each.
            if (values.TryGetValue(place.Name, out var value) && done.Add(place.Name)) moved = await PutAsync(place, value);
        }
        throw new InvalidOperationException($"{page.Url}: no main button is reached with {Most} Tabs.");
    }

    /// <summary>Goes to a link or button of this text and presses it.</summary>
    public async Task FollowAsync(string text)
    {
        await ReachAsync(text);
        await PressAsync();
    }

    /// <summary>Unfolds what has this heading, and types into the first field in it.</summary>
    public async Task UnfoldAsync(string heading, string typed)
    {
        await ReachAsync(heading);
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(typed);
    }

    private async Task ReachAsync(string text)
    {
        for (var n = 0; n < Most; n++)
        {
            if ((await NextAsync()).Text.StartsWith(text, StringComparison.Ordinal)) return;
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

    /// <summary>Whether the page has moved the keyboard on by itself.</summary>
    private async Task<bool> PutAsync(Place place, string value)
    {
        var (tapped, scanned) = (value is Now or Last, place.Scanned);
        if (tapped) await TapAsync(value);
        else if (scanned) await ScanHereAsync(value);
        else await EnterAsync(place, value);
        return scanned && !tapped;
    }

    private async Task EnterAsync(Place place, string value)
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
                await TypeTimeAsync(place, value);
                break;
            default:
                if (place.Value == value) break;
                await page.Keyboard.PressAsync("ControlOrMeta+a");
                await page.Keyboard.TypeAsync(value);
                break;
        }
    }

    private async Task TypeTimeAsync(Place place, string value)
    {
        await page.Keyboard.TypeAsync(value[5..7] + value[8..10] + value[..4]);
        if (place.Type == "date") return;
        // A year that cannot be later than a bound has four digits, and the browser goes on by itself.
        if (!place.Bounded) await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(DateTime.Parse(value, CultureInfo.InvariantCulture).ToString("hhmmtt", CultureInfo.InvariantCulture));
    }

    /// <summary>The page goes on to the next code; what it has passed over is one step back.</summary>
    private async Task ScanHereAsync(string code)
    {
        await page.Keyboard.PressAsync("ControlOrMeta+a");
        await page.Keyboard.TypeAsync(code);
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Shift+Tab");
    }

    private async Task TapAsync(string button)
    {
        if (button == Last)
        {
            await page.Keyboard.PressAsync("ControlOrMeta+a");
            await page.Keyboard.PressAsync("Delete");
        }
        for (var n = 0; n < 12; n++)
        {
            var place = await NextAsync();
            if (place.Tag != "BUTTON" || (button == Now) != (place.Text == Now)) continue;
            await page.Keyboard.PressAsync("Space");
            return;
        }
        throw new InvalidOperationException($"{page.Url}: the button of the field ({button}) is not reached.");
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
            primary: e.classList.contains('primary'), scanned: 'scanTarget' in e.dataset, bounded: !!e.max, checked: e.checked === true }; }
        """);
}
