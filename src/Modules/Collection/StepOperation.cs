using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Forms;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Pages;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>The same operation id has one effect and one answer, however often it is sent.</summary>
internal sealed class StepOperation(Store store, TimeProvider clock)
{
    /// <summary>What the operation came to when it was done before; null when it is new.</summary>
    public async Task<DoneOperation?> DoneBeforeAsync(Guid id, string personId, string request, CancellationToken cancel)
    {
        if (await store.Set<StoredOperation>().AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, cancel) is not { } done) return null;
        return new DoneOperation(JsonSerializer.Deserialize<string>(done.OutcomeJson)!, done.PersonId == personId && done.RequestHash == Hash(request));
    }

    /// <summary>Part of the caller's transaction.</summary>
    public void Add(Guid id, string personId, string request, string outcome) => store.Add(new StoredOperation
    {
        Id = id, PersonId = personId, RequestHash = Hash(request), OutcomeJson = JsonSerializer.Serialize(outcome), At = clock.GetUtcNow(),
    });

    private static string Hash(string request) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)));
}

/// <param name="Next">The path it led to.</param>
/// <param name="Same">Whether it was the same person with the same content; otherwise the page was changed after it had been submitted.</param>
internal sealed record DoneOperation(string Next, bool Same);

/// <summary>A posted form of this module.</summary>
public sealed record StepPost(IReadOnlyDictionary<string, string> Fields, Guid OperationId, long Revision, string Action, string? Confirmed, string? Reason)
{
    private const int LongestReason = 200;

    public const string Done = "Done";

    /// <summary>Stops what may be a mix-up, to check and test again, before anything is ended.</summary>
    public const string CheckAgain = "CheckAgain";

    /// <summary>What of its signatures goes back to the page when it is refused.</summary>
    public KeptSignatures Kept { get; init; } = KeptSignatures.None;

    /// <summary>Why the reason cannot be kept; null when it can or there is none.</summary>
    public FieldError? ReasonError => Reason is { } text && TypedText.Fault(text, LongestReason) is { } fault ? new FieldError(ReasonInput, "原因", fault) : null;

    /// <summary>Name of the input the reason was typed into: an action that wants one has an input of its own.</summary>
    public string ReasonInput => Fields.ContainsKey(ReasonOf(Action)) ? ReasonOf(Action) : "_reason";

    public static string ReasonOf(string action) => "_reason-" + action;

    public static async Task<StepPost> ReadAsync(Microsoft.AspNetCore.Http.HttpRequest request, CancellationToken cancel)
    {
        var form = await request.ReadFormAsync(cancel);
        var fields = form.ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal);
        var action = fields.GetValueOrDefault("_action") is { Length: > 0 } named ? named : Done;
        var reason = fields.GetValueOrDefault(ReasonOf(action)) ?? fields.GetValueOrDefault("_reason", "");
        return new StepPost(
            fields, Guid.TryParse(fields.GetValueOrDefault("_operation"), out var id) ? id : Guid.Empty,
            long.TryParse(fields.GetValueOrDefault("_revision"), out var revision) ? revision : -1,
            action, fields.GetValueOrDefault("_confirmed"), reason.Trim() is { Length: > 0 } given ? given : null);
    }

    /// <summary>The device readings the person had before him.</summary>
    public string Readings => Fields.GetValueOrDefault("_readings", "");

    /// <summary>What identifies the content: the form's own fields and the action, never a PIN or a signature.</summary>
    public string Content(string path, FormDefinition form) =>
        path + "\n" + Action + "\n" + string.Join("\n", FormReading.Draft(form, Fields).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Key + "=" + f.Value));
}
