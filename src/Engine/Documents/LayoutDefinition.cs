using System.Text.Json;
using Engine.Canonical;

namespace Engine.Documents;

/// <summary>How one document looks on paper, read from a <c>*.layout.json</c>. Lengths are millimetres from the page's top left, font sizes points.</summary>
/// <param name="Document">The document it lays out, see <see cref="DocumentFields"/>.</param>
/// <param name="Title">Title in the file's metadata.</param>
public sealed record LayoutDefinition(string Document, TextTemplate Title, LayoutPage Page, IReadOnlyList<LayoutElement> Elements)
{
    /// <summary>Reads a layout and checks each property and placeholder against what the document offers.</summary>
    /// <exception cref="DocumentFaultException">Names the JSON path and the remedy.</exception>
    public static LayoutDefinition Parse(JsonElement json, DocumentFields offered) => LayoutReader.Read(json, offered);

    /// <inheritdoc cref="Parse(JsonElement, DocumentFields)"/>
    public static LayoutDefinition Parse(string json, DocumentFields offered)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Parse(document.RootElement, offered);
        }
        catch (JsonException e)
        {
            throw new DocumentFaultException("$", $"不是有效的 JSON（第 {e.LineNumber + 1} 行），请检查逗号、引号和括号");
        }
        catch (InvalidOperationException)
        {
            throw new DocumentFaultException("$", "含有不完整的字符（半个代理对），请改正");
        }
    }
}

/// <param name="Margin">Blank at the sides, where an element names no x or width.</param>
/// <param name="Head">Blank at the head of following pages.</param>
/// <param name="Foot">Blank at the foot that flowing elements keep.</param>
public sealed record LayoutPage(float Width, float Height, float Margin, float Head, float Foot)
{
    /// <summary>What flowing elements have on a following page.</summary>
    public float Room => Height - Head - Foot;
}

/// <summary>Where an element stands and when it is printed.</summary>
/// <param name="Path">JSON path, for messages.</param>
/// <param name="When">Printed only when this placeholder has a value; null = always.</param>
/// <param name="Unless">Printed only when this placeholder has no value; null = always.</param>
/// <param name="Y">Fixed distance from the page's top; null = flows beneath the element before it.</param>
/// <param name="Gap">Distance to the element before it, when it flows.</param>
/// <param name="Keep">Begins a new page unless this much is free, when it flows.</param>
/// <param name="EveryPage">Repeated on each page, when fixed.</param>
public sealed record Placement(string Path, string? When, string? Unless, float X, float? Y, float Gap, float Keep, float Width, bool EveryPage);

public abstract record LayoutElement(Placement Placement);

public enum TextAlign { Left, Center, Right }

/// <param name="Ink">0 white to 1 black.</param>
public sealed record TextStyle(float Size, float MinSize, bool Bold, TextAlign Align, float LineHeight, float Ink);

/// <param name="Height">Box of a fixed text, centred upright in it; null = as high as the text.</param>
/// <param name="Marker">Printed left of the text, which is indented by <paramref name="Hang"/>.</param>
public sealed record TextElement(Placement Placement, TextTemplate Text, TextStyle Style, float? Height, TextTemplate? Marker, float Hang)
    : LayoutElement(Placement);

/// <param name="Module">Width of the narrowest bar; null = as wide as the element allows with its quiet zones.</param>
public sealed record BarcodeElement(Placement Placement, string Field, float Height, float? Module) : LayoutElement(Placement)
{
    /// <summary>Narrowest bar a bedside scanner reads safely, in mm.</summary>
    public const float MinModule = 0.19f;
}

public sealed record LineElement(Placement Placement, float Thickness, float Ink) : LayoutElement(Placement);

/// <param name="Fill">0 white to 1 black; null = not filled.</param>
/// <param name="Thickness">Of the outline; 0 = none.</param>
public sealed record BoxElement(Placement Placement, float Height, float Thickness, float? Fill, float Radius) : LayoutElement(Placement);

/// <param name="Elements">Printed once for each entry, one beneath the other.</param>
public sealed record ListElement(Placement Placement, string List, IReadOnlyList<LayoutElement> Elements) : LayoutElement(Placement);

/// <summary>One filled form: its sections, one beneath the other, short rows side by side.</summary>
/// <param name="Sections">Codes of the sections printed; null = all.</param>
/// <param name="Columns">How many short rows stand side by side.</param>
/// <param name="Size">Font size of rows and paragraphs.</param>
public sealed record FormElement(Placement Placement, string Form, IReadOnlyList<string>? Sections, int Columns, float Size) : LayoutElement(Placement);

/// <summary>The signers of one filled form, side by side.</summary>
/// <param name="Columns">How many stand side by side.</param>
/// <param name="Height">Of one signer's place.</param>
public sealed record SignaturesElement(Placement Placement, string Form, int Columns, float Height) : LayoutElement(Placement);
