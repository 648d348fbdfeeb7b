using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Tenancy;

namespace Platform.Storage;

/// <summary>What is wrong with a row of evidence, zh-CN.</summary>
/// <param name="Key">Values of the row's key.</param>
public sealed record EvidenceFinding(string Table, string Key, string Reason);

/// <summary>Tells what the leaves of the evidence log stand for, from the evidence as it is stored now.</summary>
public interface ILeafContent
{
    /// <summary>Kinds of leaves whose content is told.</summary>
    IReadOnlyCollection<string> Kinds { get; }

    /// <summary>SHA-256 of each piece of evidence of these subjects, with its kind.</summary>
    Task<IReadOnlySet<(string Kind, string Subject, string Sha256)>> HashesAsync(IReadOnlyCollection<string> subjects, CancellationToken cancel);
}

/// <summary>Reads all evidence of a tenant, page by page, and names every row that is not as it was written.</summary>
public sealed class EvidenceCheck(Store store, MasterKey master, TenantContext tenant, IEnumerable<ILeafContent> contents)
{
    private const int PageSize = 500;
    private readonly byte[] _key = EvidenceSeal.KeyOf(master, tenant.Current.TenantId);

    /// <param name="tables">Evidence tables of the store.</param>
    /// <param name="seen">Told after every page: the table and how many of its rows have been read.</param>
    public async IAsyncEnumerable<EvidenceFinding> RunAsync(IReadOnlyList<string> tables, Action<string, long>? seen = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (var table in tables.Select(name => StoreTable.Of(store, name)))
            await foreach (var finding in SealsAsync(table, seen, cancel)) yield return finding;
        await foreach (var finding in LeavesAsync(cancel)) yield return finding;
    }

    private async IAsyncEnumerable<EvidenceFinding> SealsAsync(StoreTable table, Action<string, long>? seen, [EnumeratorCancellation] CancellationToken cancel)
    {
        object?[]? after = null;
        for (var rows = 0L; ;)
        {
            var page = await PageAsync(table, after, cancel);
            foreach (var (key, reason) in page.Where(row => row.Reason is not null))
                yield return new EvidenceFinding(table.Name, string.Join("/", key), reason!);
            rows += page.Count;
            seen?.Invoke(table.Name, rows);
            if (page.Count < PageSize) break;
            after = page[^1].Key;
        }
    }

    /// <summary>The next rows by key, each with what is wrong with it; the key as the database gave it.</summary>
    private async Task<IReadOnlyList<(object[] Key, string? Reason)>> PageAsync(StoreTable table, object?[]? after, CancellationToken cancel)
    {
        await store.Database.OpenConnectionAsync(cancel);
        try
        {
            await using var command = store.Database.GetDbConnection().CreateCommand();
            var key = string.Join(", ", table.Key.Select(k => $"\"{k.Name}\""));
            command.CommandText = table.Select + (after is null ? "" : $" WHERE ({key}) > ({string.Join(", ", after.Select((_, i) => "@p" + i))})") + table.OrderByKey + $" LIMIT {PageSize}";
            for (var i = 0; i < after?.Length; i++) Add(command, "@p" + i, after[i]!);
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var rows = new List<(object[], string?)>(PageSize);
            while (await reader.ReadAsync(cancel)) rows.Add(([.. table.Key.Select(k => reader[k.Name])], Fault(table, reader)));
            return rows;
        }
        finally
        {
            await store.Database.CloseConnectionAsync();
        }
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    private string? Fault(StoreTable table, DbDataReader reader)
    {
        try
        {
            byte[]? seal = null;
            var values = new List<(string, object?)>(table.Columns.Count);
            for (var i = 0; i < table.Columns.Count; i++)
            {
                var column = table.Columns[i];
                if (column.Name == EvidenceSeal.Column) seal = (byte[]?)column.Read(reader, i);
                else if (!column.Numbered) values.Add((column.Name, column.Read(reader, i)));
            }
            if (seal is null) return "没有封印：不是由本系统写入的";
            return CryptographicOperations.FixedTimeEquals(seal, EvidenceSeal.Of(_key, table.Name, values)) ? null : "封印不符：写入后被改动";
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            return "封印不符：写入后被改动（内容已不能读取）";
        }
    }

    /// <summary>The running index has no gap and no end cut off, and each leaf still stands for its content.</summary>
    private async IAsyncEnumerable<EvidenceFinding> LeavesAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var next = 0L;
        for (List<Leaf> page; (page = await LeafPageAsync(next, cancel)).Count > 0;)
        {
            foreach (var leaf in page)
            {
                if (leaf.Index > next) yield return Gap(next, leaf.Index - 1);
                next = leaf.Index + 1;
            }
            foreach (var source in contents)
                foreach (var leaf in await UnlikeAsync(source, page, cancel))
                    yield return new EvidenceFinding(AuditTables.Leaves, leaf.Index.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{leaf.Subject} 的 {leaf.Kind} 已不是当时的内容，或已不在");
        }
        var last = await store.Set<NumberSeries>().AsNoTracking().Where(n => n.Key == AuditTables.Tree).Select(n => n.Last).SingleOrDefaultAsync(cancel);
        if (last > next) yield return Gap(next, last - 1);
    }

    private Task<List<Leaf>> LeafPageAsync(long from, CancellationToken cancel) => store.Set<EvidenceLeaf>()
        .Where(l => l.Index >= from).OrderBy(l => l.Index).Take(PageSize).Select(l => new Leaf(l.Index, l.Kind, l.Subject, l.Hash)).ToListAsync(cancel);

    private static EvidenceFinding Gap(long first, long last) => new(AuditTables.Leaves, first == last ? $"{first}" : $"{first}–{last}", "编号中断：这些证据被删去");

    private static async Task<IReadOnlyList<Leaf>> UnlikeAsync(ILeafContent source, IEnumerable<Leaf> page, CancellationToken cancel)
    {
        var leaves = page.Where(l => source.Kinds.Contains(l.Kind)).ToList();
        try
        {
            var hashes = await source.HashesAsync([.. leaves.Select(l => l.Subject).Distinct()], cancel);
            var known = hashes.Select(h => (h.Kind, h.Subject, AuditTables.LeafHash(Convert.FromHexString(h.Sha256)))).ToHashSet();
            return [.. leaves.Where(l => !known.Contains((l.Kind, l.Subject, l.Hash)))];
        }
        catch (Exception e) when (e is DamagedValueException or JsonException or FormatException or InvalidCastException or InvalidOperationException or ArgumentException or OverflowException)
        {
            // One of these subjects has been damaged so far that it cannot be read: find out which.
            var subjects = leaves.GroupBy(l => l.Subject).ToList();
            if (subjects.Count == 1) return leaves;
            var unlike = new List<Leaf>();
            foreach (var subject in subjects) unlike.AddRange(await UnlikeAsync(source, subject, cancel));
            return unlike;
        }
    }

    private sealed record Leaf(long Index, string Kind, string Subject, string Hash);
}
