using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Engine.Canonical;

namespace Engine.Rules;

/// <summary>One thing wrong in a pack, for the person who edits it.</summary>
public sealed record PackError(string Path, string Remedy)
{
    /// <summary>Id of the pack it stands in, where several were read together.</summary>
    public string? Pack { get; init; }

    /// <summary>It names a pack or a rule that is not there. Refused before; where a pack has run out since, it is without effect and the others go on judging.</summary>
    public bool NamesNothing { get; init; }

    public override string ToString() => Pack is null ? $"{Path}: {Remedy}" : $"{Pack} {Path}: {Remedy}";
}

/// <summary>A document that is no usable pack. Lists everything found, with JSON path and remedy.</summary>
public sealed class RulePackException(IReadOnlyList<PackError> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    public RulePackException(string path, string remedy) : this([new PackError(path, remedy)]) { }

    public IReadOnlyList<PackError> Errors { get; } = errors;
}

/// <summary>Reads <c>*.rules.json</c>.</summary>
public static class RulePackJson
{
    private static readonly string[] NoContent = [JsonSchemas.Property, "generator", "layer", "effectiveFrom", "effectiveTo"];
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 40 };

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new ConditionConverter() },
    };

    /// <summary>Reads a file, which carries its layer and dates, and checks everything that can be seen without the fact catalogue and other packs.</summary>
    /// <exception cref="RulePackException">The text is no valid pack.</exception>
    public static RulePack Read(string json)
    {
        using var document = Parse(json);
        return Checked(Read(document.RootElement));
    }

    /// <summary>As <see cref="Read(string)"/>, and every fact must be known with the same kind and unit.</summary>
    /// <exception cref="RulePackException">The text is no valid pack, or does not fit the catalogue.</exception>
    public static RulePack Read(string json, FactCatalog catalog)
    {
        using var document = Parse(json);
        var pack = Read(document.RootElement);
        return Checked(pack, [.. RulePackCheck.Against(catalog, pack)]);
    }

    /// <summary>Reads what is stored: the content alone, with layer and dates of its row.</summary>
    /// <exception cref="RulePackException">The text is no valid pack.</exception>
    public static RulePack ReadStored(string content, PackColumns columns)
    {
        using var document = Parse(content);
        var whole = JsonObject.Create(document.RootElement)!;
        whole["layer"] = JsonNamingPolicy.KebabCaseLower.ConvertName(columns.Layer.ToString());
        whole["effectiveFrom"] = columns.EffectiveFrom?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        whole["effectiveTo"] = columns.EffectiveTo?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return Checked(Read(JsonSerializer.SerializeToElement(whole)));
    }

    private static RulePack Read(JsonElement root) => Deserialize<RulePack>(root) with { Hash = HashOf(root) };

    /// <summary>An unknown fact is told before the placeholder that names it too.</summary>
    private static RulePack Checked(RulePack pack, params IEnumerable<PackError> facts)
    {
        List<PackError> errors = [.. facts, .. RulePackCheck.Structure(pack)];
        return errors.Count == 0 ? pack : throw new RulePackException(errors);
    }

    internal static JsonDocument Parse(string json)
    {
        try
        {
            var document = JsonDocument.Parse(json, Strict);
            var errors = document.RootElement.ValueKind == JsonValueKind.Object
                ? Empty(document.RootElement, "$").ToList()
                : [new PackError("$", "文件的内容必须是一个对象 {…}")];
            return errors.Count == 0 ? document : throw new RulePackException(errors);
        }
        catch (JsonException error)
        {
            throw new RulePackException(error.Path ?? "$", $"第 {error.LineNumber + 1} 行不是合法的 JSON，或属性重复、嵌套过深：{error.Message}");
        }
    }

    internal static T Deserialize<T>(JsonElement json)
    {
        try
        {
            return json.Deserialize<T>(Options)!;
        }
        catch (JsonException error)
        {
            var inner = error.InnerException as DocumentFaultException;
            throw new RulePackException((error.Path ?? "$") + inner?.Path[1..], inner?.Remedy ?? Remedy(error.Message));
        }
    }

    /// <summary>A null inside a list is always a slip, and nothing after reading expects one.</summary>
    private static IEnumerable<PackError> Empty(JsonElement json, string path) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(p => Empty(p.Value, $"{path}.{p.Name}")),
        JsonValueKind.Array => json.EnumerateArray().SelectMany((item, i) => item.ValueKind == JsonValueKind.Null
            ? [new PackError($"{path}[{i}]", "列表中不能有 null，请删除")]
            : Empty(item, $"{path}[{i}]")),
        _ => [],
    };

    private static string HashOf(JsonElement root)
    {
        var content = JsonObject.Create(root)!;
        foreach (var name in NoContent) content.Remove(name);
        return CanonicalJson.DocumentHash(content.ToJsonString());
    }

    private static string Remedy(string message) =>
        message.Contains("could not be mapped", StringComparison.Ordinal) ? "不认识的属性，请删除或更正拼写（见 rule-packs/README.md）"
        : message.Contains("required properties", StringComparison.Ordinal) ? "缺少必填属性：" + message[(message.IndexOf(':') + 1)..].Trim()
        : "值的类型、代码或格式不符（见 rule-packs/README.md）：" + message;
}

/// <summary>Enum values in JSON as lower-case words joined by hyphens; numbers are refused.</summary>
public sealed class KebabCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

internal sealed class ConditionConverter : JsonConverter<Condition>
{
    public override Condition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        try
        {
            return Condition.Parse(document.RootElement);
        }
        catch (DocumentFaultException error)
        {
            throw new JsonException(null, error);
        }
    }

    public override void Write(Utf8JsonWriter writer, Condition value, JsonSerializerOptions options) =>
        throw new NotSupportedException("A condition is kept as the JSON it was read from.");
}

internal sealed class UntilDateConverter : JsonConverter<UntilDate>
{
    private const string Form = "until 只能是 \"whenSatisfied\"，或 {\"from\":日期事实,\"add\":{\"months\":6}}";

    public override UntilDate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var json = document.RootElement;
        try
        {
            if (json.ValueKind == JsonValueKind.String && json.GetString() == "whenSatisfied") return UntilDate.WhenSatisfied;
            if (json.ValueKind != JsonValueKind.Object) throw new DocumentFaultException("$", Form);
            Condition.RequireOnly(json, "$", "from", "add");
            return new UntilDate(Term.Code(json, "from", "$"), json.TryGetProperty("add", out var add) ? CalendarSpan.Read(add, "$.add") : null);
        }
        catch (DocumentFaultException error)
        {
            throw new JsonException(null, error);
        }
    }

    public override void Write(Utf8JsonWriter writer, UntilDate value, JsonSerializerOptions options) =>
        throw new NotSupportedException("An until-date is kept as the JSON it was read from.");
}

/// <summary>A parameter's value: a number or a code.</summary>
internal sealed class ScalarConverter : JsonConverter<object>
{
    public override object Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetDecimal(out var number) => number,
        JsonTokenType.String => reader.GetString()!,
        _ => throw new JsonException("a number or a code is expected"),
    };

    public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
    {
        if (value is decimal number) writer.WriteNumberValue(number);
        else writer.WriteStringValue((string)value);
    }
}
