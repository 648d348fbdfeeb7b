namespace Platform.Publishing;

/// <summary>The one pair of dates of a document, in the station's own days.</summary>
public static class DocumentDates
{
    /// <summary>The first instant of a local day.</summary>
    public static DateTimeOffset Begin(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        // Where a clock is put forward at midnight the day begins later.
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(30);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight));
    }

    /// <summary>The first instant after a last day; null for no last day, or the last there is.</summary>
    public static DateTimeOffset? End(DateOnly? last, TimeZoneInfo zone) => last is { } day && day < DateOnly.MaxValue ? Begin(day.AddDays(1), zone) : null;

    public static DateOnly? FirstDay(PublishedDocument document, TimeZoneInfo zone) => document.EffectiveFrom is { } from ? DayOf(from, zone) : null;

    public static DateOnly? LastDay(PublishedDocument document, TimeZoneInfo zone) => document.EffectiveTo is { } to ? DayOf(to.AddTicks(-1), zone) : null;

    public static DateOnly DayOf(DateTimeOffset instant, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>What a file says of its own dates must be true of its publication.</summary>
    /// <param name="from">First day of the file; null when it says none.</param>
    /// <param name="to">Last day of the file, inclusive.</param>
    /// <param name="published">The day it would come into force.</param>
    public static IEnumerable<SetFinding> Findings(string file, DateOnly? from, DateOnly? to, DateOnly published)
    {
        if (to < from) yield return new SetFinding(file, "$.effectiveTo", $"末日 {to:yyyy-MM-dd} 早于首日 {from:yyyy-MM-dd}", "请改正");
        if (from > published)
            yield return new SetFinding(file, "$.effectiveFrom", $"文件写明自 {from:yyyy-MM-dd} 起有效，却要自 {published:yyyy-MM-dd} 起发布；一份文件只有一对日期",
                $"请按 {from:yyyy-MM-dd} 发布，或改文件中的日期");
        if (to < published) yield return new SetFinding(file, "$.effectiveTo", $"文件写明有效到 {to:yyyy-MM-dd}，发布之日 {published:yyyy-MM-dd} 已经结束", "请改文件中的日期，或不发布");
    }
}
