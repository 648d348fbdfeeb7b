using Engine.Forms;
using Engine.Rules;
using Platform.Publishing;

namespace Modules.Collection;

/// <summary>What a visit registered now would be judged by.</summary>
/// <param name="Day">Local date at the station.</param>
internal sealed record SetInForce(VisitConfiguration Set, InForce Documents, DateOnly Day)
{
    public FormDefinition Registration => Set.Form(VisitConfiguration.RegistrationForm);

    /// <summary>Nothing is known of anybody yet.</summary>
    public FormContext Context => Set.Context(new FactBag(), Day, null);
}

internal sealed class SetsInForce(Configuration configuration, CompiledPacks compiled, TimeProvider clock)
{
    public async Task<SetInForce> NowAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var documents = await configuration.AtAsync(now, cancel);
        var set = VisitConfiguration.Of(documents, compiled);
        return new SetInForce(set, documents, set.Settings.LocalDate(now));
    }
}
