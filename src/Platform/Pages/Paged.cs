using Microsoft.EntityFrameworkCore;

namespace Platform.Pages;

/// <summary>One page of a list.</summary>
public sealed record Paged<T>(IReadOnlyList<T> Items, int Page, int PageSize, int Total)
{
    public int Pages => Math.Max(1, (Total + PageSize - 1) / PageSize);

    public Paged<TOther> With<TOther>(IReadOnlyList<TOther> items) => new(items, Page, PageSize, Total);
}

public static class PagedQueries
{
    public const int DefaultSize = 20;

    /// <summary>A list that is short enough for one page.</summary>
    public static Paged<T> Whole<T>(IReadOnlyList<T> items) => new(items, 1, Math.Max(1, items.Count), items.Count);

    /// <summary>Reads one page; a page number outside the list shows the nearest one.</summary>
    public static async Task<Paged<T>> PageAsync<T>(this IQueryable<T> query, int? page, CancellationToken cancel = default)
    {
        var total = await query.CountAsync(cancel);
        var last = Math.Max(1, (total + DefaultSize - 1) / DefaultSize);
        var number = Math.Clamp(page ?? 1, 1, last);
        // A list that is empty because all is well has been searched to its end once already.
        return new Paged<T>(total == 0 ? [] : await query.Skip((number - 1) * DefaultSize).Take(DefaultSize).ToListAsync(cancel), number, DefaultSize, total);
    }
}
