using System.Globalization;
using Engine.Forms;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Platform.Pages;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>What is looked for. Name and document number only as keyed digests, so they stand in no address and no log.</summary>
public sealed record ArchiveFilter(int? Year, string? Department, string? DonationNumber, string? NameDigest, string? DocumentDigest, DateOnly? From, DateOnly? To)
{
    public static ArchiveFilter Read(IQueryCollection query) => new(
        int.TryParse(query["year"], NumberStyles.None, CultureInfo.InvariantCulture, out var year) ? year : null, Text(query, "department"), Text(query, "donation"), Text(query, "name"), Text(query, "document"),
        Date(query, "from"), Date(query, "to"));

    public string ToQuery() => string.Join('&', new (string Name, string? Value)[]
    {
        ("year", Year?.ToString(CultureInfo.InvariantCulture)), ("department", Department), ("donation", DonationNumber), ("name", NameDigest), ("document", DocumentDigest), ("from", $"{From:yyyy-MM-dd}"), ("to", $"{To:yyyy-MM-dd}"),
    }.Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));

    private static string? Text(IQueryCollection query, string name) => Text(query[name].ToString());

    /// <summary>As it is looked for: nothing typed looks for nothing.</summary>
    public static string? Text(string? typed) => typed?.Trim() is { Length: > 0 and <= 100 } text ? TypedText.Number(text) : null;

    private static DateOnly? Date(IQueryCollection query, string name) => DateOnly.TryParseExact(query[name], "yyyy-MM-dd", out var day) ? day : null;
}

/// <summary>One line of the archive's list; personal data masked.</summary>
public sealed record ArchiveRow(
    Guid Id, string Item, string ArchiveNumber, int Year, string MaskedName, string Retention, DateTimeOffset? CollectedAt, DateOnly Day, string DocumentType, string MaskedDocumentNumber, string? DonationNumber,
    string Department, int Documents, int Version, bool Signed);

/// <summary>Finds items, newest first, each page by an index.</summary>
internal sealed class FindItems(Store store, FieldCipher cipher)
{
    public async Task<Paged<ArchiveRow>> RunAsync(ArchiveFilter filter, int? page, CancellationToken cancel)
    {
        var items = store.Set<ArchiveItem>().AsNoTracking();
        if (filter.Year is { } year) items = items.Where(i => i.Year == year);
        if (filter.Department is { } department) items = items.Where(i => i.Department == department);
        if (filter.DonationNumber is { } donation) items = items.Where(i => i.DonationNumber == donation);
        if (filter.NameDigest is { } name) items = items.Where(i => i.NameDigest == name);
        if (filter.DocumentDigest is { } document) items = items.Where(i => i.DocumentNumberDigest == document);
        if (filter.From is { } from) items = items.Where(i => i.Day >= from);
        if (filter.To is { } to) items = items.Where(i => i.Day <= to);
        var found = await items.OrderByDescending(i => i.Day).ThenByDescending(i => i.Id).PageAsync(page, cancel);
        return found.With<ArchiveRow>([.. found.Items.Select(Row)]);
    }

    /// <summary>The filter for the items of a person, named in clear; what is empty narrows nothing.</summary>
    public ArchiveFilter ByPerson(ArchiveFilter filter, string? name, string? documentNumber)
    {
        var (typed, document) = (name?.Trim() ?? "", TypedText.Number(documentNumber ?? "").ToUpperInvariant());
        return filter with { NameDigest = typed.Length > 0 ? cipher.Digest(typed) : null, DocumentDigest = document.Length > 0 ? cipher.Digest(document) : null };
    }

    public ArchiveRow Row(ArchiveItem item) => new(
        item.Id, $"{item.Item:0000}", item.ArchiveNumber, item.Year, Mask.Name(cipher.Reveal(item.ProtectedName)), ArchiveNumbering.TitleOf(item.Retention), item.CollectedAt, item.Day, item.DocumentType,
        Mask.Number(cipher.Reveal(item.ProtectedDocumentNumber)), item.DonationNumber, item.DepartmentTitle, item.Documents, item.Version, item.Signed);
}
