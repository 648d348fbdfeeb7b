using System.Text.Json;
using Engine.Canonical;

namespace Engine.Documents;

/// <summary>Reads a layout strictly: what it does not know it refuses, so that a misspelt property is never silently without effect.</summary>
internal sealed class LayoutReader(DocumentFields offered, LayoutPage page)
{
    public static LayoutDefinition Read(JsonElement json, DocumentFields offered)
    {
        var root = new JsonObjectReader(json, "$");
        _ = root.Has(JsonSchemas.Property);
        if (root.Text("document") != offered.Document)
            throw new DocumentFaultException("$.document", $"此处应为 {offered.Document}（{offered.Title}）");
        var page = ReadPage(root.Object("page"));
        var reader = new LayoutReader(offered, page);
        var title = reader.Template(root, "title", null);
        var elements = root.Objects("elements").Select(e => reader.ReadElement(e, null)).ToList();
        root.RefuseOthers();
        return new LayoutDefinition(offered.Document, title, page, elements);
    }

    private static LayoutPage ReadPage(JsonObjectReader json)
    {
        var margin = json.Number("margin", 0, 50, 5);
        var page = new LayoutPage(json.Number("width", 20, 420), json.Number("height", 15, 600), margin, json.Number("head", 0, 100, margin), json.Number("foot", 0, 100, margin));
        json.RefuseOthers();
        if (page.Room < 10) throw new DocumentFaultException("$.page.foot", "head（默认同 margin）与 foot 之间至少要留出 10 毫米");
        return page;
    }

    private LayoutElement ReadElement(JsonObjectReader json, string? list)
    {
        var placement = ReadPlacement(json, list);
        LayoutElement element = json.Choice("type", "text", "barcode", "line", "box", "list", "form", "signatures") switch
        {
            "text" => ReadText(json, placement, list),
            "barcode" => new BarcodeElement(placement, Placeholder(json, "field", list)!, json.Number("height", 5, 100), json.OptionalNumber("module", BarcodeElement.MinModule, 1)),
            "line" => new LineElement(placement, json.Number("thickness", 0.05f, 5, 0.2f), json.Number("ink", 0, 1, 1)),
            "box" => new BoxElement(placement, json.Number("height", 1, page.Height), json.Number("thickness", 0, 5, 0.3f), json.OptionalNumber("fill", 0, 1), json.Number("radius", 0, 10, 0)),
            "form" => ReadForm(json, placement),
            "signatures" => new SignaturesElement(placement, Form(json), json.WholeNumber("columns", 1, 4, 2), json.Number("height", 12, 40, 18)),
            _ => ReadList(json, placement),
        };
        json.RefuseOthers();
        RefuseHalfFixed(element, list);
        RefuseOffPaper(element);
        return element;
    }

    private void RefuseOffPaper(LayoutElement element)
    {
        var height = element switch { TextElement text => text.Height ?? 0, BarcodeElement barcode => barcode.Height, BoxElement box => box.Height, _ => 0 };
        var room = element.Placement.Y is { } y ? page.Height - y : page.Room;
        if (height > room + 0.01f) throw new DocumentFaultException(element.Placement.Path + ".height", $"超出纸面，此处最多 {room:0.##} 毫米");
    }

    private static void RefuseHalfFixed(LayoutElement element, string? list)
    {
        var (path, fixedY) = (element.Placement.Path, element.Placement.Y is not null);
        if (element is BoxElement && !fixedY) throw new DocumentFaultException(path + ".y", "box 必须给出 y");
        if (element is ListElement or FormElement or SignaturesElement && fixedY) throw new DocumentFaultException(path + ".y", "list、form、signatures 随前文排列，请用 gap 代替 y");
        if (element is ListElement or FormElement or SignaturesElement && list is not null) throw new DocumentFaultException(path, "list 里不能放 list、form、signatures");
        if (!fixedY && element.Placement.EveryPage) throw new DocumentFaultException(path + ".everyPage", "只有给出 y 的元素才能每页重复");
        if (!fixedY && element is TextElement { Height: not null }) throw new DocumentFaultException(path + ".height", "随前文排列的文字不限高度，请去掉 height 或给出 y");
    }

    private Placement ReadPlacement(JsonObjectReader json, string? list)
    {
        var x = json.Number("x", 0, page.Width, page.Margin);
        var width = json.Number("width", 1, page.Width, page.Width - page.Margin - x);
        if (width < 1 || x + width > page.Width + 0.01f) throw new DocumentFaultException(json.Path + ".width", $"x + width 超出页宽 {page.Width} 毫米");
        var y = json.OptionalNumber("y", 0, page.Height);
        if (y is not null && list is not null) throw new DocumentFaultException(json.Path + ".y", "list 内的元素随前文排列，请用 gap 代替 y");
        var gap = y is null ? json.Number("gap", 0, page.Height, 0) : 0;
        var keep = y is null ? json.Number("keep", 0, page.Room, 0) : 0;
        return new Placement(json.Path, Placeholder(json, "when", list, required: false), Placeholder(json, "unless", list, required: false), x, y, gap, keep, width, json.Flag("everyPage"));
    }

    private TextElement ReadText(JsonObjectReader json, Placement placement, string? list)
    {
        var size = json.Number("size", 4, 96);
        var style = new TextStyle(size, json.Number("minSize", 4, size, size), json.Flag("bold"), ReadAlign(json),
            json.Number("lineHeight", 1, 3, 1.4f), json.Number("ink", 0, 1, 1));
        var marker = json.Has("marker") ? Template(json, "marker", list) : null;
        return new TextElement(placement, Template(json, "text", list, numbered: placement.EveryPage), style, json.OptionalNumber("height", 1, page.Height), marker,
            marker is null ? 0 : json.Number("hang", 1, placement.Width / 2));
    }

    private static TextAlign ReadAlign(JsonObjectReader json) =>
        !json.Has("align") ? TextAlign.Left : json.Choice("align", "left", "center", "right") switch
        {
            "center" => TextAlign.Center,
            "right" => TextAlign.Right,
            _ => TextAlign.Left,
        };

    private ListElement ReadList(JsonObjectReader json, Placement placement)
    {
        var list = json.Choice("list", [.. offered.Lists.Keys]);
        return new ListElement(placement, list, json.Objects("elements").Select(e => ReadElement(e, list)).ToList());
    }

    private FormElement ReadForm(JsonObjectReader json, Placement placement)
    {
        var form = Form(json);
        return new FormElement(placement, form, json.Choices("sections", offered.Forms[form]), json.WholeNumber("columns", 1, 4, 2), json.Number("size", 6, 14, 9));
    }

    private string Form(JsonObjectReader json) => json.Choice("form", [.. offered.Forms.Keys]);

    /// <param name="numbered">Whether it may name page numbers.</param>
    private TextTemplate Template(JsonObjectReader json, string name, string? list, bool numbered = false) =>
        TextTemplate.Parse(json.Text(name), $"{json.Path}.{name}", [.. offered.Placeholders(list), .. numbered ? PageNumbers.Placeholders : []]);

    private string? Placeholder(JsonObjectReader json, string name, string? list, bool required = true) =>
        required || json.Has(name) ? json.Choice(name, [.. offered.Placeholders(list)]) : null;
}
