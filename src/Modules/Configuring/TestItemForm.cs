using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;
using Engine.Forms;
using Microsoft.AspNetCore.Http;
using Platform.Publishing;

namespace Modules.Configuring;

/// <param name="Place">Form and section that ask it, <c>form/section</c>.</param>
public sealed record TypedTestItem(string Code, string Label, string LabelEn, string Unit, string Min, string Max, string Decimals, string Place, bool Required)
{
    public static TypedTestItem Empty { get; } = new("", "", "", "", "", "", "1", "", true);

    public static TypedTestItem Of(IFormCollection form) => new(
        Text(form, "code"), Text(form, "label"), Text(form, "labelEn"), Text(form, "unit"), Text(form, "min"), Text(form, "max"), Text(form, "decimals"), Text(form, "place"), form["required"] == "on");

    private static string Text(IFormCollection form, string name) => form[name].ToString().Trim();
}

/// <summary>A new test item as a form: what is wrong with it, and the documents it makes.</summary>
internal static class TestItemForm
{
    private const int LongestName = 40;
    private const int LongestUnit = 16;
    private const int MostDecimals = 6;

    /// <param name="known">Codes that have a meaning already: items and fields.</param>
    /// <param name="places">Where it can be asked.</param>
    public static IReadOnlyList<FieldError> Faults(TypedTestItem typed, IReadOnlySet<string> known, IReadOnlyList<TestPlace> places)
    {
        var errors = new List<FieldError>();
        void Wrong(string field, string label, string? fault) { if (fault is not null) errors.Add(new FieldError(field, label, fault)); }
        Wrong("code", "代码", typed.Code.Length is < 2 or > 32 || !char.IsAsciiLetterLower(typed.Code[0]) || !typed.Code.All(char.IsAsciiLetterOrDigit) ? "2 至 32 个英文字母和数字，小写字母开头，例如 alb"
            : known.Contains(typed.Code) ? $"{typed.Code} 已有含义，发布过的代码不能改作他用：请换一个" : null);
        Wrong("label", "名称", Named(typed.Label));
        Wrong("labelEn", "英文名称", Named(typed.LabelEn));
        Wrong("unit", "单位", typed.Unit.Length == 0 ? "必填，例如 g/L" : TypedText.Fault(typed.Unit, LongestUnit));
        var (min, max) = (Number(typed.Min), Number(typed.Max));
        Wrong("min", "可信下限", min is null ? "必填，填数字" : null);
        Wrong("max", "可信上限", max is null ? "必填，填数字" : max <= min ? "须大于可信下限" : null);
        Wrong("decimals", "小数位", int.TryParse(typed.Decimals, NumberStyles.None, CultureInfo.InvariantCulture, out var places0) && places0 <= MostDecimals ? null : $"0 至 {MostDecimals} 的整数");
        Wrong("place", "在哪里填", places.Any(p => p.Key == typed.Place) ? null : "必选，请选择");
        return errors;
    }

    /// <param name="json">The station's own items; null when it has none.</param>
    public static string Items(string? json, TypedTestItem typed)
    {
        var items = json is null ? [] : JsonNode.Parse(json, documentOptions: Publisher.Lenient)!.AsArray();
        items.Add(new JsonObject
        {
            ["code"] = typed.Code, ["label"] = typed.Label, ["labelEn"] = typed.LabelEn, ["unit"] = typed.Unit, ["min"] = Number(typed.Min), ["max"] = Number(typed.Max),
            ["decimals"] = int.Parse(typed.Decimals, CultureInfo.InvariantCulture),
        });
        return items.ToJsonString(ReadableJson.Options);
    }

    /// <param name="json">The station's own changes to the form; null when it has none.</param>
    public static string Overlay(string? json, TestPlace place, TypedTestItem typed)
    {
        var root = json is null ? new JsonObject { ["form"] = place.Form, ["operations"] = new JsonArray() } : JsonNode.Parse(json, documentOptions: Publisher.Lenient)!.AsObject();
        var field = new JsonObject { ["testItem"] = typed.Code };
        if (typed.Required) field["required"] = true;
        if (root["operations"] is not JsonArray) root["operations"] = new JsonArray();
        root["operations"]!.AsArray().Add(new JsonObject { ["op"] = "add", ["section"] = place.Section, ["field"] = field });
        return root.ToJsonString(ReadableJson.Options);
    }

    private static string? Named(string text) => text.Length == 0 ? "必填，请填写" : TypedText.Fault(text, LongestName);

    private static decimal? Number(string text) =>
        decimal.TryParse(TypedText.Number(text), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1_000_000 ? number : null;
}

/// <param name="Title">Form and section in words.</param>
public sealed record TestPlace(string Form, string Section, string Title)
{
    public string Key => $"{Form}/{Section}";
}
