using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Canonical;

namespace Engine.Forms;

/// <summary>
/// A station's own changes to the form it takes from the province, named by code: hide, require, label, help, option, order, add. What the province improves meanwhile is in the form that comes out;
/// what it locks cannot be hidden, renamed or made optional. Nothing here relaxes: a form that comes out asks for at least what a lock holds.
/// </summary>
public sealed class FormOverlay
{
    private readonly JsonObject _form;

    private FormOverlay(JsonObject form) => _form = form;

    /// <summary>The form as this station asks it.</summary>
    /// <param name="form">The province's, readable by <see cref="FormDefinition.Parse"/>.</param>
    /// <exception cref="DocumentFaultException">Names the operation that does not fit (any more), and the remedy.</exception>
    public static string Compose(string form, string overlay)
    {
        using var document = DocumentObject.Load(overlay, out _);
        var root = DocumentObject.Root(document);
        root.Only(JsonSchemas.Property, "form", "operations");
        var composed = new FormOverlay(JsonNode.Parse(form)!.AsObject());
        if (root.Code("form", hyphens: true) is var code && composed._form["code"]!.GetValue<string>() != code) throw new DocumentFaultException(root.At("form"), $"这里应是表单 {composed._form["code"]}");
        foreach (var operation in root.Objects("operations", required: false)) composed.Apply(operation);
        return composed._form.ToJsonString(ReadableJson.Options);
    }

    private void Apply(DocumentObject operation)
    {
        switch (operation.Text("op"))
        {
            case "hide": Hide(operation); break;
            case "hide-option": HideOption(operation); break;
            case "require": Require(operation); break;
            case "label": Set(operation, locks: true, "label", "labelEn"); break;
            case "help": Set(operation, locks: false, "help", "placeholder"); break;
            case "option": AddOption(operation); break;
            case "order": Order(operation); break;
            case "add": Add(operation); break;
            case var other: throw new DocumentFaultException(operation.At("op"), $"没有操作“{other}”，可用：hide、hide-option、require、label、help、option、order、add");
        }
    }

    private void Hide(DocumentObject operation)
    {
        operation.Only("op", "code");
        var found = Open(operation, "code");
        if (found.Holds.FirstOrDefault(e => LockOf(e) is not null) is { } held) throw Locked(operation, "code", CodeOf(held), LockOf(held)!);
        found.List.Remove(found.Element);
    }

    private void HideOption(DocumentObject operation)
    {
        operation.Only("op", "code", "option");
        var options = Options(operation);
        options.Remove(options.FirstOrDefault(o => CodeOf(o!) == operation.Text("option"))
            ?? throw new DocumentFaultException(operation.At("option"), $"没有选项“{operation.Text("option")}”，请删去这项操作"));
    }

    private void AddOption(DocumentObject operation)
    {
        operation.Only("op", "code", "option");
        var (options, added) = (Options(operation), operation.Object("option") ?? throw new DocumentFaultException(operation.At("option"), "请写明选项的 code、label"));
        if (options.Any(o => CodeOf(o!) == added.OptionCode("code"))) throw new DocumentFaultException(added.At("code"), $"选项“{added.Text("code")}”已有，请换一个代码");
        options.Add(added.Node());
    }

    /// <summary>Only towards more: what is required stays required.</summary>
    private void Require(DocumentObject operation)
    {
        operation.Only("op", "code", "when");
        var field = Field(operation, locks: false);
        if (field["required"] is JsonValue always && always.TryGetValue(out bool required) && required) return;
        if (field["required"] is JsonObject && operation.Has("when")) throw new DocumentFaultException(operation.At("when"), "省级表单已写明何时必填，这里只能改为始终必填：请删去 when");
        field["required"] = operation.Object("when")?.Node() ?? JsonValue.Create(true);
    }

    private void Set(DocumentObject operation, bool locks, params string[] properties)
    {
        operation.Only(["op", "code", .. properties]);
        var field = Field(operation, locks);
        if (!properties.Any(operation.Has)) throw new DocumentFaultException(operation.At(properties[0]), $"请填写 {string.Join(" 或 ", properties)}");
        foreach (var property in properties.Where(operation.Has)) field[property] = operation.Text(property);
    }

    /// <summary>Within its section; without <c>after</c> to the front.</summary>
    private void Order(DocumentObject operation)
    {
        operation.Only("op", "code", "after");
        var (list, element, _) = Find(operation, "code");
        list.Remove(element);
        list.Insert(After(operation, list), element);
    }

    private void Add(DocumentObject operation)
    {
        operation.Only("op", "section", "after", "field");
        var code = operation.Text("section");
        var section = Sections().FirstOrDefault(s => CodeOf(s) == code) ?? throw Gone(operation, "section", code);
        var field = operation.Object("field") ?? throw new DocumentFaultException(operation.At("field"), "请写明要加的字段");
        var own = field.Text(field.Has("testItem") ? "testItem" : "code");
        if (Sections().Any(s => CodeOf(s) == own || Fields(s).Any(f => CodeOf(f!) == own))) throw new DocumentFaultException(field.At("code"), $"省级表单已有“{own}”，请换一个代码，或删去这项操作");
        var fields = Fields(section);
        if (section["fields"] is null) section["fields"] = fields;
        fields.Insert(After(operation, fields), field.Node());
    }

    private static int After(DocumentObject operation, JsonArray list)
    {
        if (!operation.Has("after")) return operation.Has("section") ? list.Count : 0;
        var code = operation.Text("after");
        return list.ToList().FindIndex(e => CodeOf(e!) == code) is >= 0 and var at ? at + 1 : throw Gone(operation, "after", code);
    }

    private JsonObject Field(DocumentObject operation, bool locks) =>
        (locks ? Open(operation, "code") : Find(operation, "code")) is { Element: JsonObject field } found && !Sections().Contains(found.Element) ? field : throw Gone(operation, "code", operation.Text("code"));

    private JsonArray Options(DocumentObject operation) => Field(operation, locks: true)["options"] as JsonArray
        ?? throw new DocumentFaultException(operation.At("code"), $"“{operation.Text("code")}”不是选择题，没有选项");

    /// <summary>A place that no lock holds.</summary>
    private Place Open(DocumentObject operation, string property)
    {
        var found = Find(operation, property);
        var locked = LockOf(found.Element) ?? Sections().Where(s => Fields(s).Contains(found.Element)).Select(LockOf).FirstOrDefault();
        return locked is null ? found : throw Locked(operation, property, operation.Text(property), locked);
    }

    private Place Find(DocumentObject operation, string property)
    {
        var code = operation.Text(property);
        var sections = _form["sections"]!.AsArray();
        foreach (var section in Sections())
        {
            if (CodeOf(section) == code) return new Place(sections, section, [.. Fields(section).Select(f => f!.AsObject())]);
            if (Fields(section).FirstOrDefault(f => CodeOf(f!) == code) is JsonObject field) return new Place(Fields(section), field, []);
        }
        throw Gone(operation, property, code);
    }

    private IEnumerable<JsonObject> Sections() => _form["sections"]!.AsArray().Select(s => s!.AsObject());

    private static JsonArray Fields(JsonObject section) => section["fields"] as JsonArray ?? [];

    private static string CodeOf(JsonNode element) => (element["code"] ?? element["testItem"])!.GetValue<string>();

    private static string? LockOf(JsonObject element) => element["locked"]?.GetValue<string>();

    private static DocumentFaultException Gone(DocumentObject operation, string property, string code) =>
        new(operation.At(property), $"省级表单没有（或不再有）“{code}”，请更正，或删去这项操作");

    private static DocumentFaultException Locked(DocumentObject operation, string property, string code, string reason) =>
        new(operation.At(property), $"省级表单锁定了“{code}”（{reason}），血站不能改");

    /// <param name="Holds">What goes with it.</param>
    private sealed record Place(JsonArray List, JsonObject Element, IReadOnlyList<JsonObject> Holds);
}
