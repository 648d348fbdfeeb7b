using Engine.Canonical;
using Engine.Rules;

namespace Platform.Publishing;

public static class DocumentKinds
{
    public const string RulePack = "rule-pack";
    public const string Form = "form";

    /// <summary>A station's own changes to a form of the province, by code.</summary>
    public const string FormOverlay = "form-overlay";
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
/// <param name="Read">Reads the document among the others it would be in force with, or throws a fault that names path and remedy.</param>
public sealed record DocumentKind(string Code, string Title, string Suffix, string RecipeStep, Action<PublishedDocument, InForce> Read)
{
    /// <summary>Ending of the file beside it that holds its cases; null when it has none.</summary>
    public const string CasesSuffix = ".tests.json";

    /// <summary>Whether it comes into force only with cases that hold.</summary>
    public bool HasCases { get; init; }

    /// <summary>Property in which the document names itself; null when it does not.</summary>
    public string? NamedBy { get; init; }

    /// <summary>Who may draft and approve it; a kind that does not say, nobody.</summary>
    public DocumentRights Rights { get; init; } = new("", "");

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

    /// <summary>Where the document calls itself otherwise than its file does.</summary>
    public IEnumerable<SetFinding> NameFindings(PublishedDocument document)
    {
        if (NamedBy is { } property && DocumentFile.Says(document.Json, property) is { } said && said != document.Name)
            yield return new SetFinding(document.Name + Suffix, "$." + property, $"文件名为 {document.Name}，内容却写 {said}", "两者须相同：请改文件名或此处");
    }

    /// <summary>What a reader finds wrong, with the document's file name.</summary>
    public IReadOnlyList<SetFinding> Findings(PublishedDocument document, InForce set)
    {
        var file = document.Name + Suffix;
        try
        {
            Read(document, set);
            return [];
        }
        catch (SetException e)
        {
            return e.Findings;
        }
        catch (RulePackException e)
        {
            return [.. e.Errors.Select(error => new SetFinding(file, error.Path, error.Remedy))];
        }
        catch (DocumentFaultException e)
        {
            return [new SetFinding(file, e.Path, e.Remedy)];
        }
        catch (DocumentException e)
        {
            // A change to a form that does not fit is named itself, whoever asks for the form first.
            return [new SetFinding(e.Document.EndsWith(ComposedForms.OverlaySuffix, StringComparison.Ordinal) ? e.Document : file, e.Path, e.Remedy)];
        }
    }
}

/// <summary>Permissions that a kind of document asks for.</summary>
public sealed record DocumentRights(string Draft, string Approve);

/// <summary>A configuration document that cannot be used. Says where and what to do, to the person who wrote it.</summary>
public sealed class DocumentException(string document, string path, string remedy) : Exception($"{document} {path}: {remedy}")
{
    public string Document { get; } = document;
    public string Path { get; } = path;
    public string Remedy { get; } = remedy;
}
