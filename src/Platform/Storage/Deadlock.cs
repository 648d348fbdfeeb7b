using Npgsql;

namespace Platform.Storage;

/// <summary>Two transactions waited for each other and the database ended one of them: nothing of that one is written, and done again it succeeds (PostgreSQL, SQLSTATE class 40).</summary>
public static class Deadlock
{
    public static bool Ended(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            if (error is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure }) return true;
        return false;
    }
}
