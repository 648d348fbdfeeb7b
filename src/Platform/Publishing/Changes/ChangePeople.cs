using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.People;
using Platform.Storage;

namespace Platform.Publishing.Changes;

/// <summary>Who works on changes: with the rights and the person's token of this moment.</summary>
public sealed class ChangePeople(Store store, GiveRights rights, PinCheck pins)
{
    public async Task<ChangeActor> OfAsync(string personId, CancellationToken cancel = default) =>
        new(await rights.OfAsync(personId, cancel), await store.Users.Where(p => p.Id == personId).Select(p => p.UserName!).SingleAsync(cancel));

    /// <param name="by">Whoever typed it.</param>
    /// <returns>The person, or the sentence that says why not.</returns>
    public async Task<(ChangeActor? Person, string? Error)> ProveAsync(string? account, string? pin, Actor by, CancellationToken cancel = default)
    {
        var (proven, error) = await pins.ProveAsync(account, pin, by, cancel);
        return proven is null ? (null, error) : (await OfAsync(proven.Id, cancel), null);
    }
}
