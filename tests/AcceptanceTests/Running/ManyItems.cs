namespace AcceptanceTests.Running;

/// <summary>An archive of a whole year, made of one item that was archived by the product.</summary>
internal static class ManyItems
{
    /// <summary>Copies the newest archived item to every day of a year in turn, each copy another person's.</summary>
    public static async Task CopyArchiveItemsAsync(this Product product, string tenant, int items, int year)
    {
        await using var connection = product.Database(tenant);
        var sqlite = connection is Microsoft.Data.Sqlite.SqliteConnection;
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        var (id, day) = sqlite
            ? ("upper(substr(h,1,8)||'-'||substr(h,9,4)||'-4'||substr(h,14,3)||'-8'||substr(h,18,3)||'-'||substr(h,21,12))", $"date('{year}-01-01', '+'||((n-1)%365)||' days')")
            : ("gen_random_uuid()", $"to_char(DATE '{year}-01-01' + ((n-1)%365)::int, 'YYYY-MM-DD')");
        var numbers = sqlite
            ? $"WITH RECURSIVE numbers(n, h) AS (SELECT 1, hex(randomblob(16)) UNION ALL SELECT n+1, hex(randomblob(16)) FROM numbers WHERE n < {items})"
            : $"WITH numbers AS (SELECT generate_series(1, {items}) AS n)";
        command.CommandText = $"""
            {numbers}, newest AS (SELECT * FROM archive_items ORDER BY "ArchivedAt" DESC LIMIT 1)
            INSERT INTO archive_items ("Id", "VisitId", "ArchiveNumber", "Year", "Retention", "Department", "DepartmentTitle", "Item", "Day", "CollectedAt", "ProtectedName", "NameDigest",
                "DocumentType", "ProtectedDocumentNumber", "DocumentNumberDigest", "DonationNumber", "Signed", "Version", "Documents", "ArchivedAt")
            SELECT {id}, {id}, 'COPY-{year}-' || n, {year}, "Retention", "Department", "DepartmentTitle", n, {day}, "CollectedAt", "ProtectedName", 'copy' || n,
                "DocumentType", "ProtectedDocumentNumber", 'copy' || n, 'copy' || n, "Signed", "Version", "Documents", "ArchivedAt" FROM numbers, newest
            """;
        await command.ExecuteNonQueryAsync();
    }
}
