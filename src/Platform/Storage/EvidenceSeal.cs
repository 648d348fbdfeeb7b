using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Platform.Storage;

/// <summary>The seal of an evidence row: HMAC-SHA-256 over the table's name and every value stored, under a key of the tenant that is not in the database.
/// Whoever changes the file past the triggers cannot make a new one. A value that is null is left out, so a column added later changes no seal; so is a number the database gives.</summary>
public static class EvidenceSeal
{
    /// <summary>Column of the seal in every evidence table.</summary>
    public const string Column = "Seal";

    internal static byte[] KeyOf(MasterKey master, string tenantId) => master.Derive("seal:" + tenantId);

    internal static void Map(ModelBuilder model, IReadOnlyList<string> tables)
    {
        foreach (var entity in model.Model.GetEntityTypes().Where(e => e.GetTableName() is { } table && tables.Contains(table)).ToList())
            model.Entity(entity.ClrType).Property<byte[]?>(Column);
    }

    /// <summary>Seals what is about to be inserted.</summary>
    internal static void Apply(byte[]? key, ChangeTracker changes)
    {
        foreach (var entry in changes.Entries().Where(e => e.State == EntityState.Added && e.Metadata.FindProperty(Column) is not null))
            entry.Property(Column).CurrentValue = Of(key ?? throw new InvalidOperationException("A store opened without its tenant's key takes no evidence."), entry.Metadata.GetTableName()!, Values(entry));
    }

    /// <param name="values">By column; the seal itself and numbers given by the database are passed over by the caller.</param>
    public static byte[] Of(byte[] key, string table, IEnumerable<(string Column, object? Value)> values)
    {
        var form = new ArrayBufferWriter<byte>(512);
        Append(form, 't', Encoding.UTF8.GetBytes(table));
        foreach (var (column, value) in values.Where(v => v.Value is not null).OrderBy(v => v.Column, StringComparer.Ordinal))
        {
            Append(form, 'c', Encoding.UTF8.GetBytes(column));
            var (kind, bytes) = Canonical(value!);
            Append(form, kind, bytes);
        }
        return HMACSHA256.HashData(key, form.WrittenSpan);
    }

    /// <summary>Whether a row is as it was written.</summary>
    /// <param name="row">As read from the store, every property of it.</param>
    internal static bool Holds(Store store, object row, byte[]? seal)
    {
        if (seal is null || store.SealKey is not { } key) return false;
        var entity = store.Model.FindEntityType(row.GetType())!;
        var values = entity.GetProperties().Where(p => p.Name != Column && !StoreColumn.IsNumbered(p))
            .Select(p => (p.GetColumnName(), p.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(p.PropertyInfo!.GetValue(row)) : p.PropertyInfo!.GetValue(row)));
        return CryptographicOperations.FixedTimeEquals(seal, Of(key, entity.GetTableName()!, values));
    }

    private static IEnumerable<(string, object?)> Values(EntityEntry entry) => entry.Properties
        .Where(p => p.Metadata.Name != Column && !StoreColumn.IsNumbered(p.Metadata))
        .Select(p => (p.Metadata.GetColumnName(), p.Metadata.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(p.CurrentValue) : p.CurrentValue));

    /// <summary>Every part with its kind and length before it, so that no two rows have the same form.</summary>
    private static void Append(ArrayBufferWriter<byte> form, char kind, ReadOnlySpan<byte> bytes)
    {
        var head = form.GetSpan(5);
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], bytes.Length);
        form.Advance(5);
        form.Write(bytes);
    }

    private static (char, byte[]) Canonical(object value) => value switch
    {
        string text => ('s', Encoding.UTF8.GetBytes(text)),
        byte[] bytes => ('x', bytes),
        Guid id => ('g', id.ToByteArray(bigEndian: true)),
        bool flag => ('b', [flag ? (byte)1 : (byte)0]),
        int or long => ('i', BitConverter.GetBytes(Convert.ToInt64(value, CultureInfo.InvariantCulture))),
        decimal amount => ('d', Encoding.ASCII.GetBytes(amount.ToString("0.############################", CultureInfo.InvariantCulture))),
        _ => throw new InvalidOperationException($"Evidence has no value of type {value.GetType().Name}: give it a canonical form here first."),
    };
}
