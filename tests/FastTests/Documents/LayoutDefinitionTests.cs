using Engine.Canonical;
using Engine.Documents;
using Platform.Publishing;
using Xunit;

namespace FastTests.Documents;

public sealed class LayoutDefinitionTests
{
    private static readonly DocumentFields Offered = new("note", "便条",
        new Dictionary<string, string> { ["name"] = "姓名", ["code"] = "编号" },
        new Dictionary<string, IReadOnlyDictionary<string, string>> { ["lines"] = new Dictionary<string, string> { ["text"] = "内容" } })
    {
        Forms = new Dictionary<string, IReadOnlyList<string>> { ["check"] = ["one", "two"] },
    };

    [Fact]
    public void Given_a_small_layout_When_read_Then_defaults_come_from_the_page()
    {
        var layout = LayoutDefinition.Parse(Layout("""{"type":"text","text":"{name}：{{{code}}}","size":10}"""), Offered);

        var text = Assert.IsType<TextElement>(Assert.Single(layout.Elements));
        Assert.Equal((4f, null, 92f), (text.Placement.X, text.Placement.Y, text.Placement.Width));
        Assert.Equal(["name", null, "code", null], text.Text.Parts.Select(p => p.Field));
        Assert.Equal(["", "：{", "", "}"], text.Text.Parts.Select(p => p.Literal));
    }

    [Theory]
    [InlineData("""{"type":"text","text":"{nme}","size":9}""", "$.elements[0].text", "name")]
    [InlineData("""{"type":"text","text":"{name","size":9}""", "$.elements[0].text", "花括号")]
    [InlineData("""{"type":"text","text":"name}","size":9}""", "$.elements[0].text", "花括号")]
    [InlineData("""{"type":"text","text":"{lines.text}","size":9}""", "$.elements[0].text", "lines.text")]
    [InlineData("""{"type":"text","text":"a","size":9,"colour":"red"}""", "$.elements[0].colour", "ink")]
    [InlineData("""{"type":"text","text":"a","size":9,"size":10}""", "$.elements[0].size", "两次")]
    [InlineData("""{"type":"text","text":"a"}""", "$.elements[0].size", "缺少")]
    [InlineData("""{"type":"text","text":"\ud800","size":9}""", "$", "不完整的字符")]
    [InlineData("""{"type":"\udc00","text":"a","size":9}""", "$", "不完整的字符")]
    [InlineData("""{"type":"text","text":"a","size":"9"}""", "$.elements[0].size", "4 到 96")]
    [InlineData("""{"type":"text","text":"a","size":9,"minSize":12}""", "$.elements[0].minSize", "4 到 9")]
    [InlineData("""{"type":"text","text":"a","size":9,"height":5}""", "$.elements[0].height", "去掉 height")]
    [InlineData("""{"type":"text","text":"a","size":9,"everyPage":true}""", "$.elements[0].everyPage", "给出 y")]
    [InlineData("""{"type":"text","text":"a","size":9,"y":5,"gap":2}""", "$.elements[0].gap", "没有这个属性")]
    [InlineData("""{"type":"text","text":"a","size":9,"x":60,"width":60}""", "$.elements[0].width", "超出页宽")]
    [InlineData("""{"type":"text","text":"a","size":9,"align":"middle"}""", "$.elements[0].align", "center")]
    [InlineData("""{"type":"text","text":"a","size":9,"when":"age"}""", "$.elements[0].when", "code")]
    [InlineData("""{"type":"barcode","field":"number","height":10}""", "$.elements[0].field", "code")]
    [InlineData("""{"type":"barcode","field":"code","height":10,"module":0.1}""", "$.elements[0].module", "0.19")]
    [InlineData("""{"type":"barcode","field":"code","y":41,"height":10}""", "$.elements[0].height", "最多 9 毫米")]
    [InlineData("""{"type":"barcode","field":"code","height":43}""", "$.elements[0].height", "最多 42 毫米")]
    [InlineData("""{"type":"box","height":10}""", "$.elements[0].y", "必须")]
    [InlineData("""{"type":"image"}""", "$.elements[0].type", "barcode")]
    [InlineData("""{"type":"list","list":"rows","elements":[{"type":"line"}]}""", "$.elements[0].list", "lines")]
    [InlineData("""{"type":"list","list":"lines","elements":[]}""", "$.elements[0].elements", "至少一项")]
    [InlineData("""{"type":"list","list":"lines","elements":[{"type":"text","text":"{lines.txt}","size":9}]}""", "$.elements[0].elements[0].text", "lines.number")]
    [InlineData("""{"type":"list","list":"lines","elements":[{"type":"line","y":3}]}""", "$.elements[0].elements[0].y", "gap")]
    [InlineData("""{"type":"list","list":"lines","elements":[{"type":"list","list":"lines","elements":[{"type":"line"}]}]}""", "$.elements[0].elements[0]", "list 里")]
    [InlineData("""{"type":"text","text":"第 {page} 页","size":9,"y":5}""", "$.elements[0].text", "page")]
    [InlineData("""{"type":"text","text":"a","size":9,"unless":"page","y":5,"everyPage":true}""", "$.elements[0].unless", "code")]
    [InlineData("""{"type":"text","text":"{tests.title}","size":9}""", "$.elements[0].text", "check.title")]
    [InlineData("""{"type":"text","text":"a","size":9,"keep":43}""", "$.elements[0].keep", "0 到 42")]
    [InlineData("""{"type":"form","form":"tests"}""", "$.elements[0].form", "check")]
    [InlineData("""{"type":"form","form":"check","sections":["one","three"]}""", "$.elements[0].sections", "two")]
    [InlineData("""{"type":"form","form":"check","sections":["one","one"]}""", "$.elements[0].sections", "两次")]
    [InlineData("""{"type":"form","form":"check","sections":[]}""", "$.elements[0].sections", "至少一项")]
    [InlineData("""{"type":"form","form":"check","columns":1.5}""", "$.elements[0].columns", "整数")]
    [InlineData("""{"type":"form","form":"check","y":5}""", "$.elements[0].y", "gap")]
    [InlineData("""{"type":"signatures","form":"check","height":5}""", "$.elements[0].height", "12 到 40")]
    [InlineData("""{"type":"list","list":"lines","elements":[{"type":"form","form":"check"}]}""", "$.elements[0].elements[0]", "list 里")]
    public void Given_a_mistake_When_read_Then_the_error_names_its_place_and_the_remedy(string element, string path, string remedy)
    {
        var error = Assert.Throws<DocumentFaultException>(() => LayoutDefinition.Parse(Layout(element), Offered));

        Assert.Equal(path, error.Path);
        Assert.Contains(remedy, error.Remedy);
    }

    [Fact]
    public void Given_a_form_its_signers_and_page_numbers_When_read_Then_they_are_understood()
    {
        var layout = LayoutDefinition.Parse(Layout("""
            {"type":"text","text":"{page}/{pages} {check.version}","size":9,"y":1,"everyPage":true},
            {"type":"form","form":"check","sections":["two"],"unless":"code"},
            {"type":"signatures","form":"check"}
            """), Offered);

        Assert.Equal(["page", null, "pages", null, "check.version"], Assert.IsType<TextElement>(layout.Elements[0]).Text.Parts.Select(p => p.Field));
        var form = Assert.IsType<FormElement>(layout.Elements[1]);
        Assert.Equal(("check", "two", 2, 9f, "code"), (form.Form, form.Sections!.Single(), form.Columns, form.Size, form.Placement.Unless));
        Assert.Equal(("check", 2, 18f), Assert.IsType<SignaturesElement>(layout.Elements[2]) is var s ? (s.Form, s.Columns, s.Height) : default);
    }

    [Theory]
    [InlineData("""{"document":"label"}""", "$.document")]
    [InlineData("""{"document":"note","page":{"width":10,"height":50}}""", "$.page.width")]
    [InlineData("""{"document":"note","page":{"width":100,"height":50,"depth":1}}""", "$.page.depth")]
    [InlineData("""{"document":"note","page":{"width":100,"height":50,"foot":40}}""", "$.page.foot")]
    [InlineData("""{"document":"note","page":{"width":100,"height":50},"title":"{x}"}""", "$.title")]
    [InlineData("""{"document":"note","page":{"width":100,"height":50},"title":"t"}""", "$.elements")]
    [InlineData("""{"document":"note",""", "$")]
    [InlineData("[]", "$")]
    public void Given_a_mistake_at_the_top_When_read_Then_the_error_names_its_place(string json, string path) =>
        Assert.Equal(path, Assert.Throws<DocumentFaultException>(() => LayoutDefinition.Parse(json, Offered)).Path);

    private static string Layout(string element) =>
        $$"""{"document":"note","title":"便条 {name}","page":{"width":100,"height":50,"margin":4},"elements":[{{element}}]}""";
}
