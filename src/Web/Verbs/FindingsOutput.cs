using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Publishing;

namespace Web.Verbs;

/// <summary>Findings as a script reads them: exit code 0 without any, 1 with some; a line each, or JSON with document, place, words and remedy.</summary>
internal static class FindingsOutput
{
    public const int Clean = 0;
    public const int Found = 1;

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static JsonSerializerOptions OneLine { get; } = new(Json) { WriteIndented = false };

    public static object Of(SetFinding finding) =>
        new { finding.Document, Place = finding.Path, finding.Words, Remedy = finding.Remedy.Length > 0 ? finding.Remedy : finding.Words };

    public static int Show(IReadOnlyList<SetFinding> findings, bool json)
    {
        if (json) Console.WriteLine(JsonSerializer.Serialize(new { Findings = findings.Select(Of) }, Json));
        else if (findings.Count == 0) Console.WriteLine("没有发现问题");
        else foreach (var finding in findings) Console.WriteLine(finding);
        return findings.Count == 0 ? Clean : Found;
    }
}
