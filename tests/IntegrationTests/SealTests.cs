using System.Data.Common;
using System.Globalization;
using Harness;
using IntegrationTests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Storage;
using Xunit;

namespace IntegrationTests;

/// <summary>Whoever has the database file can take the triggers away; what he then changes is found and named.</summary>
[Trait("Store", "postgres")]
public sealed class SealTests
{
    [Fact]
    public async Task Given_evidence_of_every_kind_When_any_value_of_a_row_is_changed_past_the_triggers_Then_the_row_is_named_and_without_a_change_nothing_is()
    {
        await using var server = await StationWithVisitAsync();
        await using var product = await Offline.OpenAsync(server);
        await FillAsync(product, new Database(server, "hangzhou"));
        await product.LiftGuardAsync(server, "hangzhou");

        Assert.Empty(await product.FindingsAsync("hangzhou"));
        var wrong = await product.AtAsync("hangzhou", services => UnnoticedAsync(product, services.GetRequiredService<Store>(), services.GetRequiredService<StoreTables>().Evidence));

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.Empty(await product.FindingsAsync("hangzhou"));
    }

    [Fact]
    public async Task Given_evidence_When_rows_are_deleted_or_slipped_in_past_the_triggers_Then_they_are_named()
    {
        await using var server = await StationWithVisitAsync();
        await using var product = await Offline.OpenAsync(server);
        await product.LiftGuardAsync(server, "hangzhou");
        var database = new Database(server, "hangzhou");
        var leaves = await database.CountAsync("evidence_leaves");

        await database.ExecuteAsync("""DELETE FROM evidence_leaves WHERE "Index" = 0""");
        await database.ExecuteAsync($"""DELETE FROM evidence_leaves WHERE "Index" = {leaves - 1}""");
        await database.ExecuteAsync("""DELETE FROM verdicts WHERE "Id" = (SELECT "Id" FROM verdicts ORDER BY 1 LIMIT 1)""");
        await database.ExecuteAsync("""INSERT INTO audit ("At", "PersonId", "PersonName", "Action", "Subject") VALUES (0, 'x', 'x', 'x', 'x')""");
        var findings = await product.FindingsAsync("hangzhou");

        Assert.Equal([("evidence_leaves", "0"), ("evidence_leaves", $"{leaves - 1}")], findings.Where(f => f.Reason.Contains("编号中断", StringComparison.Ordinal)).Select(f => (f.Table, f.Key)));
        Assert.Single(findings, f => f.Table == "evidence_leaves" && f.Reason.Contains("verdict", StringComparison.Ordinal));
        Assert.Single(findings, f => f.Table == "audit" && f.Reason.Contains("没有封印", StringComparison.Ordinal));
        Assert.Equal(4, findings.Count);
    }

    private static async Task<ProductHost> StationWithVisitAsync()
    {
        var server = await ProductHost.RunningAsync();
        var staff = new Staff(server);
        await staff.AtAsync("hangzhou", "jc02");
        await (await staff.AtAsync("hangzhou", "hs01")).RunVisitAsync(Visiting.Registration(Visiting.NewIdNumber()), mpv: true);
        await server.StopAsync();
        return server;
    }

    /// <summary>A row for every table the visit has left empty, so that a kind of evidence added later is tried here too.</summary>
    private static Task<int> FillAsync(Offline product, Database database) => product.AtAsync("hangzhou", async services =>
    {
        var store = services.GetRequiredService<Store>();
        foreach (var table in services.GetRequiredService<StoreTables>().Evidence)
        {
            var type = store.Model.GetEntityTypes().Single(e => e.GetTableName() == table);
            var entry = store.Entry(System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type.ClrType));
            if (await database.CountAsync(table) > 0) continue;
            foreach (var property in entry.Properties.Where(p => p.Metadata.Name != EvidenceSeal.Column)) property.CurrentValue = Sample(property.Metadata.ClrType);
            entry.State = EntityState.Added;
        }
        return await store.SaveChangesAsync();
    });

    private static object Sample(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(string) => "甲A1",
        var t when t == typeof(Guid) => Guid.CreateVersion7(),
        var t when t == typeof(byte[]) => new byte[] { 1, 2, 3 },
        var t when t == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddYears(50),
        var t when t == typeof(DateOnly) => new DateOnly(2026, 11, 22),
        var t when t == typeof(bool) => true,
        var t when t.IsEnum => Enum.GetValues(t).GetValue(0)!,
        var t => Convert.ChangeType(1, t, CultureInfo.InvariantCulture),
    };

    /// <summary>Changes every value of the last row of every table, one after the other, and puts it back.</summary>
    private static async Task<List<string>> UnnoticedAsync(Offline product, Store store, IReadOnlyList<string> tables)
    {
        var wrong = new List<string>();
        await using var owner = product.Services.GetRequiredService<Stores>().Open(product.Services.GetRequiredService<Platform.Tenancy.Tenants>().Find("hangzhou")!, asOwner: true);
        foreach (var table in tables.Select(t => StoreTable.Of(store, t)))
            foreach (var column in table.Columns.Where(c => !c.Numbered))
            {
                if (await ChangeAsync(owner, table, column) is not var (row, undo)) continue;
                var findings = await product.FindingsAsync("hangzhou", table.Name);
                if (!findings.Any(f => f.Table == table.Name && f.Key == row && f.Reason.Contains("封印不符", StringComparison.Ordinal))) wrong.Add($"{table.Name}.{column.Name}: {string.Join("; ", findings)}");
                await undo();
            }
        return wrong;
    }

    /// <returns>Key of the row as it is now, and how to put it back; null where the value is null in every row.</returns>
    private static async Task<(string Row, Func<Task> Undo)?> ChangeAsync(Store owner, StoreTable table, StoreColumn column)
    {
        var keys = string.Join(", ", table.Key.Select(k => $"\"{k.Name}\""));
        object? value = null;
        object[] key = [];
        await owner.Database.OpenConnectionAsync();
        await using (var command = Command(owner, $"SELECT \"{column.Name}\", {keys} FROM \"{table.Name}\" WHERE \"{column.Name}\" IS NOT NULL{table.OrderByKey} DESC LIMIT 1"))
        await using (var reader = await command.ExecuteReaderAsync())
            if (await reader.ReadAsync()) (value, key) = (reader.GetValue(0), [.. table.Key.Select((_, i) => reader.GetValue(i + 1))]);
        if (value is null) return null;
        var changed = Flipped(value);
        await WriteAsync(key, changed);
        object[] now = table.Key.ToList().IndexOf(column) is >= 0 and var at ? [.. key.Select((k, i) => i == at ? changed : k)] : key;
        return (string.Join("/", now), () => WriteAsync(now, value));

        async Task WriteAsync(object[] row, object written)
        {
            await using var update = Command(owner, $"UPDATE \"{table.Name}\" SET \"{column.Name}\" = @v WHERE {string.Join(" AND ", table.Key.Select((k, i) => $"\"{k.Name}\" = @k{i}"))}");
            Add(update, "@v", written);
            for (var i = 0; i < row.Length; i++) Add(update, "@k" + i, row[i]);
            Assert.Equal(1, await update.ExecuteNonQueryAsync());
        }
    }

    /// <summary>As little of it as can be.</summary>
    private static object Flipped(object value) => value switch
    {
        string text => text.Length == 0 ? "x" : string.Concat(((char)(text[0] ^ 1)).ToString(), text.AsSpan(1)),
        byte[] bytes => bytes.Select((b, i) => i == bytes.Length - 1 ? (byte)(b ^ 1) : b).ToArray(),
        Guid id => new Guid(id.ToByteArray().Select((b, i) => i == 15 ? (byte)(b ^ 1) : b).ToArray()),
        bool flag => !flag,
        decimal amount => amount + 0.01m,
        // One more: of the last row of a numbered table that is nobody else's key.
        _ => Convert.ToInt64(value, CultureInfo.InvariantCulture) + 1,
    };

    private static DbCommand Command(Store store, string sql)
    {
        var command = store.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
