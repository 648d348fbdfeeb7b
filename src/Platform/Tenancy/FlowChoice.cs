using System.Text.Json;
using Engine.Rules;

namespace Platform.Tenancy;

/// <summary>Which flow a visit takes: the first choice whose condition holds for what the registration says; the last has none.</summary>
/// <param name="Flow">Name of a flow.</param>
/// <param name="When">A condition over fields of the registration form; null: for every other.</param>
public sealed record FlowChoice(string Flow, JsonElement? When = null)
{
    private Condition? _condition;

    /// <exception cref="Engine.Canonical.DocumentFaultException">It is no condition.</exception>
    public Condition? Condition => When is { } json ? _condition ??= Engine.Rules.Condition.Parse(json) : null;

    /// <summary>What is not known is not so: the special way is taken only where the registration says so.</summary>
    public bool Takes(IFacts registration) => Condition is null || Condition.Evaluate(registration) == true;
}
