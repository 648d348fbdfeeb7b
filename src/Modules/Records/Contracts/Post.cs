using Engine.Forms;
using Microsoft.AspNetCore.Http;

namespace Modules.Records.Contracts;

/// <summary>A form as a page has posted it.</summary>
/// <param name="Revision">Of what the page has shown; -1 where it says none.</param>
/// <param name="Confirmed">Names what the person has been shown and agrees to.</param>
public sealed record Post(IReadOnlyDictionary<string, string> Fields, Guid OperationId, long Revision, string Action, string? Confirmed,
    string? Reason)
{
    private const int LongestReason = 200;

    public const string Done = "Done";

    /// <summary>Why the reason cannot be kept; null when it can or there is none.</summary>
    public FieldError? ReasonError =>
        Reason is { } text && TypedText.Fault(text, LongestReason) is { } fault ? new FieldError(ReasonInput, "原因", fault) : null;

    /// <summary>Name of the input the reason was typed into: an action that wants one has an input of its own.</summary>
    public string ReasonInput => Fields.ContainsKey(ReasonOf(Action)) ? ReasonOf(Action) : "_reason";

    /// <summary>The device readings the person had before him.</summary>
    public string Readings => Fields.GetValueOrDefault("_readings", "");

    public static string ReasonOf(string action) => "_reason-" + action;

    public static async Task<Post> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        var form = await request.ReadFormAsync(cancel);
        var fields = form.ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal);
        var action = fields.GetValueOrDefault("_action") is { Length: > 0 } named ? named : Done;
        var reason = fields.GetValueOrDefault(ReasonOf(action)) ?? fields.GetValueOrDefault("_reason", "");
        return new Post(
            fields, Guid.TryParse(fields.GetValueOrDefault("_operation"), out var id) ? id : Guid.Empty,
            long.TryParse(fields.GetValueOrDefault("_revision"), out var revision) ? revision : -1,
            action, fields.GetValueOrDefault("_confirmed"), reason.Trim() is { Length: > 0 } given ? given : null);
    }

    /// <summary>What identifies the content: the form's own fields and the action, never a PIN or a signature.</summary>
    public string Content(string path, FormDefinition form)
    {
        var fields = FormReading.Draft(form, Fields).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Key + "=" + f.Value);
        return path + "\n" + Action + "\n" + string.Join("\n", fields);
    }
}
