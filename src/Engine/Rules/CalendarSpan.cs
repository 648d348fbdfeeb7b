using System.Globalization;
using System.Text.Json;
using Engine.Canonical;

namespace Engine.Rules;

/// <summary>Units in which rules count time between two local dates.</summary>
public enum CalendarUnit
{
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

/// <summary>A length of time in one unit, in JSON <c>{"months":6}</c>.</summary>
public readonly record struct CalendarSpan(int Length, CalendarUnit Unit)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Length}{CalendarUnits.Name(Unit)}");

    /// <summary>First day on which the span has passed since <paramref name="from"/>; null beyond the calendar.</summary>
    public DateOnly? After(DateOnly from)
    {
        try
        {
            return Unit switch
            {
                CalendarUnit.Months => from.AddMonths(Length),
                CalendarUnit.Years => from.AddYears(Length),
                CalendarUnit.Weeks => from.AddDays(Length * 7),
                CalendarUnit.Days => from.AddDays(Length),
                _ => from.AddDays((Length + 23) / 24 + 1),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <exception cref="DocumentFaultException">Names the JSON path and the remedy.</exception>
    internal static CalendarSpan Read(JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.Object && json.EnumerateObject().ToList() is [var only]
            && CalendarUnits.Parse(only.Name) is { } unit && only.Value.ValueKind == JsonValueKind.Number
            && only.Value.TryGetInt32(out var length) && length is >= 1 and <= 36_500)
            return new CalendarSpan(length, unit);
        throw new DocumentFaultException(path, "时长必须写成一个单位和正整数，例如 {\"months\":6}；单位：" + string.Join("、", CalendarUnits.Names));
    }
}

internal static class CalendarUnits
{
    public static readonly IReadOnlyList<string> Names = ["hours", "days", "weeks", "months", "years"];

    public static string Name(CalendarUnit unit) => Names[(int)unit];

    public static CalendarUnit? Parse(string? name) => Names.ToList().IndexOf(name ?? "") is >= 0 and var i ? (CalendarUnit)i : null;

    /// <summary>Whole units from one local date to another; negative when <paramref name="to"/> is earlier. A month has
    /// passed on the same day of the next month, or on its last day if it has no such day. No clock times are known, so
    /// only the hours that have passed whatever the times were are counted: 24 hours after day 1 are certain on day 3.</summary>
    public static decimal Elapsed(this CalendarUnit unit, DateOnly from, DateOnly to) => unit switch
    {
        CalendarUnit.Months => Months(from, to),
        CalendarUnit.Years => Math.Floor(Months(from, to) / 12m),
        CalendarUnit.Weeks => Math.Floor((to.DayNumber - from.DayNumber) / 7m),
        CalendarUnit.Days => to.DayNumber - from.DayNumber,
        _ => (to.DayNumber - from.DayNumber - 1) * 24,
    };

    /// <summary>The first day on which at least this many units have passed; null beyond the calendar.</summary>
    public static DateOnly? FirstElapsed(this CalendarUnit unit, decimal value, DateOnly from) => value switch
    {
        <= 0 when unit != CalendarUnit.Hours => from,
        > 4_000_000 => null,
        _ => new CalendarSpan((int)Math.Ceiling(Math.Max(value, 0)), unit).After(from),
    };

    private static int Months(DateOnly from, DateOnly to)
    {
        var months = (to.Year - from.Year) * 12 + to.Month - from.Month;
        return to.Day < Math.Min(from.Day, DateTime.DaysInMonth(to.Year, to.Month)) ? months - 1 : months;
    }
}
