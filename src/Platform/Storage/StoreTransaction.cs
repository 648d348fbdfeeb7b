using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Platform.Storage;

/// <summary>One write to a tenant's store: all of it or nothing. On SQLite writers stand in line; on PostgreSQL revisions and unique keys decide.</summary>
public sealed class StoreTransaction : IAsyncDisposable
{
    private readonly Store _store;
    private readonly IDbContextTransaction _transaction;

    private StoreTransaction(Store store, IDbContextTransaction transaction)
    {
        _store = store;
        _transaction = transaction;
    }

    public static async Task<StoreTransaction> BeginAsync(Store store, CancellationToken cancel = default)
    {
        if (store.Writer is { } writer) await writer.WaitAsync(cancel);
        try
        {
            return new StoreTransaction(store, await store.Database.BeginTransactionAsync(cancel));
        }
        catch
        {
            store.Writer?.Release();
            throw;
        }
    }

    /// <summary>Writes what the context has collected and commits.</summary>
    public async Task CommitAsync(CancellationToken cancel = default)
    {
        await _store.SaveChangesAsync(cancel);
        await _transaction.CommitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _transaction.DisposeAsync();
        }
        finally
        {
            _store.Writer?.Release();
        }
    }
}
