namespace Platform.People;

/// <summary>Somebody who has to do with a right that is given.</summary>
/// <param name="Token">Which person it is; null where nobody has said.</param>
public sealed record RightsPerson(string Id, string FullName, string? Token, IReadOnlySet<string> Permissions)
{
    /// <summary>Two accounts may be one person.</summary>
    public bool Is(RightsPerson other) => Id == other.Id || (Token is not null && Token == other.Token);
}

/// <summary>Who gives a right.</summary>
/// <param name="First">Who asks for it; null: whoever has the shell, alone.</param>
/// <param name="Second">Who approves it by PIN; null: nobody yet.</param>
public sealed record Givers(RightsPerson? First, RightsPerson? Second);

/// <summary>A right is given by two persons, neither of whom approves for himself. As long as a station has no two who could, the shell gives it.</summary>
public static class GivingRule
{
    /// <param name="ready">Whether the station has two persons who can give rights.</param>
    /// <returns>Why not, zh-CN; null when it may be given.</returns>
    public static string? Refusal(Givers by, RightsPerson receiver, bool ready) => by switch
    {
        { First: null } => ready ? "本站已有两位管理员：授予岗位须由一位提出（--by 工号）、另一位批准（--second 工号），各输入自己的 PIN" : null,
        { First: { } first } when !first.Permissions.Contains(PeoplePermissions.Manage) => $"{first.FullName} 没有“{PeoplePermissions.ManageTitle}”的权限",
        { Second: null } => "授予岗位须由另一位管理员输入工号和 PIN 批准",
        { Second: { } second } when !second.Permissions.Contains(PeoplePermissions.Approve) => $"{second.FullName} 没有“{PeoplePermissions.ApproveTitle}”的权限",
        { First: { } first, Second: { } second } when second.Is(first) => "批准人须是另一人，不能与提出人相同",
        { Second: { } second } when second.Is(receiver) => "批准人须是另一人，不能批准授予自己的岗位",
        _ => null,
    };

    /// <summary>Roles that watch each other are not one person's.</summary>
    /// <param name="roles">All that the person would have.</param>
    /// <returns>Why not, zh-CN; null when they go together.</returns>
    public static string? Apart(IEnumerable<Role> roles) =>
        roles.Where(r => r.Apart is not null).DistinctBy(r => r.Name).GroupBy(r => r.Apart, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } group
            ? $"岗位{string.Join("与", group.Select(r => $"“{r.DisplayName}”"))}相互监督，不能由同一人担任" : null;

    /// <summary>Whether two different persons of these could give a right together.</summary>
    /// <param name="able">Those who can sign in and have a PIN.</param>
    public static bool Ready(IReadOnlyCollection<RightsPerson> able) =>
        able.Where(a => a.Permissions.Contains(PeoplePermissions.Manage)).Any(first => able.Any(second => second.Permissions.Contains(PeoplePermissions.Approve) && !second.Is(first)));
}
