using System.Globalization;
using System.Xml;

namespace Platform.Workflows.Activities;

/// <summary>Spans of time as definitions write them: <c>00:30:00</c> as Elsa does, or <c>PT30M</c> (ISO 8601).</summary>
public static class Spans
{
    /// <summary>The span, or null when the text is neither, or negative.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)) return span < TimeSpan.Zero ? null : span;
        // A bare "P" and months or years have no fixed length.
        if (!text.StartsWith('P') || text.Contains('Y') || text.Split('T')[0].Contains('M')) return null;
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>An input that is a span; null when it is not given.</summary>
    /// <exception cref="ActivityFaultException">It is given and is no span.</exception>
    public static TimeSpan? Read(ActivityContext context, string input)
    {
        if (context.InputText(input) is not { Length: > 0 } text) return null;
        return Parse(text) ?? throw new ActivityFaultException($"'{text}' is not a time span.", $"活动“{context.Node!.Id}”的 {input} 不是时长，请写成 时:分:秒，例如 00:05:00，或 PT5M");
    }
}
