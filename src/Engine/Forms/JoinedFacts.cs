using Engine.Rules;

namespace Engine.Forms;

/// <summary>The form's own facts, and outside facts for everything the form does not ask: an earlier value never stands in for an unanswered field.</summary>
internal sealed class JoinedFacts(FormDefinition form, IFacts own, IFacts outside) : IFacts
{
    private readonly HashSet<string> _asked = form.Fields.Select(f => f.Code).ToHashSet(StringComparer.Ordinal);

    public decimal? Number(string code) => From(code).Number(code);
    public string? Text(string code) => From(code).Text(code);
    public DateOnly? Date(string code) => From(code).Date(code);
    public IReadOnlyList<DatedAmount>? Amounts(string code) => From(code).Amounts(code);

    private IFacts From(string code) => _asked.Contains(code) ? own : outside;
}
