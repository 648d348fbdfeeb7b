using System.Globalization;
using System.Xml;

namespace Engine.Workflows.Activities;

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

    /// <summary>When a span that is an input will be over; null when it is not given.</summary>
    /// <exception cref="ActivityFaultException">It is given and is no span, or a longer one than a flow may wait.</exception>
    public static DateTimeOffset? After(ActivityContext context, string input)
    {
        if (context.InputText(input) is not { Length: > 0 } text) return null;
        return Refuse(text) is { } why ? throw Unfit(context, input, text, why) : context.Now + Parse(text);
    }

    /// <summary>A moment that is an input; null when it is not given.</summary>
    /// <exception cref="ActivityFaultException">It is given and is no moment, or a later one than a flow may wait for.</exception>
    public static DateTimeOffset? At(ActivityContext context, string input)
    {
        if (context.InputText(input) is not { Length: > 0 } text) return null;
        if (Moment(text) is not { } at) throw Unfit(context, input, text, NoMoment);
        return at - context.Now > FlowLimits.Wait ? throw Unfit(context, input, text, TooLate) : at;
    }

    /// <summary>Why a text is no span a flow can wait, zh-CN, or null.</summary>
    public static string? Refuse(string text) =>
        Parse(text) is not { } span ? "不是时长，请写成 时:分:秒，例如 00:05:00，或 PT5M" : span > FlowLimits.Wait ? TooLate : null;

    /// <summary>Why a text is no moment a flow can wait for, whenever it runs, zh-CN, or null.</summary>
    public static string? RefuseMoment(string text) => Moment(text) is not { } at ? NoMoment : at.Year > LastYear ? TooLate : null;

    /// <summary>A moment as definitions write it, in UTC when no offset is given; null when the text is none.</summary>
    public static DateTimeOffset? Moment(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime() : null;

    private const int LastYear = 2100;
    private const string NoMoment = "不是时刻，请写成 2026-01-31T08:00:00+08:00";
    private static readonly string TooLate = $"太远，流程最长等待 {FlowLimits.Wait.TotalDays} 天";

    private static ActivityFaultException Unfit(ActivityContext context, string input, string text, string why) =>
        new($"'{JsonValues.Shown(text)}' cannot be waited for.", $"活动“{context.Node!.Id}”的 {input}“{JsonValues.Shown(text)}”{why}");
}
