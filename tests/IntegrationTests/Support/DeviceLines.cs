using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Harness;
using Xunit;

namespace IntegrationTests.Support;

/// <summary>A server with a haematology analyser on MLLP, a chemistry analyser on MLLP, one on LIS1-A, and a device by a profile the station has published itself.</summary>
public sealed class DeviceLines : IAsyncLifetime
{
    private readonly TenantConfigCopy _configuration = new();

    public int Mllp { get; } = Installation.FreePort();
    public int Chemistry { get; } = Installation.FreePort();
    public int Astm { get; } = Installation.FreePort();
    public int Own { get; } = Installation.FreePort();
    public ProductHost Server { get; private set; } = null!;
    internal Staff Staff { get; private set; } = null!;
    internal TenantConfigCopy Configuration => _configuration;

    public async Task InitializeAsync()
    {
        _configuration.Write(OwnProfile("HB-X"), "hangzhou", "devices", "own", "analyser.profile.json");
        _configuration.EditRecipe("hangzhou", steps => steps.Insert(
            steps.IndexOf(TenantConfigCopy.Step(steps, "Station.Devices")), JsonNode.Parse("""{ "name": "Station.DeviceProfiles", "Files": [ { "SourcePath": "devices/own/*.profile.json" } ] }""")));
        _configuration.Enrol("hangzhou", ("analyser", "mindray/bc-5380", Mllp, "127.0.0.1"), ("chemistry", "mindray/bs", Chemistry, "127.0.0.1"),
            ("analyser-2", "sysmex/xn", Astm, "127.0.0.1"), ("own", "own/analyser", Own, "127.0.0.1"));
        _configuration.Enrol("shaoxing");
        _configuration.EditRecipe("hangzhou", steps => TenantConfigCopy.Step(steps, "settings")["OptionalTests"] = new JsonArray("mpv", "alt"));
        Server = await ProductHost.RunningAsync(_configuration.Folder);
        Staff = new Staff(Server);
        await Staff.AtAsync("hangzhou", "jc02");
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _configuration.Dispose();
    }

    /// <summary>A profile no product has ever seen, with the code it calls haemoglobin by.</summary>
    public static string OwnProfile(string code) => $$$"""
        {"maker":"Own","model":"1","title":"本站自己的仪器","source":"测试","format":"hl7","hierarchy":["MSH","OBR","OBX"],"clockMinutes":10,
        "message":{"sampleId":["OBR-3"],"observedTime":["OBR-7"]},"observation":{"code":["OBX-3"],"value":["OBX-5"],"unit":["OBX-6"],"flags":["OBX-8"],"status":["OBX-11"]},
        "finalStatuses":["F"],"items":[{"code":"hb","device":["{{{code}}}"],"unit":"g/L","units":{"g/L":1},"plausible":{"min":30,"max":250}}],
        "acknowledgement":["MSH|^~\\&|||||{now}||ACK|{MSH-10}|P|2.3.1","MSA|{code}|{MSH-10}"]}
        """;

    internal async Task<(Browser Nurse, Guid Visit, string Sample)> WaitingAsync(bool female)
    {
        var nurse = await Staff.AtAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber(female)));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        var page = Visiting.Words(await nurse.GetAsync($"/visits/{visit}/steps/tests"));
        return (nurse, visit, Regex.Match(page, @"\b20\d{9,}\b").Value);
    }

    internal static string Shown(Answer page, string field) => Regex.Match(page.Body, $"<input[^>]* name=\"{field}\" value=\"([^\"]*)\"").Groups[1].Value;

    internal Task<IReadOnlyList<IReadOnlyList<string?>>> RowsAsync(string sql) => new Database(Server, "hangzhou").RowsAsync(sql);

    internal async Task<string> SampleIdAsync(string number) =>
        (await RowsAsync($"SELECT \"Id\" FROM device_samples WHERE \"SampleNumber\" = '{number}' ORDER BY \"Id\" DESC"))[0][0]!.ToLowerInvariant();

    internal async Task<IEnumerable<string?>> StatusesAsync(string sample) =>
        (await RowsAsync($"SELECT s.\"Status\" FROM device_sample_statuses s JOIN device_samples d ON d.\"Id\" = s.\"SampleId\" WHERE d.\"SampleNumber\" = '{sample}' ORDER BY 1")).Select(r => r[0]);
}
