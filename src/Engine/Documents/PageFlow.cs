using SkiaSharp;
using static Engine.Documents.Length;

namespace Engine.Documents;

/// <summary>The pages, and how far they are filled. All lengths are points.</summary>
internal sealed class PageFlow(LayoutPage page)
{
    private readonly List<List<Action<SKCanvas>>> _pages = [[]];
    private readonly List<Action<SKCanvas, int, int>> _everyPage = [];
    private float _cursor = Points(page.Margin);
    private bool _flowing;

    /// <summary>Page being filled, from 1.</summary>
    public int Page => _pages.Count;

    /// <summary>Height of the sheet.</summary>
    public float Height { get; } = Points(page.Height);

    /// <summary>What is free on an empty following page.</summary>
    public float FullRoom { get; } = Points(page.Room);

    /// <summary>Placed at the head of each page that is begun; null = nothing.</summary>
    public Action? Heading { get; set; }

    /// <summary>What to draw, page by page.</summary>
    public IEnumerable<IEnumerable<Action<SKCanvas>>> Pages => _pages.Select((drawings, at) =>
        _everyPage.Select(draw => (Action<SKCanvas>)(canvas => draw(canvas, at + 1, _pages.Count))).Concat(drawings));

    /// <summary>Draws at a fixed place of the first page; what flows begins beneath the lowest such.</summary>
    public void Fix(float top, float height, Action<SKCanvas> draw)
    {
        _pages[0].Add(draw);
        if (!_flowing) _cursor = top + height;
    }

    /// <param name="draw">Given the page's number and the number of pages.</param>
    public void FixOnEveryPage(Action<SKCanvas, int, int> draw) => _everyPage.Add(draw);

    public void Gap(float height) => (_flowing, _cursor) = (true, _cursor + height);

    /// <summary>Begins a new page unless this much is free, so that what follows is not torn apart.</summary>
    public void Keep(float height)
    {
        if (_cursor + height > Height - Points(page.Foot) + Hair) Begin();
    }

    /// <summary>Reserves room, on a new page when this one is full.</summary>
    /// <param name="draw">Given the top.</param>
    /// <returns>The top.</returns>
    public float Take(float height, Action<SKCanvas, float> draw)
    {
        Keep(height);
        var top = _cursor;
        _pages[^1].Add(canvas => draw(canvas, top));
        _cursor += height;
        return top;
    }

    private void Begin()
    {
        _pages.Add([]);
        _cursor = Points(page.Head);
        var heading = Heading;
        Heading = null;
        heading?.Invoke();
        Heading = heading;
    }
}
