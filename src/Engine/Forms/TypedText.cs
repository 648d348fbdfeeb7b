using Engine.Canonical;


namespace Engine.Forms;

/// <summary>What people type outside of forms: search boxes, reasons, account names.</summary>
public static class TypedText
{
    /// <summary>A number of the station as a scanner or an input method gives it: half-width, upper case, without blanks and control characters.</summary>
    public static string Number(string text) =>
        string.Concat(FieldEntry.HalfWidth(text).Where(c => !char.IsControl(c) && !char.IsWhiteSpace(c))).ToUpperInvariant();

    /// <summary>A full name as it is looked for: without blanks, and with one kind of dot between its parts, however it was typed. Only ever compared, never kept or shown.</summary>
    public static string NameKey(string name) =>
        string.Concat(UnicodeText.ToNfc(name).Where(c => !char.IsWhiteSpace(c)).Select(c => c is '・' or '•' or '‧' or '．' or '∙' or '⋅' or '.' ? '·' : c)).ToUpperInvariant();

    /// <summary>Why a line of free text cannot be kept, zh-CN; null when it can.</summary>
    public static string? Fault(string text, int maxLength) =>
        text.Length > maxLength ? $"最多 {maxLength} 个字，现在有 {text.Length} 个，请删减"
        : Unseen.In(text) ? "含有不可见的控制字符，请重新输入"
        : null;
}
