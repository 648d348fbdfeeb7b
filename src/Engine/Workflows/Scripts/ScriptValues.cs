using JintEngine = Jint.Engine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Jint;
using Jint.Native;
using Jint.Native.Json;
using Jint.Native.Object;
using Jint.Runtime;

namespace Engine.Workflows;

/// <summary>Values on their way between flows and scripts. What comes out is what JSON can say, and no more than a flow may hold.</summary>
internal sealed class ScriptValues(JintEngine engine, TimeSpan time)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _items;

    public static JsValue ToJs(JintEngine engine, JsonNode? value) => value is null ? JsValue.Null : new JsonParser(engine).Parse(JsonValues.Write(value));

    /// <exception cref="ExpressionException">It is too large, too deep, holds itself, or is not to be had in time.</exception>
    public JsonNode? FromJs(JsValue value)
    {
        _items = 0;
        if (value.IsNumber() && !double.IsFinite(value.AsNumber())) return JsonValue.Create(TypeConverter.ToString(value));
        return Says(value) ? Convert(value, 0) : null;
    }

    private JsonNode? Convert(JsValue value, int depth)
    {
        if (depth > FlowLimits.Depth) throw new ExpressionException($"内容嵌套超过 {FlowLimits.Depth} 层，或者自己包含自己");
        if (++_items > FlowLimits.Items) throw new ExpressionException($"内容超过 {FlowLimits.Items} 项");
        if (Stopwatch.GetElapsedTime(_began) > time) throw new ExpressionException("脚本运行超时");
        if (value.IsNull() || value.IsUndefined()) return null;
        if (value.IsBoolean()) return JsonValue.Create(value.AsBoolean());
        if (value.IsNumber()) return double.IsFinite(value.AsNumber()) ? JsonValues.NumberNode(value.AsNumber()) : null;
        if (value.IsString()) return JsonValue.Create(value.AsString());
        return value is ObjectInstance map ? FromObject(map, depth) : null;
    }

    private JsonNode? FromObject(ObjectInstance map, int depth)
    {
        if (map.Get("toJSON") is { } own && own.IsCallable()) return own.Call(map, [JsString.Empty]) is { } said && Says(said) ? Convert(said, depth + 1) : null;
        if (map is JsArray list) return FromList(list, depth);
        // Jint keeps the objects around a plain text, number or truth to itself.
        return map.GetType().Name is "StringInstance" or "NumberInstance" or "BooleanInstance" ? Convert(JsValue.FromObject(engine, map.ToObject()), depth + 1) : FromProperties(map, depth);
    }

    private JsonArray FromList(JsArray list, int depth)
    {
        if (list.Length > FlowLimits.Items) throw new ExpressionException($"内容超过 {FlowLimits.Items} 项");
        var items = new JsonArray();
        for (uint i = 0; i < list.Length; i++) items.Add(Convert(list.Get(i), depth + 1));
        return items;
    }

    private JsonObject FromProperties(ObjectInstance map, int depth)
    {
        var properties = new JsonObject();
        foreach (var (key, descriptor) in map.GetOwnProperties().ToList())
        {
            if (!key.IsString() || !descriptor.Enumerable || map.Get(key) is not { } value || !Says(value)) continue;
            properties[key.AsString()] = Convert(value, depth + 1);
        }
        return properties;
    }

    /// <summary>Functions, symbols and undefined are nothing JSON can say.</summary>
    private static bool Says(JsValue value) => !value.IsUndefined() && !value.IsSymbol() && !value.IsCallable();
}
