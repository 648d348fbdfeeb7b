using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>The same operation id has one effect and one answer, however often it is sent.</summary>
internal sealed class StepOperation(Store store, TimeProvider clock)
{
    /// <summary>The path the operation led to when it was done before; null when it is new.</summary>
    /// <exception cref="OperationReusedException">Another person, or another content, under the same id.</exception>
    public async Task<string?> DoneBeforeAsync(Guid id, string personId, string request, CancellationToken cancel)
    {
        if (await store.Set<StoredOperation>().AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, cancel) is not { } done) return null;
        if (done.PersonId != personId || done.RequestHash != Hash(request)) throw new OperationReusedException();
        return JsonSerializer.Deserialize<string>(done.OutcomeJson);
    }

    /// <summary>Part of the caller's transaction.</summary>
    public void Add(Guid id, string personId, string request, string outcome) => store.Add(new StoredOperation
    {
        Id = id, PersonId = personId, RequestHash = Hash(request), OutcomeJson = JsonSerializer.Serialize(outcome), At = clock.GetUtcNow(),
    });

    private static string Hash(string request) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)));
}

internal sealed class OperationReusedException : Exception;

/// <summary>A posted form of this module.</summary>
internal sealed record StepPost(IReadOnlyDictionary<string, string> Fields, Guid OperationId, long Revision, string Action, string? Confirmed, string? Reason)
{
    public static async Task<StepPost> ReadAsync(Microsoft.AspNetCore.Http.HttpRequest request, CancellationToken cancel)
    {
        var form = await request.ReadFormAsync(cancel);
        var fields = form.ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal);
        return new StepPost(
            fields, Guid.TryParse(fields.GetValueOrDefault("_operation"), out var id) ? id : Guid.Empty,
            long.TryParse(fields.GetValueOrDefault("_revision"), out var revision) ? revision : -1,
            fields.GetValueOrDefault("_action") is { Length: > 0 } action ? action : "Done",
            fields.GetValueOrDefault("_confirmed"), fields.GetValueOrDefault("_reason")?.Trim() is { Length: > 0 } reason ? reason : null);
    }

    /// <summary>The device readings the person had before him.</summary>
    public string Readings => Fields.GetValueOrDefault("_readings", "");

    /// <summary>What identifies the content: the form's own fields and the action, never a PIN.</summary>
    public string Content(string path, Platform.Forms.FormDefinition form) =>
        path + "\n" + Action + "\n" + string.Join("\n", Platform.Forms.FormReading.Draft(form, Fields).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Key + "=" + f.Value));
}
