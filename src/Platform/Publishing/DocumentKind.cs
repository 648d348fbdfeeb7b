namespace Platform.Publishing;

public static class DocumentKinds
{
    public const string RulePack = "rule-pack";
    public const string Form = "form";
    public const string Workflow = "workflow";
    public const string Layout = "layout";
    public const string TestItems = "test-items";
    public const string Settings = "settings";
    public const string DeviceProfile = "device-profile";
}

/// <summary>A kind of configuration document.</summary>
/// <param name="Code">One of <see cref="DocumentKinds"/>.</param>
/// <param name="Title">Name shown to people.</param>
/// <param name="Suffix">File name ending, for example <c>.form.json</c>; what stands before it is the document's name.</param>
/// <param name="RecipeStep">Recipe step that carries it, for example <c>Station.Forms</c>.</param>
/// <param name="Check">Reads the document among the others it would be in force with; throws <see cref="DocumentException"/>.</param>
public sealed record DocumentKind(string Code, string Title, string Suffix, string RecipeStep, Action<PublishedDocument, InForce> Check)
{
    /// <summary>The folder belongs to the name: <c>devices/mindray/bs.profile.json</c> is <c>mindray/bs</c>, in lower case.</summary>
    public bool NamedWithFolder { get; init; }

    public string NameOf(string file)
    {
        if (Path.GetFileName(file) is not { } name || !name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)) throw new DocumentException(file, "$", $"{Title}文件名必须以 {Suffix} 结尾");
        if (!NamedWithFolder) return name[..^Suffix.Length];
        var folder = Path.GetFileName(Path.GetDirectoryName(file)) ?? "";
        return folder.Trim('.').Length > 0 ? $"{folder}/{name[..^Suffix.Length]}".ToLowerInvariant()
            : throw new DocumentException(file, "$", $"{Title}须放在以厂家命名的文件夹中并连同文件夹写出，例如 devices/mindray/bc-5380{Suffix}");
    }
}

/// <summary>A configuration document that cannot be used. Says where and what to do, to the person who wrote it.</summary>
public sealed class DocumentException(string document, string path, string remedy) : Exception($"{document} {path}: {remedy}")
{
    public string Document { get; } = document;
    public string Path { get; } = path;
    public string Remedy { get; } = remedy;
}
