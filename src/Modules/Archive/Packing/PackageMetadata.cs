using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Modules.Archive;

/// <summary>What an item is called and who put it there.</summary>
/// <param name="Version">Of the package: 1, and one more after each amendment.</param>
/// <param name="StationCode">Name of the tenant, as signed records and the seal name it.</param>
internal sealed record PackageLabel(
    string ArchiveNumber, string Item, int Year, string Retention, string Department, string DepartmentTitle, int Version, DateTimeOffset ArchivedAt, string ArchivedBy, string Station, string StationCode, string System);

/// <summary>What was archived.</summary>
internal sealed record PackageSubject(
    string VisitId, string Day, string State, string DonationType, string? DonationNumber, string Name, string DocumentType, string DocumentNumber,
    DateTimeOffset? CollectedAt, bool Signed, string ConfigurationHash, int Documents);

/// <param name="Kind">What it is, zh-CN.</param>
/// <param name="Sha256">As noted when the content came into being.</param>
/// <param name="Signatures">Of a form: digital signatures inside. Of a record: signatures on it, on paper or not; there are steps nobody signs.</param>
internal sealed record ListedFile(string Path, string Sha256, string Kind, int? Signatures);

/// <summary>A signature and the file it is over.</summary>
/// <param name="Path">Of the CMS; null where the signature is on paper.</param>
/// <param name="Over">File the signature is over, byte for byte.</param>
/// <param name="Record">File of the submission it signs.</param>
internal sealed record ListedSignature(string? Path, string Over, string Record, string Role, string Signer, string Method, int Order, string? Picture, string? Timestamp);

/// <summary>metadata.xml of a package.</summary>
internal sealed record PackageMetadata(PackageLabel Label, PackageSubject Subject, IReadOnlyList<ListedFile> Files, IReadOnlyList<ListedSignature> Signatures)
{
    public const string OnPaper = "未使用电子签名，纸质签名存档";
    private const string Electronic = "电子签名";
    /// <summary>Characters; that of a donation has some ten thousand.</summary>
    private const int Longest = 2_000_000;

    private const string Instant = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public byte[] ToXml()
    {
        var root = new XElement("电子档案包", new XAttribute("格式", "1"),
            new XElement("档号", Label.ArchiveNumber), new XElement("件号", Label.Item), new XElement("年度", Label.Year), new XElement("姓名", Subject.Name),
            new XElement("保管期限", new XAttribute("代码", Label.Retention), ArchiveNumbering.TitleOf(Label.Retention)), new XElement("采集时间", At(Subject.CollectedAt)),
            new XElement("证件类型", Subject.DocumentType), new XElement("证件编号", Subject.DocumentNumber), new XElement("献血编号", Subject.DonationNumber),
            new XElement("归档部门", new XAttribute("代码", Label.Department), Label.DepartmentTitle), new XElement("电子全文数", Subject.Documents),
            new XElement("包版本", Label.Version), new XElement("归档时间", At(Label.ArchivedAt)), new XElement("归档人", Label.ArchivedBy), new XElement("形成单位", new XAttribute("代码", Label.StationCode), Label.Station),
            new XElement("形成系统", Label.System), new XElement("签名方式", Subject.Signed ? Electronic : OnPaper),
            new XElement("就诊", new XAttribute("编号", Subject.VisitId), new XAttribute("日期", Subject.Day), new XAttribute("状态", Subject.State), new XAttribute("献血类型", Subject.DonationType), new XAttribute("配置sha256", Subject.ConfigurationHash)),
            Files.Select(f => new XElement("文件", new XAttribute("路径", f.Path), new XAttribute("sha256", f.Sha256), new XAttribute("类别", f.Kind), Optional("签名数", f.Signatures))),
            Signatures.Select(s => new XElement("签名", Optional("路径", s.Path), new XAttribute("原文", s.Over), new XAttribute("记录", s.Record), new XAttribute("角色", s.Role), new XAttribute("签名人", s.Signer),
                new XAttribute("方式", s.Method), new XAttribute("次序", s.Order), Optional("笔迹", s.Picture), Optional("时间戳", s.Timestamp))));
        using var output = new MemoryStream();
        using (var writer = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" })) root.Save(writer);
        return output.ToArray();
    }

    /// <exception cref="FormatException">Not the metadata of a package; says what is missing.</exception>
    public static PackageMetadata Read(byte[] xml)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = Longest });
            return Of(XDocument.Load(reader).Root!);
        }
        catch (XmlException e)
        {
            throw new FormatException("不是完好的 XML：" + e.Message);
        }
    }

    private static PackageMetadata Of(XElement root)
    {
        var visit = Element(root, "就诊");
        return new PackageMetadata(
            new PackageLabel(Text(root, "档号"), Text(root, "件号"), Number(Text(root, "年度")), Attribute(Element(root, "保管期限"), "代码"), Attribute(Element(root, "归档部门"), "代码"), Text(root, "归档部门"),
                Number(Text(root, "包版本")), Time(Text(root, "归档时间")), Text(root, "归档人"), Text(root, "形成单位"), Attribute(Element(root, "形成单位"), "代码"), Text(root, "形成系统")),
            new PackageSubject(Attribute(visit, "编号"), Attribute(visit, "日期"), Attribute(visit, "状态"), Attribute(visit, "献血类型"), Empty(root, "献血编号"), Text(root, "姓名"), Text(root, "证件类型"), Text(root, "证件编号"),
                Empty(root, "采集时间") is { } collected ? Time(collected) : null, Text(root, "签名方式") == Electronic, Attribute(visit, "配置sha256"), Number(Text(root, "电子全文数"))),
            [.. root.Elements("文件").Select(f => new ListedFile(Attribute(f, "路径"), Attribute(f, "sha256"), Attribute(f, "类别"), f.Attribute("签名数") is { } count ? Number(count.Value) : null))],
            [.. root.Elements("签名").Select(s => new ListedSignature(s.Attribute("路径")?.Value, Attribute(s, "原文"), Attribute(s, "记录"), Attribute(s, "角色"), Attribute(s, "签名人"),
                Attribute(s, "方式"), Number(Attribute(s, "次序")), s.Attribute("笔迹")?.Value, s.Attribute("时间戳")?.Value))]);
    }

    private static string At(DateTimeOffset? at) => at?.ToUniversalTime().ToString(Instant, CultureInfo.InvariantCulture) ?? "";

    private static XAttribute? Optional(string name, object? value) => value is null ? null : new XAttribute(name, value);

    private static XElement Element(XElement parent, string name) => parent.Element(name) ?? throw new FormatException($"缺少“{name}”");

    private static string? Empty(XElement root, string name) => Element(root, name).Value is { Length: > 0 } value ? value : null;

    private static string Text(XElement root, string name) => Empty(root, name) ?? throw new FormatException($"“{name}”是空的");

    private static string Attribute(XElement element, string name) => element.Attribute(name)?.Value ?? throw new FormatException($"“{element.Name}”缺少“{name}”");

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"“{text}”不是数字");

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParseExact(text, Instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : throw new FormatException($"“{text}”不是时间");
}
