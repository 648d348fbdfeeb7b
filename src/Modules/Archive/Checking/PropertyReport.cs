using System.Globalization;
using System.Text;

namespace Modules.Archive;

/// <summary>The four-property report of a package, as a person reads it (四性检测报告, DA/T 70-2018).</summary>
internal static class PropertyReport
{
    public static PackageFile Of(PackageVerdict verdict, PackageLabel label, TimeZoneInfo zone)
    {
        var text = new StringBuilder("电子档案四性检测报告（归档环节，参照 DA/T 70-2018）\n\n");
        text.Append(CultureInfo.InvariantCulture, $"档号：{label.ArchiveNumber}\n件号：{label.Item}\n版本：{label.Version}\n检测时间：{Local(label.ArchivedAt, zone)}\n归档人：{label.ArchivedBy}\n形成单位：{label.Station}\n形成系统：{label.System}\n");
        text.Append(CultureInfo.InvariantCulture, $"结论：{(verdict.Holds ? "通过" : "不通过")}\n");
        foreach (var property in verdict.Checks.GroupBy(c => c.Property))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{property.Key}\n");
            foreach (var check in property) text.Append(CultureInfo.InvariantCulture, $"  {(check.Faults.Count == 0 ? "符合" : "不符")}  {check.Title}（{check.Count} 项）\n{string.Concat(check.Faults.Select(f => $"        {f.File}：{f.Reason}\n"))}");
        }
        text.Append("\n签名\n");
        if (verdict.OnPaper) text.Append(CultureInfo.InvariantCulture, $"  {PackageMetadata.OnPaper}\n");
        foreach (var line in verdict.Signatures) text.Append(CultureInfo.InvariantCulture, $"  {InWords(line, zone)}\n");
        text.Append(CultureInfo.InvariantCulture, $"\n封存：{label.Station}在本报告写成之后，以一次性密钥对 {Package.Manifest} 签名并加盖时间戳，见 {Package.Seal} 与 {Package.SealStamp}\n");
        text.Append(CultureInfo.InvariantCulture, $"离线核对：在解开的文件夹中运行 sha256sum -c {Package.Manifest}，再运行 openssl cms -verify -binary -inform DER -in {Package.Seal} -content {Package.Manifest} -CAfile 根证书.pem\n");
        return new PackageFile(Package.Report, Encoding.UTF8.GetBytes(text.ToString()));
    }

    public static string InWords(SignatureLine line, TimeZoneInfo zone)
    {
        var when = line.At is { } at ? $"于 {Local(at, zone)}（可信时间戳）" : line.Authority is null ? "在纸上" : "";
        var holds = line.Faults.Count == 0 ? line.Authority is null ? "纸质签名，见纸质存档" : "有效" : "无效：" + string.Join("；", line.Faults);
        return $"{line.File}：{line.Signer}（{line.Role}）{when}签署 {line.Over}{(line.Authority is { Length: > 0 } authority ? $"，证书由 {authority} 签发" : "")} — {holds}";
    }

    private static string Local(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
}
