using System.Text.Json;
using Engine.Canonical;

namespace Engine.Documents;

/// <summary>One JSON object of a layout, read property by property; remembers which were asked for.</summary>
internal sealed class JsonObjectReader
{
    private readonly Dictionary<string, JsonElement> _properties = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public JsonObjectReader(JsonElement json, string path)
    {
        Path = path;
        if (json.ValueKind != JsonValueKind.Object) throw new DocumentFaultException(path, "此处应为对象 { … }");
        foreach (var property in json.EnumerateObject())
            if (!_properties.TryAdd(property.Name, property.Value))
                throw new DocumentFaultException($"{path}.{property.Name}", "同一属性写了两次，请只留一个");
    }

    public string Path { get; }

    public bool Has(string name)
    {
        _known.Add(name);
        return _properties.ContainsKey(name);
    }

    public string Text(string name) =>
        Required(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong(name, "此处应为文字");

    public string Choice(string name, params string[] allowed) =>
        Text(name) is var text && allowed.Contains(text) ? text : throw Wrong(name, $"没有“{text}”，可用：{string.Join(" ", allowed)}");

    /// <summary>At least one of these, none twice; null when the property is absent.</summary>
    public IReadOnlyList<string>? Choices(string name, IReadOnlyCollection<string> allowed)
    {
        if (!Has(name)) return null;
        var value = Required(name);
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0 || value.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String))
            throw Wrong(name, $"此处应为至少一项文字的数组，可用：{string.Join(" ", allowed)}");
        var chosen = value.EnumerateArray().Select(v => v.GetString()!).ToList();
        if (chosen.Find(c => !allowed.Contains(c)) is { } unknown) throw Wrong(name, $"没有“{unknown}”，可用：{string.Join(" ", allowed)}");
        return chosen.Distinct().Count() == chosen.Count ? chosen : throw Wrong(name, "同一项写了两次，请只留一个");
    }

    public int WholeNumber(string name, int min, int max, int absent)
    {
        var number = Number(name, min, max, absent);
        return number == MathF.Truncate(number) ? (int)number : throw Wrong(name, $"此处应为 {min} 到 {max} 的整数");
    }

    public bool Flag(string name) => Has(name) && _properties[name].ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "此处应为 true 或 false"),
    };

    public float Number(string name, float min, float max, float absent) => OptionalNumber(name, min, max) ?? absent;

    public float Number(string name, float min, float max)
    {
        var value = Required(name);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetSingle(out var number) || !(number >= min && number <= max))
            throw Wrong(name, $"此处应为 {min} 到 {max} 的数");
        return number;
    }

    public float? OptionalNumber(string name, float min, float max) => Has(name) ? Number(name, min, max) : null;

    public JsonObjectReader Object(string name) => new(Required(name), $"{Path}.{name}");

    public IEnumerable<JsonObjectReader> Objects(string name) =>
        Required(name) is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() > 0
            ? array.EnumerateArray().Select((item, at) => new JsonObjectReader(item, $"{Path}.{name}[{at}]"))
            : throw Wrong(name, "此处应为至少一项的数组");

    /// <summary>Call last: whatever was not asked for is an error.</summary>
    public void RefuseOthers()
    {
        if (_properties.Keys.FirstOrDefault(p => !_known.Contains(p)) is { } other)
            throw Wrong(other, $"没有这个属性，可用：{string.Join(" ", _known.Order(StringComparer.Ordinal))}");
    }

    private JsonElement Required(string name) => Has(name) ? _properties[name] : throw Wrong(name, "缺少此项");

    private DocumentFaultException Wrong(string name, string remedy) => new($"{Path}.{name}", remedy);
}
