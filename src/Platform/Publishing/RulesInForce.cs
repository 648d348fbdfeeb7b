using Engine.Rules;

namespace Platform.Publishing;

/// <summary>The rules of a set of documents, each pack read and compiled once per content.</summary>
public static class RulesInForce
{
    /// <exception cref="RulePackException">A pack cannot be read, or the packs do not fit together.</exception>
    public static PackSet Of(this CompiledPacks compiled, InForce set) => PackSet.AtWork(PackDocuments.Of(set).Select(compiled.Get));
}
