using System.Globalization;
using System.Security.Cryptography;
using Platform.Storage;

namespace Modules.Archive;

/// <summary>Compares the row of an item, by which it is found and listed, with what was archived.</summary>
internal static class ItemComparison
{
    /// <param name="metadata">Of the package; null when it cannot be read.</param>
    /// <returns>Names of the columns that say otherwise, zh-CN.</returns>
    public static IEnumerable<string> Unlike(ArchiveItem item, ArchiveVersion newest, PackageMetadata? metadata, FieldCipher cipher)
    {
        if (item.Version != newest.Version) yield return "版本";
        if (item.VisitId != newest.VisitId) yield return "就诊编号";
        if (item.ArchiveNumber != newest.ArchiveNumber) yield return "档号";
        if (item.Item != newest.Item || string.Create(CultureInfo.InvariantCulture, $"{ArchiveNumbering.SeriesPrefix}{item.Year}-{item.Retention}-{item.Department}") != newest.Series) yield return "件号、年度、保管期限或部门";
        if (item.ArchivedAt != newest.At) yield return "归档时间";
        if (metadata is null) yield break;
        var (label, subject) = (metadata.Label, metadata.Subject);
        if ((item.Year, item.Retention, item.Department, item.DepartmentTitle) != (label.Year, label.Retention, label.Department, label.DepartmentTitle)) yield return "年度、保管期限或部门";
        if ($"{item.Item:0000}" != label.Item) yield return "件号";
        if (item.NameDigest != cipher.Digest(subject.Name) || Revealed(cipher, item.ProtectedName) != subject.Name) yield return "姓名";
        if (item.DocumentType != subject.DocumentType || item.DocumentNumberDigest != cipher.Digest(subject.DocumentNumber) || Revealed(cipher, item.ProtectedDocumentNumber) != subject.DocumentNumber) yield return "证件";
        if (item.DonationNumber != subject.DonationNumber) yield return "献血编号";
        if ($"{item.Day:yyyy-MM-dd}" != subject.Day || item.CollectedAt?.ToUnixTimeMilliseconds() != subject.CollectedAt?.ToUnixTimeMilliseconds()) yield return "日期或采集时间";
        if (item.Documents != subject.Documents) yield return "电子全文数";
        if (item.Signed != subject.Signed) yield return "签名方式";
    }

    /// <summary>Null when it was changed.</summary>
    private static string? Revealed(FieldCipher cipher, string text)
    {
        try
        {
            return cipher.Reveal(text);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return null;
        }
    }
}
