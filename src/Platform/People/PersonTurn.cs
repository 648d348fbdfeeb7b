using System.Collections.Concurrent;
using Platform.Tenancy;

namespace Platform.People;

/// <summary>The tries of one person to prove who he is take turns: many at once are no more than one after the other. Disposing ends the turn.</summary>
public sealed class PersonTurn : IDisposable
{
    /// <summary>One for each person who has tried since the start.</summary>
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> All = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn;

    private PersonTurn(SemaphoreSlim turn) => _turn = turn;

    public static async Task<PersonTurn> TakeAsync(Tenant tenant, string personId, CancellationToken cancel = default)
    {
        var turn = All.GetOrAdd($"{tenant.TenantId}:{personId}", _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancel);
        return new PersonTurn(turn);
    }

    public void Dispose() => _turn.Release();
}
