using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Harness;

/// <summary>What the server answered.</summary>
/// <param name="Location">Where it sends the browser, as written; null when it does not.</param>
internal sealed record Answer(int Status, string? Location, string Body, HttpResponseHeaders Headers, byte[] Bytes)
{
    /// <summary>Value of a hidden input of the page.</summary>
    public string Hidden(string name) => Regex.Match(Body, $"<input type=\"hidden\" name=\"{Regex.Escape(name)}\" value=\"([^\"]*)\"") is { Success: true } found
        ? WebUtility.HtmlDecode(found.Groups[1].Value)
        : throw new InvalidOperationException($"The page ({Status}) has no hidden input {name}:\n{Body}");

    public bool Has(string text) => WebUtility.HtmlDecode(Body).Contains(text, StringComparison.Ordinal);

    public string Headline => Regex.Match(WebUtility.HtmlDecode(Body), "<h1>(.*?)</h1>").Groups[1].Value;
}

/// <summary>One browser at one tenant, as far as the server can tell: it keeps cookies, follows no redirect, and sends the last page's anti-forgery token.</summary>
internal sealed partial class Browser(Uri server, string prefix) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server, Timeout = TimeSpan.FromMinutes(2) };
    private volatile string _token = "";

    /// <summary>Cookies by name; replaying another browser's is a matter of copying them.</summary>
    public ConcurrentDictionary<string, string> Cookies { get; } = new(StringComparer.Ordinal);

    public string Prefix => prefix;

    public string? Bearer { get; set; }

    /// <summary>Ends when the server has nothing left to do; null where it cannot be asked.</summary>
    public Func<Task>? Settles { get; init; }

    /// <summary>What a proxy says the browser used; null when it says nothing.</summary>
    public string? ForwardedProto { get; init; }

    /// <summary>Address a proxy says the browser has; null when it says nothing.</summary>
    public string? ForwardedFor { get; set; }

    /// <summary>Name a proxy says the browser asked for; null when it says nothing.</summary>
    public string? ForwardedHost { get; init; }

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, prefix + path));

    /// <param name="withToken">Whether the anti-forgery token of the last page goes along.</param>
    public Task<Answer> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> fields, bool withToken = true)
    {
        var all = withToken ? fields.Append(new("__RequestVerificationToken", _token)) : fields;
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, prefix + path) { Content = new FormUrlEncodedContent(all) });
    }

    /// <summary>Sends a file as the field <c>file</c> beside other fields.</summary>
    public Task<Answer> UploadAsync(string path, byte[] file, params (string Name, string Value)[] fields)
    {
        var content = new MultipartFormDataContent { { new ByteArrayContent(file), "file", "run.txt" }, { new StringContent(_token), "__RequestVerificationToken" } };
        foreach (var (name, value) in fields) content.Add(new StringContent(value), name);
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, prefix + path) { Content = content });
    }

    public Task<Answer> PostJsonAsync(string path, string json) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, prefix + path) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") });

    public Task<Answer> PostAsync(string path, params (string Name, string Value)[] fields) => PostAsync(path, fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            if (!Cookies.IsEmpty) request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
            if (ForwardedProto is not null) request.Headers.Add("X-Forwarded-Proto", ForwardedProto);
            if (ForwardedFor is not null) request.Headers.Add("X-Forwarded-For", ForwardedFor);
            if (ForwardedHost is not null) request.Headers.Add("X-Forwarded-Host", ForwardedHost);
            if (Bearer is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Bearer);
            using var response = await _http.SendAsync(request);
            if (response.Headers.TryGetValues("Set-Cookie", out var set))
                foreach (var cookie in set) Keep(cookie);
            var bytes = await response.Content.ReadAsByteArrayAsync();
            var body = System.Text.Encoding.UTF8.GetString(bytes);
            if (Token().Match(body) is { Success: true } found) _token = found.Groups[1].Value;
            return new Answer((int)response.StatusCode, response.Headers.Location?.OriginalString, body, response.Headers, bytes);
        }
    }

    private void Keep(string cookie)
    {
        var pair = cookie.Split(';')[0].Split('=', 2);
        if (pair[1].Length == 0) Cookies.TryRemove(pair[0], out _);
        else Cookies[pair[0]] = pair[1];
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
