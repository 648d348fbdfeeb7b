namespace Adapters.Devices;

/// <summary>Profiles by name, for whoever reads a recording outside a running station.</summary>
/// <param name="Names">Such as <c>mindray/bc-5380</c>, sorted.</param>
/// <param name="Json">The document of that name.</param>
public sealed record ProfileShelf(IReadOnlyList<string> Names, Func<string, string> Json)
{
    /// <summary>Files <c>maker/model.profile.json</c> below a folder; none when it is not there.</summary>
    public static ProfileShelf Of(string folder)
    {
        if (!Directory.Exists(folder)) return new ProfileShelf([], _ => "");
        var files = Directory.GetFiles(folder, "*" + DeviceProfileReader.Ending, SearchOption.AllDirectories)
            .ToDictionary(f => Path.GetRelativePath(folder, f)[..^DeviceProfileReader.Ending.Length].Replace('\\', '/')
                .ToLowerInvariant(), f => f, StringComparer.Ordinal);
        return new ProfileShelf([.. files.Keys.Order(StringComparer.Ordinal)], name => File.ReadAllText(files[name]));
    }

    /// <exception cref="DeviceProfileException">Cannot be used.</exception>
    public DeviceProfile? Find(string name) =>
        Names.FirstOrDefault(n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase)) is { } known
            ? DeviceProfileReader.Parse(Json(known), known) : null;
}
