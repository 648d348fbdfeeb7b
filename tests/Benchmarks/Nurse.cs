using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Harness;

namespace Benchmarks;

/// <summary>A signed-in person at one station, posting forms as a browser does.</summary>
internal sealed partial class Nurse : IDisposable
{
    public const string Pin = "135790";
    private readonly HttpClient _http;
    private readonly string _station;
    private int _donors;

    private Nurse(Uri server, string station)
    {
        _station = "/" + station;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = server };
    }

    public static async Task<Nurse> SignInAsync(Uri server, string station)
    {
        var nurse = new Nurse(server, station);
        await nurse.PostAsync("/sign-in", await nurse.FormAsync("/sign-in"), ("userName", "hs01"), ("password", ServerProcess.DemoPassword));
        await nurse.PostAsync("/pin", await nurse.FormAsync("/pin"), ("password", ServerProcess.DemoPassword), ("pin", Pin), ("pinAgain", Pin));
        return nurse;
    }

    /// <summary>Registers a donor nobody has seen before, who consents and answers; returns the visit's general check.</summary>
    public async Task<string> RegisterAsync()
    {
        var inquiry = await RegisterOnlyAsync();
        return Next(await SendAsync(inquiry, await HealthyAsync(inquiry), ("hand-donor", DrawnName.DataUrl)));
    }

    /// <summary>Registers a donor nobody has seen before; returns the visit's consent and inquiry.</summary>
    public async Task<string> RegisterOnlyAsync()
    {
        var idNumber = IdNumber(++_donors);
        var found = await SendAsync("/registration/find", await FormAsync("/registration"), ("idNumber", idNumber));
        var form = Inputs(await found.Content.ReadAsStringAsync());
        var answer = await SendAsync("/registration", form,
            ("name", "压测" + (char)('一' + _donors)), ("phone", "13800000000"), ("address", "演示路 1 号"), ("donorCategory", "repeat"));
        return Next(answer);
    }

    /// <summary>The form of a step, every question answered as by a healthy person.</summary>
    public async Task<Dictionary<string, string>> HealthyAsync(string path)
    {
        var html = await GetAsync(path);
        var form = Inputs(html);
        foreach (Match question in Expected().Matches(html)) form[question.Groups[1].Value] = question.Groups[2].Value;
        return form;
    }

    /// <summary>The form of the general check with normal findings.</summary>
    public async Task<Dictionary<string, string>> GeneralCheckAsync(string path)
    {
        var form = await HealthyAsync(path);
        foreach (var (name, value) in new[] { ("height", "165"), ("weight", "60"), ("systolic", "118"), ("diastolic", "76"), ("pulse", "72"), ("temperature", "36.5"), ("hand-donor", DrawnName.DataUrl), ("pin-examiner", Pin) })
            form[name] = value;
        return form;
    }

    public async Task<string> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(path);
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{path} answered {answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync();
    }

    /// <exception cref="InvalidOperationException">The form was not accepted.</exception>
    public async Task PostAsync(string path, Dictionary<string, string> form, params (string Name, string Value)[] typed) => Next(await SendAsync(path, form, typed));

    private async Task<HttpResponseMessage> SendAsync(string path, Dictionary<string, string> form, params (string Name, string Value)[] typed)
    {
        foreach (var (name, value) in typed) form[name] = value;
        return await _http.PostAsync(path.StartsWith(_station, StringComparison.Ordinal) ? path : _station + path, new FormUrlEncodedContent(form));
    }

    private static string Next(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.Redirect ? answer.Headers.Location!.OriginalString
        : throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri} answered {answer.StatusCode}: {Problems(answer.Content.ReadAsStringAsync().Result)}");

    private static string Problems(string html) => string.Join("; ", Problem().Matches(html).Select(m => m.Groups[1].Value));

    private async Task<Dictionary<string, string>> FormAsync(string path) => Inputs(await GetAsync(_station + path));

    private static Dictionary<string, string> Inputs(string html)
    {
        var form = new Dictionary<string, string>();
        foreach (Match input in Input().Matches(html))
        {
            var attributes = Attribute().Matches(input.Value).ToDictionary(a => a.Groups[1].Value, a => WebUtility.HtmlDecode(a.Groups[2].Value));
            if (!attributes.TryGetValue("name", out var name) || (attributes.GetValueOrDefault("type") == "radio" && !input.Value.Contains(" checked", StringComparison.Ordinal))) continue;
            form[name] = attributes.GetValueOrDefault("value", "");
        }
        foreach (Match select in Selected().Matches(html)) form[select.Groups[1].Value] = select.Groups[2].Value;
        return form;
    }

    /// <summary>Invented numbers of a valid shape (GB 11643): women born in 1990, by running number.</summary>
    private static string IdNumber(int number)
    {
        int[] weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var digits = "330102" + new DateOnly(1990, 1, 1).AddDays(number / 400).ToString("yyyyMMdd", CultureInfo.InvariantCulture) + (number % 400 * 2).ToString("000", CultureInfo.InvariantCulture);
        return digits + "10X98765432"[digits.Select((d, i) => (d - '0') * weights[i]).Sum() % 11];
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("<input [^>]*>")]
    private static partial Regex Input();

    [GeneratedRegex("([a-zA-Z-]+)=\"([^\"]*)\"")]
    private static partial Regex Attribute();

    [GeneratedRegex("data-field=\"([^\"]+)\"[^>]*? data-expected=\"([^\"]+)\"")]
    private static partial Regex Expected();

    [GeneratedRegex("<select id=\"[^\"]*\" name=\"([^\"]+)\"(?:(?!</select>).)*?<option value=\"([^\"]*)\" selected", RegexOptions.Singleline)]
    private static partial Regex Selected();

    [GeneratedRegex("<li><a href=\"#[^\"]*\">([^\n]*)</li>")]
    private static partial Regex Problem();
}
