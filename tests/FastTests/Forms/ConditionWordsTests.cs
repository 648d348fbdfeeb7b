using System.Text.Json;
using Engine.Forms;
using Engine.Rules;
using Xunit;
using static FastTests.Forms.SampleForms;

namespace FastTests.Forms;

public class ConditionWordsTests
{
    private static readonly FormDefinition Form = With("""
        { "code": "ill", "type": "yes-no", "label": "生病" },
        { "code": "weight", "type": "number", "label": "体重", "unit": "kg", "min": 30, "max": 250 },
        { "code": "document", "type": "choice", "label": "证件", "options": [ { "code": "id", "label": "身份证" }, { "code": "pass", "label": "护照" } ] }
        """);

    [Theory]
    [InlineData("""{ "fact": "ill", "op": "==", "value": true }""", "“生病”为“是”")]
    [InlineData("""{ "not": { "fact": "document", "op": "==", "value": "id" } }""", "“证件”不是“身份证”")]
    [InlineData("""{ "fact": "document", "op": "in", "value": [ "id", "pass" ] }""", "“证件”为“身份证”或“护照”")]
    [InlineData("""{ "not": { "fact": "weight", "op": ">=", "value": 50 } }""", "“体重”小于50 kg")]
    [InlineData("""{ "fact": "weight", "op": "known" }""", "“体重”已填写")]
    [InlineData("""{ "all": [ { "fact": "sex", "op": "==", "value": "F" }, { "fact": "ill", "op": "!=", "value": true } ] }""", "“生病”不是“是”")]
    [InlineData("""{ "not": { "any": [ { "fact": "ill", "op": "==", "value": true }, { "fact": "weight", "op": "<", "value": 50 } ] } }""", "“生病”不是“是”，且“体重”不低于50 kg")]
    [InlineData("""{ "fact": "sex", "op": "==", "value": "F" }""", null)]
    public void Given_condition_When_described_Then_people_read_labels_and_units(string json, string? words)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Equal(words, ConditionWords.Describe(Condition.Parse(document.RootElement), Form));
    }
}
