namespace Platform.Publishing.Changes;

/// <summary>Who may approve a change: somebody else, with the right for what is in it.</summary>
public static class ApprovalRule
{
    /// <param name="authors">Everybody who has saved a revision.</param>
    /// <param name="missing">Rights nobody has given yet.</param>
    /// <returns>Why not, zh-CN; null when the person may.</returns>
    public static string? Refusal(IReadOnlyCollection<StatedPerson> authors, ChangeActor approver, IReadOnlyCollection<string> missing)
    {
        var (id, token) = (approver.Person.Id, approver.Person.Token);
        if (authors.Any(a => a.Id == id || (a.Token is not null && a.Token == token))) return "起草人不能批准自己起草或修改过的变更单，换一个岗位或账号也不行：请由另一人批准。";
        if (!missing.Any(approver.May)) return $"{approver.Account} 没有批准这份变更单的权限（{string.Join("、", missing)}）：请由有权限的人员操作。";
        // Where only one of two has said who he is, nobody can tell whether they are one person.
        if (authors.Any(a => a.Token is null != token is null)) return "起草人和批准人须都登记证件号码，否则无法确认是两个人：请由登记情况相同的另一人批准，或在“人员与岗位”页以证件号码新建账号。";
        return null;
    }

    /// <summary>Rights that the kinds of these documents ask for.</summary>
    public static IReadOnlyList<string> Needs(ChangeBody body, Func<string, DocumentKind> kind) =>
        [.. body.Documents.Select(d => kind(d.Kind).Rights.Approve).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
