namespace Modules.Donors.Contracts;

/// <summary>A blood group as people read it: never ABO without a word on RhD.</summary>
public static class BloodGroups
{
    public const string Positive = "pos";
    public const string Negative = "neg";

    /// <summary>For example <c>A 型 RhD 阳性</c>; null when not even ABO is known.</summary>
    /// <param name="abo">A, B, O or AB.</param>
    /// <param name="rhd"><see cref="Positive"/>, <see cref="Negative"/>, or null when not tested.</param>
    public static string? Words(string? abo, string? rhd) => abo is null ? null : $"{abo} 型 {RhD(rhd)}";

    /// <summary>RhD alone, for the small print beside a large ABO.</summary>
    public static string RhD(string? rhd) => rhd switch
    {
        Positive => "RhD 阳性",
        Negative => "RhD 阴性",
        _ => "RhD 未测",
    };
}
