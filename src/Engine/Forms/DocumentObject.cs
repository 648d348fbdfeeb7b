using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;
using Engine.Rules;

namespace Engine.Forms;

/// <summary>One object of a configuration document, read strictly: wrong kinds and unknown properties are faults with their path.</summary>
internal readonly struct DocumentObject
{
    private readonly JsonElement _json;
    private readonly string _path;

    private DocumentObject(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new DocumentFaultException(path, "这里必须是 { } 对象");
        _json = json;
        _path = path;
    }

    public static DocumentObject Root(JsonDocument document) => new(document.RootElement, "$");

    /// <summary>Parses a document and hashes its canonical form, so that text which cannot be hashed is refused before anything is read from it.</summary>
    public static JsonDocument Load(string json, out string contentHash)
    {
        try
        {
            contentHash = CanonicalJson.DocumentHash(json);
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new DocumentFaultException("$", $"不是合法的 JSON（第 {e.LineNumber + 1} 行附近），请检查括号、逗号、引号和重复的名称");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new DocumentFaultException("$", "含有位数过多的数字或不完整的字符，请改正：" + e.Message);
        }
    }

    public string At(string name) => $"{_path}.{name}";

    public bool Has(string name) => _json.TryGetProperty(name, out _);

    /// <summary>Refuses every property that is not named here.</summary>
    public void Only(params ReadOnlySpan<string> names)
    {
        foreach (var property in _json.EnumerateObject())
            if (!names.Contains(property.Name))
                throw new DocumentFaultException(At(property.Name), $"不认识的属性“{property.Name}”，可用的属性：{string.Join("、", names.ToArray())}");
    }

    public string Text(string name) =>
        OptionalText(name) ?? throw new DocumentFaultException(At(name), $"缺少“{name}”，请填写文字");

    public string? OptionalText(string name)
    {
        if (!_json.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.String || string.IsNullOrWhiteSpace(value.GetString()))
            throw new DocumentFaultException(At(name), "必须是非空的文字");
        return value.GetString();
    }

    /// <summary>An array of non-empty texts; empty when the property is absent.</summary>
    public List<string> Texts(string name)
    {
        if (!_json.TryGetProperty(name, out var value)) return [];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0 || value.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String || string.IsNullOrWhiteSpace(v.GetString())))
            throw new DocumentFaultException(At(name), "必须是 [ ] 数组，每项是非空的文字");
        return [.. value.EnumerateArray().Select(v => v.GetString()!)];
    }

    /// <summary>A fact code or, with hyphens, a document code: a lower-case letter, then letters and digits; at most 64 characters.</summary>
    public string Code(string name, bool hyphens = false)
    {
        var code = Text(name);
        if (!char.IsAsciiLetterLower(code[0]) || code.Length > 64 || !code.All(c => char.IsAsciiLetterOrDigit(c) || (hyphens && c == '-')))
            throw new DocumentFaultException(At(name), $"“{code}”不是合法的代码：以小写字母开头，只用英文字母和数字{(hyphens ? "、连字符" : "")}，最多 64 个字符");
        return code;
    }

    /// <summary>A choice's code: letters, digits, hyphens and points; at most 64 characters.</summary>
    public string OptionCode(string name)
    {
        var code = Text(name);
        if (code.Length > 64 || !code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'))
            throw new DocumentFaultException(At(name), $"“{code}”不是合法的选项代码：只用英文字母、数字、连字符和小数点，最多 64 个字符");
        return code;
    }

    public bool Flag(string name, bool otherwise = false)
    {
        if (!_json.TryGetProperty(name, out var value)) return otherwise;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new DocumentFaultException(At(name), "只能是 true 或 false"),
        };
    }

    public decimal Number(string name)
    {
        if (!_json.TryGetProperty(name, out var value)) throw new DocumentFaultException(At(name), $"缺少“{name}”，请填写数字");
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var number)) throw new DocumentFaultException(At(name), "必须是数字");
        return number;
    }

    public int WholeNumber(string name, int otherwise, int min, int max)
    {
        if (!Has(name)) return otherwise;
        var number = Number(name);
        if (number != decimal.Truncate(number) || number < min || number > max) throw new DocumentFaultException(At(name), $"必须是 {min} 到 {max} 的整数");
        return (int)number;
    }

    /// <summary>An object, or null when the property is absent.</summary>
    public DocumentObject? Object(string name) => _json.TryGetProperty(name, out var value) ? new DocumentObject(value, At(name)) : null;

    public List<DocumentObject> Objects(string name, bool required = true)
    {
        if (!_json.TryGetProperty(name, out var value)) return required ? throw new DocumentFaultException(At(name), $"缺少数组“{name}”") : [];
        return ObjectsOf(value, At(name), required);
    }

    public static List<DocumentObject> RootArray(JsonDocument document) => ObjectsOf(document.RootElement, "$", required: true);

    private static List<DocumentObject> ObjectsOf(JsonElement value, string path, bool required)
    {
        if (value.ValueKind != JsonValueKind.Array) throw new DocumentFaultException(path, "必须是 [ ] 数组");
        if (required && value.GetArrayLength() == 0) throw new DocumentFaultException(path, "至少要有一项");
        return value.EnumerateArray().Select((item, i) => new DocumentObject(item, $"{path}[{i}]")).ToList();
    }

    /// <summary>A condition tree with the JSON it was written as, or null when the property is absent.</summary>
    public FieldCondition? Condition(string name)
    {
        if (!_json.TryGetProperty(name, out var value)) return null;
        try
        {
            return new FieldCondition(Rules.Condition.Parse(value, At(name)), JsonSerializer.Serialize(value));
        }
        catch (DocumentFaultException e)
        {
            throw new DocumentFaultException(e.Path, e.Remedy);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new DocumentFaultException(At(name), "条件中的 fact、op、unit 必须是文字，数字不能过大");
        }
    }

    /// <summary>The whole of it, to be put into another document.</summary>
    public JsonNode Node() => JsonNode.Parse(_json.GetRawText())!;

    public bool IsFlag(string name) => _json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False;
}
