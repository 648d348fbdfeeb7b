namespace Modules.Collection.Contracts;

/// <summary>排队号 as people say and read it.</summary>
/// <param name="Day">Local date of the visit; the numbers of each day begin with 1.</param>
public readonly record struct QueuePlace(DateOnly Day, int Number)
{
    /// <summary>Three digits or more.</summary>
    public string Shown => $"{Number:000}";

    /// <summary>With its day where that is not today: two days have the same numbers.</summary>
    public string On(DateOnly today) => Day == today ? Shown : $"{Shown}（{Day:MM-dd}）";
}
