namespace AcceptanceTests.Running;

/// <summary>A donor of a scenario: invented, or one of the demonstration's with earlier donations.</summary>
public sealed record Donor(string Name, string IdNumber)
{
    private const string CheckCharacters = "10X98765432";
    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    private static int _made;

    public static Donor HeRuoshui { get; } = new("何若水", "330602199211080462") { BloodGroup = "AB" };
    public static Donor ShenYinuo { get; } = new("沈一诺", "330106199509123283") { BloodGroup = "O" };

    public static Donor LuChangfeng { get; } = new("陆长风", "330602198507041177") { BloodGroup = "O" };

    /// <summary>ABO group as the file has it, or as it would be found.</summary>
    public string BloodGroup { get; init; } = "A";

    /// <summary>A donor nobody has seen, with a valid number (GB 11643-1999) of the demonstration's area.</summary>
    public static Donor New(string name, bool woman, int age, DateOnly today)
    {
        var made = Interlocked.Increment(ref _made);
        var body = $"330199{today.AddYears(-age).AddDays(-30 - made):yyyyMMdd}{made * 2 % 1000 + (woman ? 0 : 1):000}";
        return new Donor(name, body + CheckCharacters[body.Select((c, i) => (c - '0') * Weights[i]).Sum() % 11]);
    }
}
