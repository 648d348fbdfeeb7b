using System.Xml;
using System.Xml.Linq;

namespace Adapters.Devices.Wire;

/// <summary>An XML file of runs or samples: one element of a given name for each, its values in the elements and attributes below it.</summary>
public static class XmlFile
{
    private const long Longest = 4 * 1024 * 1024;
    private const int Deepest = 32;

    /// <summary>One message for each element of that name; broken XML is one message that says so.</summary>
    public static IReadOnlyList<WireMessage> Parse(string text, XmlNames names)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null,
                MaxCharactersInDocument = Longest, IgnoreComments = true, IgnoreProcessingInstructions = true };
            using var reader = XmlReader.Create(new StringReader(text), settings);
            Look(reader, out var document);
            return [.. document.Descendants().Where(e => e.Name.LocalName == names.Row)
                .Select(e => new WireMessage(WireFormat.Xml, [new FlatRow(Cells(e, names))], []))];
        }
        catch (XmlException error)
        {
            return [new WireMessage(WireFormat.Xml, [new FlatRow([])], [$"不是完整的 XML（第 {error.LineNumber} 行）"])];
        }
    }

    /// <summary>Built node by node: a document nested without end is refused before it fills the stack.</summary>
    private static void Look(XmlReader reader, out XDocument document)
    {
        document = new XDocument();
        XContainer at = document;
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                if (reader.Depth > Deepest) throw new XmlException("Nested too deeply.", null, ((IXmlLineInfo)reader).LineNumber, 0);
                var (empty, element) = (reader.IsEmptyElement, new XElement(XName.Get(reader.LocalName)));
                while (reader.MoveToNextAttribute()) element.SetAttributeValue(XName.Get(reader.LocalName), reader.Value);
                at.Add(element);
                if (!empty) at = element;
            }
            else if (reader.NodeType == XmlNodeType.EndElement) at = at.Parent ?? (XContainer)document;
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA) at.Add(new XText(reader.Value));
        }
    }

    private static IEnumerable<FlatCell> Cells(XElement row, XmlNames names)
    {
        foreach (var element in row.DescendantsAndSelf())
        {
            if (element != row && Named(element, names) is { } named)
            {
                yield return named;
                continue;
            }
            if (element != row && !element.HasElements)
                yield return new FlatCell(element.Name.LocalName, element.Value.Trim(), Attribute(element, names.Unit));
            foreach (var attribute in element.Attributes().Where(a => a.Name.LocalName != names.Unit))
                yield return new FlatCell($"{element.Name.LocalName}@{attribute.Name.LocalName}", attribute.Value.Trim(), "");
        }
    }

    /// <summary>The value of an element whose attribute says what it is, such as <c>&lt;Param name="HGB" value="130"/&gt;</c>.</summary>
    private static FlatCell? Named(XElement element, XmlNames names) =>
        names.Name is not null && Attribute(element, names.Name) is { Length: > 0 } heading
        ? new FlatCell(heading, names.Value is null ? element.Value.Trim()
            : Attribute(element, names.Value), Attribute(element, names.Unit))
        : null;

    private static string Attribute(XElement element, string? name) =>
        element.Attributes().FirstOrDefault(a => a.Name.LocalName == name)?.Value.Trim() ?? "";
}

/// <summary>What the profile calls the parts of an XML file.</summary>
/// <param name="Row">Local name of the element that stands for one run or sample.</param>
/// <param name="Unit">Attribute beside a value that holds its unit; null when units are not written.</param>
/// <param name="Name">Attribute that says what an element's value is; null when the element's name does.</param>
/// <param name="Value">Attribute that holds the value of such an element; null when its text does.</param>
public sealed record XmlNames(string Row, string? Unit, string? Name, string? Value);
