using System.Text.Json.Nodes;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Whatever a document names is there among the documents it will be in force with.</summary>
[Collection(PublishingDesk.Name)]
public sealed class ReferencesTests(PublishingDesk desk)
{
    private const string Flow = "apheresis-platelets";
    private const string FlowFile = Flow + ".workflow.json";
    private static readonly string Folder = Path.Combine(Harness.Installation.Repository, "workflows");

    [Theory]
    [InlineData("heat-seal-check", "form", "Object", "{\"key\":\"heat-seal-chekc\"}", "heat-seal-chekc")]
    [InlineData("heat-seal-check", "permission", "Literal", "collection.heat-sael", "collection.heat-sael")]
    [InlineData("check-general", "stage", "Literal", "general-chekc", "general-chekc")]
    [InlineData("bedside", "feature", "Literal", "collection.bedsied", "collection.bedsied")]
    [InlineData("print-label", "document", "Literal", "donation-lable", "donation-lable")]
    [InlineData("general-check", "documents", "Object", "[\"record-consnet\"]", "record-consnet")]
    [InlineData("general-check", "escalateTo", "Literal", "collection.escalatde", "collection.escalatde")]
    public async Task Given_a_flow_that_names_what_is_not_there_When_published_Then_refused_at_its_place(string activity, string property, string type, string value, string name)
    {
        var flow = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, FlowFile)))!;
        var changed = flow["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.GetValue<string>() == activity)!;
        changed[property] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = type, ["value"] = value } };

        (await PublishFlowAsync(flow)).Refused(FlowFile, "." + property, name);
    }

    [Theory]
    [InlineData("general-check.form.json", "\"weight\"", "\"wieght\"", "weight")]
    [InlineData("general-check.form.json", "\"collection.general-check\"", "\"collection.genral-check\"", "collection.genral-check")]
    [InlineData("general-check.form.json", "\"form\": \"consent-inquiry\"", "\"form\": \"consent-inqiry\"", "consent-inqiry")]
    [InlineData("tests.form.json", "\"mpv\"", "\"mvp\"", "mvp")]
    [InlineData("registration.form.json", "\"idNumber\"", "\"idNumer\"", "idNumber")]
    public async Task Given_a_form_that_breaks_what_refers_to_it_When_published_Then_refused_naming_what_is_missing(string file, string was, string now, string name)
    {
        var text = desk.Configuration.Read("Default", "forms", file);
        Assert.Contains(was, text, StringComparison.Ordinal);

        (await desk.PublishAsync((file, text.Replace(was, now, StringComparison.Ordinal)))).Refused(name);
    }

    private Task<VerbResult> PublishFlowAsync(JsonNode flow) =>
        desk.PublishAsync((FlowFile, PublishingDesk.Text(flow)), (Flow + ".tests.json", File.ReadAllText(Path.Combine(Folder, Flow + ".tests.json"))));
}
