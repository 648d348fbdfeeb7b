using Engine.Rules;
using Modules.Records.Contracts;
using Platform.Publishing;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>Has the needle gate asked of every record of a visit, by whatever way it comes to be written.</summary>
internal sealed class NeedleGuard(Store store, NeedleGate gate, Configuration configuration, CompiledPacks compiled) : IRecordGuard
{
    public string Kind => Visit.Kind;

    public string Noted => "采集被拒绝";

    /// <summary>Only a correction, which puts right what is past, is not asked; a flow that comes back to the step is asked anew.</summary>
    public async Task<string?> RefusalAsync(FilledRecord record, CancellationToken cancel)
    {
        if (record.Amends is not null || !NeedleGate.Guards(record.Form)) return null;
        var visit = (await store.FindAsync<Visit>([record.Subject.Id], cancel))!;
        return await gate.RefusalAsync(visit,
            VisitConfiguration.Of(await configuration.PinnedAsync(visit.ConfigurationHash, cancel), compiled, visit.Flow), record, cancel);
    }
}
