using System.Collections.Concurrent;

namespace Harness;

/// <summary>The people of a running server: signs them in once, chooses their PIN, and keeps their browsers.</summary>
/// <param name="known">Cookies of those who had signed in before the server's data was copied, by station and account.</param>
internal sealed class Staff(Installation server, IReadOnlyDictionary<(string, string), Dictionary<string, string>>? known = null)
{
    public const string Pin = "135790";
    private readonly ConcurrentDictionary<(string, string), Lazy<Task<Browser>>> _browsers = new();

    public Browser Stranger(string tenant) => new(server.Address, tenant == "Default" ? "" : "/" + tenant) { Settles = server is ProductHost host ? host.DrainAsync : null };

    public Task<Browser> AtAsync(string tenant, string account) =>
        _browsers.GetOrAdd((tenant, account), key => new Lazy<Task<Browser>>(() => known?.ContainsKey(key) == true ? BackAsync(key) : SignInAsync(key.Item1, key.Item2))).Value;

    private async Task<Browser> BackAsync((string Tenant, string Account) who)
    {
        var browser = Stranger(who.Tenant);
        foreach (var (name, value) in known![who]) browser.Cookies[name] = value;
        await browser.GetAsync("/pin");
        return browser;
    }

    /// <summary>A browser of its own for someone who may be signed in elsewhere too.</summary>
    public async Task<Browser> SignInAsync(string tenant, string account)
    {
        var browser = Stranger(tenant);
        await browser.GetAsync("/sign-in");
        var answer = await browser.PostAsync("/sign-in", ("userName", account), ("password", Installation.DemoPassword), ("returnUrl", ""));
        if (answer.Status != 302) throw new InvalidOperationException($"{account} could not sign in at {tenant}: {answer.Status} {answer.Body}");
        if ((await browser.GetAsync("/pin")).Headline != "设置签名 PIN") return browser;
        answer = await browser.PostAsync("/pin", ("password", Installation.DemoPassword), ("pin", Pin), ("pinAgain", Pin));
        return answer.Status == 302 ? browser : throw new InvalidOperationException($"{account} could not choose a PIN at {tenant}: {answer.Status} {answer.Body}");
    }
}
