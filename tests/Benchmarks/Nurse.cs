using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Harness;

namespace Benchmarks;

/// <summary>A signed-in person at one station, posting forms as a browser does.</summary>
internal sealed partial class Nurse : IDisposable
{
    public const string Pin = "135790";
    public const string Account = "hs01";
    private readonly HttpClient _http;
    private readonly string _station;
    private const int DonorsPerDesk = 2000;
    private const string Numerals = "零一二三四五六七八九";
    private int _donors;

    private Nurse(Uri server, string station)
    {
        _station = "/" + station;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = server };
    }

    /// <param name="desk">Tells apart the donors of several browsers of the same account.</param>
    public static async Task<Nurse> SignInAsync(Uri server, string station, string account = Account, int desk = 0)
    {
        var nurse = new Nurse(server, station) { _donors = desk * DonorsPerDesk };
        await nurse.PostAsync("/sign-in", await nurse.FormAsync("/sign-in"), ("userName", account), ("password", Installation.DemoPassword));
        if (await nurse.GetAsync(nurse._station + "/pin") is var page && WebUtility.HtmlDecode(page).Contains("设置签名 PIN", StringComparison.Ordinal))
            await nurse.PostAsync("/pin", Inputs(page), ("password", Installation.DemoPassword), ("pin", Pin), ("pinAgain", Pin));
        return nurse;
    }

    /// <summary>What has gone over the wire so far, bodies only.</summary>
    public Traffic Traffic { get; private set; } = new(0, 0, 0);

    /// <summary>A donor nobody has seen before, from registration to the heat seal, at hangzhou with its MPV.</summary>
    public async Task DonateAsync()
    {
        var idNumber = IdNumber(_donors + 1);
        var path = await RegisterAsync();
        var visit = path[..path.IndexOf("/steps", StringComparison.Ordinal)];
        await PostAsync(path, await GeneralCheckAsync(path));
        await StepAsync(visit, "tests", ("hb", "138"), ("hct", "0.41"), ("plt", "260"), ("wbc", "6.2"), ("mpv", "10.0"), ("abo", "A"), ("lipaemia", "no"), ("pin-tester", Pin), ("signer-checker", "jc02"), ("pin-checker", Pin));
        await StepAsync(visit, "assessment", ("targetUnits", "1"), ("pin-assessor", Pin));
        var number = DonationNumber().Match(await GetAsync(visit)).Value;
        var now = DateTime.UtcNow.AddHours(8).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);
        var later = DateTime.UtcNow.AddHours(8).AddMinutes(5).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);
        (string, string)[] both = [("pin-collector", Pin), ("signer-checker", "hd01"), ("pin-checker", Pin)];
        await StepAsync(visit, "pre-collection-check", [("bedsideIdentity", "yes"), ("bedsideDocument", idNumber), ("recordLabel", number), ("kitLabel", number), ("tubeLabel", number), ("separatorCode", "SEP-01"), ("kitModel", "80300"),
            ("kitLot", "2607105151"), ("kitExpiresOn", "2099-07-01"), ("acdaLot", "26092441"), ("acdaExpiresOn", "2099-08-31"), ("salineLot", "260426299"), ("salineExpiresOn", "2099-04-25"), .. both]);
        await StepAsync(visit, "collection-record", [("arm", "left"), ("needleAt", now), ("collectionEndedAt", later), ("runCompleted", "no"), ("abortReason", "wish"), ("redCellsReturned", "yes"), ("processedBloodMl", "500"),
            ("acdaUsedMl", "60"), ("acdaBags", "1"), ("productVolumeMl", "60"), ("acdaInProductMl", "8"), ("plateletYield", "0.60"), ("collectedUnits", "0"), .. both]);
        await StepAsync(visit, "post-collection-check", [("recordLabelAfter", number), ("bagLabelAfter", number), ("tubeLabelAfter", number), ("bagCount", "2"), ("tubeCount", "4"), ("donorFeelsWell", "yes"), .. both]);
        await StepAsync(visit, "heat-seal-check", ("sealedBagLabel", number), ("segmentLabel", number), ("sealIntact", "yes"), ("pin-sealer", Pin), ("signer-checker", "hd01"), ("pin-checker", Pin));
    }

    private async Task StepAsync(string visit, string step, params (string Name, string Value)[] typed)
    {
        var path = $"{visit}/steps/{step}";
        await PostAsync(path, Inputs(await GetAsync(path)), typed);
    }

    /// <summary>Registers a donor nobody has seen before, who consents and answers; returns the visit's general check.</summary>
    public async Task<string> RegisterAsync()
    {
        var inquiry = await RegisterOnlyAsync();
        return Next(await SendAsync(inquiry, await HealthyAsync(inquiry), ("identity-donor", "yes"), ("hand-donor", DrawnName.DataUrl)));
    }

    /// <summary>Registers a donor nobody has seen before; returns the visit's consent and inquiry.</summary>
    public async Task<string> RegisterOnlyAsync()
    {
        var idNumber = IdNumber(++_donors);
        var found = await SendAsync("/registration/find", await FormAsync("/registration"), ("idNumber", idNumber));
        var form = Inputs(await found.Content.ReadAsStringAsync());
        var answer = await SendAsync("/registration", form,
            ("name", DonorName(_donors)), ("phone", "13800000000"), ("address", "演示路 1 号"), ("donorCategory", "repeat"), ("priorReaction", "no"));
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

    public Task<byte[]> BytesAsync(string path) => _http.GetByteArrayAsync(path);

    /// <summary>What a page gives for what is typed into its form.</summary>
    public async Task<byte[]> DownloadAsync(string page, string path, params (string Name, string Value)[] typed)
    {
        using var answer = await SendAsync(path, Inputs(await GetAsync(page)), typed);
        return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsByteArrayAsync() : throw new InvalidOperationException($"{path} answered {answer.StatusCode}");
    }

    /// <summary>Posts a page's form as it stands.</summary>
    public async Task SubmitAsync(string path) => await PostAsync(path, Inputs(await GetAsync(path)));

    public async Task<string> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(path);
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{path} answered {answer.StatusCode} {answer.Headers.Location}");
        var body = await answer.Content.ReadAsStringAsync();
        Traffic = new(Traffic.Requests + 1, Traffic.Sent, Traffic.Received + System.Text.Encoding.UTF8.GetByteCount(body));
        return body;
    }

    /// <exception cref="InvalidOperationException">The form was not accepted.</exception>
    public async Task PostAsync(string path, Dictionary<string, string> form, params (string Name, string Value)[] typed) => Next(await SendAsync(path, form, typed));

    private async Task<HttpResponseMessage> SendAsync(string path, Dictionary<string, string> form, params (string Name, string Value)[] typed)
    {
        foreach (var (name, value) in typed) form[name] = value;
        var content = new FormUrlEncodedContent(form);
        Traffic = new(Traffic.Requests + 1, Traffic.Sent + content.Headers.ContentLength!.Value, Traffic.Received);
        return await _http.PostAsync(path.StartsWith(_station, StringComparison.Ordinal) ? path : _station + path, content);
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

    /// <summary>In Chinese numerals, so that however many donors there are, each name can be read and printed.</summary>
    private static string DonorName(int number) => "压测" + string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(d => Numerals[d - '0']));

    /// <summary>Invented numbers of a valid shape (GB 11643): women born in 1990, by running number.</summary>
    private static string IdNumber(int number)
    {
        int[] weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var digits = "330102" + new DateOnly(1990, 1, 1).AddDays(number / 400).ToString("yyyyMMdd", CultureInfo.InvariantCulture) + (number % 400 * 2).ToString("000", CultureInfo.InvariantCulture);
        return digits + "10X98765432"[digits.Select((d, i) => (d - '0') * weights[i]).Sum() % 11];
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("9910[12][0-9]{8}")]
    private static partial Regex DonationNumber();

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

/// <summary>Requests, and bytes of their bodies.</summary>
internal sealed record Traffic(long Requests, long Sent, long Received)
{
    public static Traffic operator -(Traffic later, Traffic earlier) => new(later.Requests - earlier.Requests, later.Sent - earlier.Sent, later.Received - earlier.Received);
}
