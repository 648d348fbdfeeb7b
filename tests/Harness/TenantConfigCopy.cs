using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Harness;

/// <summary>A copy of the repository's tenant configuration that a test may change.</summary>
public sealed class TenantConfigCopy : IDisposable
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public TenantConfigCopy()
    {
        var source = Path.Combine(Installation.Repository, "tenant-config");
        foreach (var file in Directory.GetFiles(source, "*.json", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tenant-config-").FullName;

    public string PathOf(params string[] relative) => Path.Combine([Folder, .. relative]);

    public string Read(params string[] relative) => File.ReadAllText(PathOf(relative));

    public void Write(string text, params string[] relative)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllText(PathOf(relative), text);
    }

    public void Edit(Action<JsonNode> change, params string[] relative)
    {
        var json = JsonNode.Parse(Read(relative))!;
        change(json);
        Write(json.ToJsonString(Readable), relative);
    }

    public void EditRecipe(string tenant, Action<JsonArray> change) => Edit(recipe => change(recipe["steps"]!.AsArray()), tenant, tenant + ".recipe.json");

    /// <summary>Adds a demonstration account <c>as-ROLE</c> for each role of the tenant's recipe.</summary>
    public void AddOnePersonPerRole(string tenant) => EditRecipe(tenant, steps =>
    {
        var users = Step(steps, "Users")["Users"]!.AsArray();
        foreach (var role in Step(steps, "Roles")["Roles"]!.AsArray().Select(r => r!["Name"]!.GetValue<string>()))
            users.Add(new JsonObject { ["UserName"] = "as-" + role, ["FullName"] = "演示" + role, ["RoleNames"] = new JsonArray(role) });
    });

    /// <summary>Lets a session stand untouched for half a day: such tests move the clock by hours while their people stay signed in.</summary>
    public void StaySignedIn(string tenant) => EditRecipe(tenant, steps =>
    {
        foreach (var role in Step(steps, "Roles")["Roles"]!.AsArray()) role!["IdleMinutes"] = 720;
    });

    /// <summary>Adds a program that signs in by client credentials, and one that signs people in by code with PKCE.</summary>
    public void AddApplications(string tenant) => EditRecipe(tenant, steps =>
    {
        steps.Add(JsonNode.Parse("""{ "name": "OpenIdApplication", "ClientId": "archive-reader", "ClientSecret": "archive-reader-secret-2026", "DisplayName": "档案读取", "AllowClientCredentialsFlow": true, "Scopes": "archive.read" }"""));
        steps.Add(JsonNode.Parse("""{ "name": "OpenIdApplication", "ClientId": "tablet", "DisplayName": "平板", "RedirectUris": "https://tablet.example/back", "AllowAuthorizationCodeFlow": true }"""));
    });

    public static JsonNode Step(JsonArray steps, string name) => steps.First(s => s!["name"]!.GetValue<string>() == name)!;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
