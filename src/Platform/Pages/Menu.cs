using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Platform.People;

namespace Platform.Pages;

/// <summary>A place in the main menu, open to whoever is signed in and fulfils what it names. Two entries of one path are two ways to one place.</summary>
/// <param name="Title">zh-CN.</param>
/// <param name="Path">Below the tenant's address, for example <c>/worklist</c>.</param>
public sealed record MenuEntry(string Title, string Path)
{
    /// <summary>The right it takes; null: none.</summary>
    public string? Permission { get; init; }

    /// <summary>The feature that must be on; null: none.</summary>
    public string? Feature { get; init; }

    /// <summary>Where pages stand that belong to the place, beside those below its own path.</summary>
    public IReadOnlyList<string> Besides { get; init; } = [];

    /// <summary>Whoever signs in arrives at the open place with the smallest number; null: nobody arrives here.</summary>
    public int? Landing { get; init; }

    public bool IsOpen(ClaimsPrincipal person, IReadOnlyCollection<string> features) =>
        (Permission is null || person.Has(Permission)) && (Feature is null || features.Contains(Feature));

    /// <summary>How much of an address it explains, in letters; 0: the address is none of its.</summary>
    internal int Explains(PathString address) => Besides.Append(Path).Where(p => address.StartsWithSegments(p)).Select(p => p.Length).DefaultIfEmpty().Max();
}

/// <param name="Current">Value of <c>aria-current</c>: <c>page</c> on the page itself, <c>true</c> on those that belong to it; null elsewhere.</param>
public sealed record MenuPlace(string Title, string Path, string? Current);

/// <summary>What a person sees of the menu, and where he arrives.</summary>
public static class Menu
{
    /// <param name="features">Those of the station that are on.</param>
    /// <param name="address">The page shown, below the tenant's address.</param>
    public static IReadOnlyList<MenuPlace> Of(IEnumerable<MenuEntry> entries, ClaimsPrincipal person, IReadOnlyCollection<string> features, PathString address)
    {
        var open = entries.Where(e => e.IsOpen(person, features)).DistinctBy(e => e.Path).ToList();
        var here = open.OrderByDescending(e => e.Explains(address)).FirstOrDefault(e => e.Explains(address) > 0);
        return [.. open.Select(e => new MenuPlace(e.Title, e.Path, e != here ? null : address == e.Path ? "page" : "true"))];
    }

    /// <returns>Path of the first page; null when no place is open where one could arrive.</returns>
    public static string? Landing(IEnumerable<MenuEntry> entries, ClaimsPrincipal person, IReadOnlyCollection<string> features) =>
        entries.Where(e => e.Landing is not null && e.IsOpen(person, features)).MinBy(e => e.Landing)?.Path;
}
