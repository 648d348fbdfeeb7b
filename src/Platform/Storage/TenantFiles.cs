namespace Platform.Storage;

/// <summary>Files of the tenant of this scope that are kept beside its store. A backup carries them as they lie.</summary>
public interface ITenantFiles
{
    /// <summary>Folder in the backup.</summary>
    string Folder { get; }

    /// <summary>Names with '/' between folders.</summary>
    IEnumerable<string> List();

    Stream OpenRead(string name);

    /// <summary>Complete under its name, or not there at all.</summary>
    Task WriteAsync(string name, Stream content, CancellationToken cancel = default);

    void Clear();
}
