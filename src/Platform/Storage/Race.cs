using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Platform.Storage;

/// <summary>Tells who was overtaken by somebody else from whose write failed for another reason, such as a full disk: only the first may be told that somebody was faster.</summary>
public static class Race
{
    /// <summary>SQLite's extended codes of a primary key, a unique index, a row id; and of a trigger of ours that refuses a second version.</summary>
    private const int PrimaryKey = 1555, Unique = 2067, RowId = 2579;

    /// <summary>Whether the row is another than was read, or one of that key is there already, or the database ended this transaction for another's sake.</summary>
    public static bool Lost(DbUpdateException error) => error is DbUpdateConcurrencyException || Deadlock.Ended(error) || IsTaken(error.InnerException);

    /// <summary>Runs a write; false when somebody else was faster: nothing is written then, and nothing is left of it in the store. An outage is thrown.</summary>
    /// <param name="there">Whether what the other one must have written is there; where it is not, it was an outage all the same.</param>
    public static async Task<bool> WonAsync(DbContext store, Func<Task> write, Func<Task<bool>>? there = null)
    {
        try
        {
            await write();
            return true;
        }
        catch (DbUpdateException race) when (Lost(race))
        {
            store.ChangeTracker.Clear();
            if (there is not null && !await there()) throw;
            return false;
        }
    }

    private static bool IsTaken(Exception? error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation } => true,
        SqliteException { SqliteExtendedErrorCode: PrimaryKey or Unique or RowId } => true,
        _ => error?.InnerException is { } inner && IsTaken(inner),
    };
}
