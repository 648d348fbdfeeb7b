using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Platform.Storage;

/// <summary>A table as both databases keep it.</summary>
/// <param name="Key">Columns of the primary key.</param>
public sealed record StoreTable(string Name, IReadOnlyList<StoreColumn> Columns, IReadOnlyList<StoreColumn> Key)
{
    /// <summary>All tables of a store, each after those it refers to.</summary>
    public static IReadOnlyList<StoreTable> All(DbContext store)
    {
        var left = store.Model.GetRelationalModel().Tables.OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        var sorted = new List<ITable>();
        while (left.Count > 0)
        {
            var next = left.First(t => t.ForeignKeyConstraints.All(f => f.PrincipalTable == t || sorted.Contains(f.PrincipalTable)));
            sorted.Add(next);
            left.Remove(next);
        }
        return [.. sorted.Select(Of)];
    }

    public static StoreTable Of(Store store, string name) => Of(store.Model.GetRelationalModel().Tables.Single(t => t.Name == name));

    private static StoreTable Of(ITable table)
    {
        var columns = table.Columns.OrderBy(c => c.Name, StringComparer.Ordinal).Select(StoreColumn.Of).ToList();
        return new StoreTable(table.Name, columns, [.. table.PrimaryKey!.Columns.Select(k => columns.Single(c => c.Name == k.Name))]);
    }

    public string Select => $"SELECT {string.Join(", ", Columns.Select(c => $"\"{c.Name}\""))} FROM \"{Name}\"";

    public string Empty => $"DELETE FROM \"{Name}\"";

    public string OrderByKey => " ORDER BY " + string.Join(", ", Key.Select(k => $"\"{k.Name}\""));
}

/// <summary>A column and the type of what is kept in it, the same on both databases.</summary>
/// <param name="Numbered">The database itself gives the value.</param>
public sealed record StoreColumn(string Name, Type Type, bool Numbered)
{
    internal static StoreColumn Of(IColumn column)
    {
        var type = Nullable.GetUnderlyingType(column.ProviderClrType) ?? column.ProviderClrType;
        return new StoreColumn(column.Name, type, IsNumbered(column.PropertyMappings[0].Property));
    }

    internal static bool IsNumbered(IProperty property) => property.ValueGenerated == ValueGenerated.OnAdd && (property.ClrType == typeof(long) || property.ClrType == typeof(int));

    /// <summary>The value of a row.</summary>
    /// <exception cref="FormatException">SQLite keeps whatever it is given: this is not how the product writes a value of this type.</exception>
    public object? Read(DbDataReader reader, int index)
    {
        var raw = reader.GetValue(index);
        return raw is DBNull ? null
            : Type == typeof(DateTime) && raw is DateTime time ? DateTime.SpecifyKind(time, DateTimeKind.Utc)
            : raw.GetType() == Type ? raw
            : raw switch
            {
                long number when Type == typeof(int) => checked((int)number),
                long and (0L or 1L) when Type == typeof(bool) => raw is 1L,
                string text when Type == typeof(Guid) && !text.Any(char.IsAsciiLetterLower) => Guid.ParseExact(text, "D"),
                string text when Type == typeof(decimal) && decimal.Parse(text, CultureInfo.InvariantCulture) is var amount && amount.ToString("0.0###########################", CultureInfo.InvariantCulture) == text => amount,
                string text when Type == typeof(DateTime) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
                _ => throw new FormatException($"Column {Name} holds a {raw.GetType().Name} that is no {Type.Name}."),
            };
    }
}
