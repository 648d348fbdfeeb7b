using System.Text.Json.Nodes;

namespace Harness;

/// <summary>The shipped flow, changed for a test as a station's own.</summary>
public sealed class FlowCopy
{
    private readonly JsonNode _flow = JsonNode.Parse(File.ReadAllText(Path.Combine(Installation.Repository, "workflows", "apheresis-platelets.workflow.json")))!;

    private JsonArray Activities => _flow["root"]!["activities"]!.AsArray();
    private JsonArray Connections => _flow["root"]!["connections"]!.AsArray();

    public static string Literal(string value) => $$$"""{"typeName":"String","expression":{"type":"Literal","value":{{{JsonValue.Create(value).ToJsonString()}}}}}""";

    public FlowCopy Set(string activity, string property, string json)
    {
        Activities.Single(a => a!["id"]!.GetValue<string>() == activity)![property] = JsonNode.Parse(json);
        return this;
    }

    /// <summary>Puts an activity where the arrow from this port is, and goes on from its own port.</summary>
    public FlowCopy Insert(string after, string port, string id, string type, string properties, string leave = "Done")
    {
        Activities.Add(JsonNode.Parse($$"""{"id":"{{id}}","type":"{{type}}",{{properties}}}"""));
        var arrow = Connections.Single(c => c!["source"]!["activity"]!.GetValue<string>() == after && c["source"]!["port"]!.GetValue<string>() == port)!;
        var target = arrow["target"]!["activity"]!.GetValue<string>();
        arrow["target"]!["activity"] = id;
        Connections.Add(JsonNode.Parse($$$"""{"source":{"activity":"{{{id}}}","port":"{{{leave}}}"},"target":{"activity":"{{{target}}}","port":"In"}}"""));
        return this;
    }

    /// <summary>Leaves an activity out: whatever led to it leads on to where its own port led.</summary>
    public FlowCopy Bypass(string activity, string port = "Done")
    {
        var next = Connections.Single(c => c!["source"]!["activity"]!.GetValue<string>() == activity && c["source"]!["port"]!.GetValue<string>() == port)!["target"]!["activity"]!.GetValue<string>();
        foreach (var arrow in Connections.Where(c => c!["source"]!["activity"]!.GetValue<string>() == activity).ToList()) Connections.Remove(arrow);
        foreach (var arrow in Connections.Where(c => c!["target"]!["activity"]!.GetValue<string>() == activity)) arrow!["target"]!["activity"] = next;
        Activities.Remove(Activities.Single(a => a!["id"]!.GetValue<string>() == activity));
        return this;
    }

    /// <summary>One more button of a task.</summary>
    public FlowCopy AddAction(string task, string json)
    {
        var value = Activities.Single(a => a!["id"]!.GetValue<string>() == task)!["actionDefinitions"]!["expression"]!;
        var actions = JsonNode.Parse(value["value"]!.GetValue<string>())!.AsArray();
        actions.Add(JsonNode.Parse(json));
        value["value"] = actions.ToJsonString();
        return this;
    }

    public FlowCopy Connect(string source, string port, string target)
    {
        Connections.Add(JsonNode.Parse($$$"""{"source":{"activity":"{{{source}}}","port":"{{{port}}}"},"target":{"activity":"{{{target}}}","port":"In"}}"""));
        return this;
    }

    public string Json => _flow.ToJsonString();

    /// <summary>Makes it the flow of one station.</summary>
    public void WriteTo(TenantConfigCopy configuration, string tenant)
    {
        configuration.Write(_flow.ToJsonString(), tenant, "workflows", "apheresis-platelets.workflow.json");
        configuration.EditRecipe(tenant, steps => steps.Insert(steps.IndexOf(TenantConfigCopy.Step(steps, "Station.ProvinceDocuments")) + 1,
            JsonNode.Parse("""{ "name": "Station.Workflows", "Files": [ { "SourcePath": "workflows/*.workflow.json" } ] }""")));
    }
}
