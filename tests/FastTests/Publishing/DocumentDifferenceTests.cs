using System.Text.Json.Nodes;
using FastTests.Rules;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Xunit;

namespace FastTests.Publishing;

/// <summary>What differs is said in words a manager knows.</summary>
public sealed class DocumentDifferenceTests
{
    private const string Station = """{"SiteName":"甲站","TimeZoneId":"Asia/Shanghai","Features":["a"],"OptionalTests":[],"Values":{"stationPhone":"0571-1","slipFooter":"谢谢"}}""";

    [Fact]
    public void Given_another_phone_When_compared_Then_the_setting_is_named_with_both_values() =>
        Assert.Equal(["联系电话：0571-1 → 0571-2"], Words(DocumentKinds.Settings, Station, Station.Replace("0571-1", "0571-2", StringComparison.Ordinal)));

    [Fact]
    public void Given_a_switch_and_a_setting_taken_out_When_compared_Then_each_is_a_sentence() =>
        Assert.Equal(["功能开关 开关甲：删除（原 a）", "slipFooter：删除（原 谢谢）"],
            Words(DocumentKinds.Settings, Station, """{"SiteName":"甲站","TimeZoneId":"Asia/Shanghai","Features":[],"OptionalTests":[],"Values":{"stationPhone":"0571-1"}}""").Select(w => w.Replace("设置 ", "", StringComparison.Ordinal)));

    [Fact]
    public void Given_a_field_with_another_limit_When_compared_Then_section_field_and_property_are_named()
    {
        var form = JsonNode.Parse(ShippedPacks.Text("general-check.form.json"))!;
        var before = form.ToJsonString();
        var field = form["sections"]!.AsArray().Single(s => s!["code"]!.GetValue<string>() == "check")!["fields"]!.AsArray().Single(f => f!["code"]!.GetValue<string>() == "height")!;
        field["required"] = false;
        field["max"] = 299;

        var words = Words(DocumentKinds.Form, before, form.ToJsonString());

        Assert.All(words, w => Assert.StartsWith("部分“一般检查”（check） · 字段“身高”（height） · ", w, StringComparison.Ordinal));
        Assert.Contains(words, w => w.EndsWith("→ 否", StringComparison.Ordinal) && w.Contains("必填", StringComparison.Ordinal));
        Assert.Contains(words, w => w.Contains("上限", StringComparison.Ordinal) && w.EndsWith("→ 299", StringComparison.Ordinal));
    }

    [Fact]
    public void Given_the_same_content_written_otherwise_When_compared_Then_nothing_differs()
    {
        var text = ShippedPacks.Text("rule-packs/national/gb18467-2011.rules.json");

        Assert.Empty(Words(DocumentKinds.RulePack, text, JsonNode.Parse(text, documentOptions: Publisher.Lenient)!.ToJsonString()));
    }

    [Fact]
    public void Given_fields_in_another_order_When_compared_Then_the_order_is_the_difference()
    {
        var line = Assert.Single(Words(DocumentKinds.TestItems, """[{"code":"hb","label":"血红蛋白"},{"code":"plt","label":"血小板"}]""", """[{"code":"plt","label":"血小板"},{"code":"hb","label":"血红蛋白"}]"""));

        Assert.Contains("次序：hb、plt → plt、hb", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_script_in_a_label_When_compared_Then_it_is_text() =>
        Assert.Contains("<script>", Assert.Single(Words(DocumentKinds.Settings, Station, Station.Replace("谢谢", "<script>alert(1)</script>", StringComparison.Ordinal))), StringComparison.Ordinal);

    private static List<string> Words(string kind, string before, string after) =>
        [.. DocumentDifference.Between(kind, "x.json", before, after, kind == DocumentKinds.Settings ? code => code switch { "stationPhone" => "联系电话", "a" => "开关甲", _ => null } : null).Select(l => l.ToString())];
}
