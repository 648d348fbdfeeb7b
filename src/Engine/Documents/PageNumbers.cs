namespace Engine.Documents;

/// <summary>Page numbers in texts that stand on every page: known only when everything has been placed, until then a mark no value can hold.</summary>
internal static class PageNumbers
{
    // Noncharacters: a value with one is refused, because no font draws them.
    private const string Page = "\uFDD0", Pages = "\uFDD1";

    public static readonly IReadOnlyList<string> Placeholders = ["page", "pages"];

    /// <summary>What stands for this placeholder; null when it is another one.</summary>
    public static string? Mark(string? field) => field switch { "page" => Page, "pages" => Pages, _ => null };

    public static bool IsIn(string text) => text.Contains(Page, StringComparison.Ordinal) || text.Contains(Pages, StringComparison.Ordinal);

    public static string Fill(string text, string page, string pages) =>
        text.Replace(Page, page, StringComparison.Ordinal).Replace(Pages, pages, StringComparison.Ordinal);
}
