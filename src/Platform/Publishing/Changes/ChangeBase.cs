using Platform.Tenancy;

namespace Platform.Publishing.Changes;

/// <summary>What stands in the store beside a change: the document it was begun from, and the one that stands now.</summary>
public sealed class ChangeBase(Configuration configuration, TimeProvider clock)
{
    /// <summary>The document of this name and layer that is in force now; null when there is none.</summary>
    public async Task<PublishedDocument?> StandingAsync(string kind, string name, DocumentLayer layer, CancellationToken cancel = default)
    {
        var versions = (await configuration.ApprovedAsync(cancel)).Where(d => (d.Kind, d.Name, d.Layer) == (kind, name, layer)).ToList();
        return InForceAt.Select(versions, clock.GetUtcNow()).SingleOrDefault();
    }

    /// <summary>A version by its content, the newest of equal ones; null when there is none.</summary>
    public async Task<PublishedDocument?> VersionAsync(ChangedDocument document, CancellationToken cancel = default) => document.BaseHash is not { } hash ? null
        : (await configuration.ApprovedAsync(cancel)).Where(d => (d.Kind, d.Name, d.Layer, d.Hash) == (document.Kind, document.Name, document.Layer, hash)).MaxBy(d => d.Version);

    public async Task<StationSettings> SettingsAsync(CancellationToken cancel = default) => StationSettings.Of(await configuration.AtAsync(clock.GetUtcNow(), cancel));
}
