using System.Text;
using Engine.Canonical;

namespace Engine.Documents;

/// <summary>Text with <c>{placeholder}</c>s; <c>{{</c> and <c>}}</c> stand for the braces themselves.</summary>
public sealed record TextTemplate(IReadOnlyList<TemplatePart> Parts)
{
    /// <exception cref="DocumentFaultException">A brace without its partner, or a placeholder that is not among <paramref name="allowed"/>.</exception>
    public static TextTemplate Parse(string text, string path, IReadOnlyCollection<string> allowed)
    {
        var parts = new List<TemplatePart>();
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is not ('{' or '}'))
            {
                literal.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == text[at])
            {
                literal.Append(text[at++]);
            }
            else
            {
                var end = text[at] == '{' ? text.IndexOf('}', at) : -1;
                if (end < 0) throw new DocumentFaultException(path, "花括号不成对；要印出花括号本身请写 {{ 或 }}");
                var field = text[(at + 1)..end];
                if (!allowed.Contains(field)) throw new DocumentFaultException(path, $"没有名为 {field} 的内容，可用：{string.Join(" ", allowed)}");
                if (literal.Length > 0) parts.Add(new TemplatePart(literal.ToString(), null));
                literal.Clear();
                parts.Add(new TemplatePart("", field));
                at = end;
            }
        }
        if (literal.Length > 0) parts.Add(new TemplatePart(literal.ToString(), null));
        return new TextTemplate(parts);
    }
}

/// <summary>Literal text, or a placeholder when <paramref name="Field"/> is set.</summary>
public sealed record TemplatePart(string Literal, string? Field);
