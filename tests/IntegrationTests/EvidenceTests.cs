using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What a visit leaves as evidence cannot be changed, replaced, deleted or emptied: the database itself refuses, whoever asks.</summary>
[Trait("Store", "postgres")]
public sealed class EvidenceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Refusal = "evidence is append-only";

    /// <summary>Each table with a column whose change would be a lie.</summary>
    private static readonly (string Table, string Column)[] Tables = [("submissions", "ValuesJson"), ("verdicts", "Outcome"), ("audit", "New"), ("evidence_leaves", "Hash"), ("handwritings", "Sha256")];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_evidence_When_a_plain_client_changes_or_deletes_it_Then_the_database_refuses_and_all_is_as_before(bool asServing)
    {
        await (await shared.Staff.AtAsync("hangzhou", "hs01")).RunVisitAsync(Visiting.Registration(Visiting.NewIdNumber()), mpv: true);
        var database = new Database(shared.Server, "hangzhou", asServing);
        foreach (var (table, column) in Tables)
        {
            var before = await database.RowsAsync($"SELECT * FROM {table} ORDER BY 1");
            Assert.NotEmpty(before);
            foreach (var attempt in Attempts(table, column))
                Assert.True(await database.RefusalAsync(attempt) is { } words && Refused(words, asServing), $"not refused, or for another reason: {attempt}");
            Assert.Equal(before, (await database.RowsAsync($"SELECT * FROM {table} ORDER BY 1")).Take(before.Count));
        }
    }

    [Fact]
    public async Task Given_evidence_When_a_new_row_is_added_by_a_plain_client_Then_it_is_accepted()
    {
        var database = new Database(shared.Server, "shaoxing", asServing: true);
        var before = await database.CountAsync("audit");

        await database.ExecuteAsync("""INSERT INTO audit ("At", "PersonId", "PersonName", "Action", "Subject") VALUES (0, 'x', 'x', 'x', 'x')""");

        Assert.Equal(before + 1, await database.CountAsync("audit"));
    }

    private static IEnumerable<string> Attempts(string table, string column)
    {
        yield return $"UPDATE {table} SET \"{column}\" = 'x'";
        yield return $"DELETE FROM {table}";
        if (!Database.IsSqlite)
        {
            yield return $"TRUNCATE {table}";
            yield return $"TRUNCATE {table} CASCADE";
            yield return $"WITH gone AS (DELETE FROM {table} RETURNING *) SELECT count(*) FROM gone";
            yield break;
        }
        yield return $"UPDATE OR REPLACE {table} SET \"{column}\" = 'x'";
        foreach (var pragma in new[] { "PRAGMA recursive_triggers=OFF;", "PRAGMA recursive_triggers=ON;", "PRAGMA recursive_triggers=OFF; PRAGMA ignore_check_constraints=ON;" })
        {
            yield return $"{pragma} INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1";
            yield return $"{pragma} REPLACE INTO {table} SELECT * FROM {table}";
            yield return $"{pragma} DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} LIMIT 1)";
        }
        // A row that is new by every key the table declares and yet stands in the place of an old one.
        if (table is "submissions" or "verdicts") yield return UnderAnotherRowsNumber(table);
    }

    private static string UnderAnotherRowsNumber(string table) => table == "submissions"
        ? """INSERT OR REPLACE INTO submissions (rowid, "Id", "SubjectKind", "SubjectId", "DonorId", "Step", "Form", "Version", "ValuesJson", "ContentHash", "SignersJson", "PersonId", "PersonName", "At") SELECT rowid, 'new', "SubjectKind", 'new', "DonorId", "Step", "Form", "Version", 'x', "ContentHash", "SignersJson", "PersonId", "PersonName", "At" FROM submissions LIMIT 1"""
        : """INSERT OR REPLACE INTO verdicts (rowid, "Id", "VisitId", "Stage", "DonationType", "Outcome", "Json", "At") SELECT rowid, 'new', "VisitId", "Stage", "DonationType", 'Pass', "Json", "At" FROM verdicts LIMIT 1""";

    private static bool Refused(string words, bool asServing) =>
        words.Contains(Refusal, StringComparison.Ordinal) || (asServing && !Database.IsSqlite && words.Contains("permission denied", StringComparison.Ordinal));
}

/// <summary>A table rebuilt by a migration loses its triggers with the old one; the product sees it and does not serve until they are back.</summary>
[Trait("Store", "postgres")]
public sealed class RebuiltTableTests
{
    [Fact]
    public async Task Given_a_rebuilt_evidence_table_When_the_station_is_asked_for_Then_503_names_it_until_migrate_has_guarded_it_again()
    {
        await using var server = await ProductHost.RunningAsync();
        var staff = new Staff(server);
        await staff.AtAsync("hangzhou", "jc02");
        var nurse = await staff.AtAsync("hangzhou", "hs01");
        await nurse.RunVisitAsync(Visiting.Registration(Visiting.NewIdNumber()), mpv: true);
        var database = new Database(server, "hangzhou");
        var rows = await database.CountAsync("verdicts");
        await server.StopAsync();
        await RebuildAsync(database, keepOld: false);
        Assert.Null(await database.RefusalAsync("UPDATE verdicts SET \"Outcome\" = \"Outcome\""));
        await server.StartAsync();

        var refused = await nurse.GetAsync("/worklist");
        var other = await staff.Stranger("shaoxing").GetAsync("/sign-in");
        var (exit, _, error) = await server.VerbAsync(["migrate"]);
        var served = await nurse.GetAsync("/worklist");

        Assert.Equal((503, true), (refused.Status, refused.Has("verdicts") && refused.Has("migrate")));
        Assert.Equal(200, other.Status);
        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(200, served.Status);
        Assert.Contains("evidence is append-only", await database.RefusalAsync("UPDATE verdicts SET \"Outcome\" = 'Pass'"), StringComparison.Ordinal);
        Assert.Contains("evidence is append-only", await database.RefusalAsync("DELETE FROM verdicts"), StringComparison.Ordinal);
        Assert.Equal(rows, await database.CountAsync("verdicts"));
    }

    [Fact]
    public async Task Given_an_evidence_table_rebuilt_by_renaming_the_old_one_away_When_asked_for_Then_the_guard_of_the_old_one_does_not_count()
    {
        await using var server = await ProductHost.RunningAsync();
        await server.StopAsync();
        await RebuildAsync(new Database(server, "shaoxing"), keepOld: true);
        await server.StartAsync();

        var refused = await new Staff(server).Stranger("shaoxing").GetAsync("/sign-in");

        Assert.Equal((503, true), (refused.Status, refused.Has("verdicts")));
    }

    /// <summary>What a migration does that changes a column where the database cannot: a new table, the rows copied, the new one in the old one's place.</summary>
    private static async Task RebuildAsync(Database database, bool keepOld)
    {
        var create = Database.IsSqlite
            ? (await database.RowsAsync("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'verdicts'"))[0][0]!.Replace("\"verdicts\"", "\"verdicts_new\"", StringComparison.Ordinal).Replace("PK_verdicts", "PK_verdicts_new", StringComparison.Ordinal)
            : "CREATE TABLE verdicts_new (LIKE verdicts INCLUDING DEFAULTS INCLUDING CONSTRAINTS)";
        await database.ExecuteAsync(create);
        await database.ExecuteAsync("INSERT INTO verdicts_new SELECT * FROM verdicts");
        await database.ExecuteAsync(keepOld ? "ALTER TABLE verdicts RENAME TO verdicts_old" : "DROP TABLE verdicts");
        await database.ExecuteAsync("ALTER TABLE verdicts_new RENAME TO verdicts");
        if (!Database.IsSqlite) await database.ExecuteAsync($"GRANT SELECT, INSERT ON verdicts TO {Platform.Storage.Stores.ServingRole}");
    }
}
