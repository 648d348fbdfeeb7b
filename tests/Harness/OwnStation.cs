using System.Text.Json.Nodes;

namespace Harness;

/// <summary>What a station copied from another has to have of its own before it can be set up.</summary>
public static class OwnStation
{
    private const int FirstPort = 20_000;

    /// <summary>Gives the recipe's steps a station code, a fonds and ports that no other number gives.</summary>
    /// <param name="number">1 to 999.</param>
    public static void Number(JsonArray steps, int number)
    {
        var values = TenantConfigCopy.Step(steps, "settings")["Station"]!;
        values["donationNumberPattern"] = $"{97_000 + number}{{yy}}{{serial}}";
        values["archiveNumberPattern"] = $"Z{number:000}X-YW·XX-{{yyyy}}-{{retention}}-{{department}}-{{item:0000}}";
        foreach (var device in TenantConfigCopy.Step(steps, "Station.Devices")["Devices"]!.AsArray())
            if (device!["Port"] is not null) device["Port"] = FirstPort + number;
    }

    /// <summary>A pack of another station under this one's id, with its cases.</summary>
    public static (string Pack, string Cases) Packs(string pack, string cases, string from, string to) =>
        (pack.Replace($"\"{from}\"", $"\"{to}\"", StringComparison.Ordinal), cases.Replace($"\"{from}\"", $"\"{to}\"", StringComparison.Ordinal));
}
