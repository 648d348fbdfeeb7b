using System.Text.Json;
using System.Text.Json.Nodes;

namespace Engine.Workflows;

/// <summary>Measures one value against <see cref="FlowLimits"/>.</summary>
internal sealed class ValueSize
{
    private int _items;
    private long _text;

    /// <summary>Characters and items seen, about the characters it takes as JSON.</summary>
    public long Characters => _text + _items;

    /// <summary>Why a flow may not hold the value, zh-CN; null when it may.</summary>
    public string? Refuse(JsonNode? value) => Walk(value, 0);

    private string? Walk(JsonNode? value, int depth)
    {
        if (depth > FlowLimits.Depth) return $"内容嵌套超过 {FlowLimits.Depth} 层";
        if (++_items > FlowLimits.Items) return $"内容超过 {FlowLimits.Items} 项";
        return value switch
        {
            null => null,
            JsonArray list => list.Select(item => Walk(item, depth + 1)).FirstOrDefault(why => why is not null),
            JsonObject map => map.Select(p => Said(p.Key) ?? Walk(p.Value, depth + 1)).FirstOrDefault(why => why is not null),
            _ => Leaf(value),
        };
    }

    private string? Leaf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => Said(value.GetValue<string>()),
        JsonValueKind.Number => Number(value.ToJsonString()),
        _ => null,
    };

    private string? Number(string text) =>
        Said(text) ?? (double.IsFinite(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)) ? null : $"数字 {JsonValues.Shown(text)} 超出范围");

    private string? Said(string text)
    {
        _text += text.Length;
        if (text.Length > FlowLimits.Text) return $"一段文字超过 {FlowLimits.Text} 字";
        return _text > FlowLimits.Texts ? $"内容超过 {FlowLimits.Texts} 字" : null;
    }
}
