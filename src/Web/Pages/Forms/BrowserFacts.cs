using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Forms;
using Engine.Rules;

namespace Web.Pages.Forms;

/// <summary>The few facts from earlier steps that a form's conditions name, as JSON for the browser. Nothing else leaves the server.</summary>
internal static class BrowserFacts
{
    public static string Serialize(FormDefinition form, IFacts known)
    {
        var facts = new JsonObject();
        foreach (var code in form.ConditionFacts.Distinct(StringComparer.Ordinal))
            if (Value(known, code) is { } value) facts.Add(code, value);
        return facts.ToJsonString();
    }

    private static JsonNode? Value(IFacts known, string code)
    {
        if (known.Number(code) is { } number) return number;
        return known.Date(code) is { } date ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : known.Text(code);
    }
}
