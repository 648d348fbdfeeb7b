using System.Text.RegularExpressions;
using Harness;
using Xunit;

namespace IntegrationTests.Support;

/// <summary>The pages of changes as people post them.</summary>
internal static class ChangePosting
{
    /// <summary>Saves values of the station into the person's open change, or into a new one.</summary>
    public static async Task<Answer> SaveStationAsync(this Browser browser, string title, string reason, params (string Key, string Value)[] values)
    {
        var page = await browser.GetAsync("/config/station");
        return await browser.PostAsync("/config/station", new Dictionary<string, string>(values.Select(v => KeyValuePair.Create("f-" + v.Key, v.Value)))
        {
            ["_change"] = Value(page, "_change"), ["_revision"] = Value(page, "_revision"), ["title"] = title, ["reason"] = reason,
        });
    }

    public static async Task<Answer> ActAsync(this Browser browser, string change, string act, params (string Name, string Value)[] fields)
    {
        var page = await browser.GetAsync("/config/changes/" + change);
        return await browser.PostAsync("/config/changes/" + change, new Dictionary<string, string>(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)))
        {
            ["_act"] = act, ["_revision"] = Value(page, "_revision"), ["_set"] = Value(page, "_set"),
        });
    }

    public static async Task DoneAsync(this Browser browser, string change, string act, params (string Name, string Value)[] fields)
    {
        var answer = await browser.ActAsync(change, act, fields);
        Assert.True(answer.Status == 302, Visiting.Words(answer));
    }

    public static async Task RefusedAsync(this Browser browser, string change, string act, string words, params (string Name, string Value)[] fields)
    {
        var answer = await browser.ActAsync(change, act, fields);
        Assert.True(answer.Status == 422 && answer.Has(words), Visiting.Words(answer));
    }

    /// <summary>Id of the change whose bar the person sees.</summary>
    public static async Task<string> OpenChangeAsync(this Browser browser) => Regex.Match((await browser.GetAsync("/config/station")).Body, "/config/changes/([0-9a-f-]{36})").Groups[1].Value;

    public static string Value(Answer page, string name) => Regex.Match(page.Body, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value;
}
