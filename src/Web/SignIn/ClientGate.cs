using System.Globalization;
using Platform.Audit;
using Platform.People;
using Platform.Storage;

namespace Web.SignIn;

/// <summary>Wrong secrets of programs are counted by address: whoever guesses waits.</summary>
internal static class ClientGate
{
    public static async Task RunAsync(HttpContext http, RequestDelegate next)
    {
        if (!HttpMethods.IsPost(http.Request.Method) || !http.Request.Path.StartsWithSegments("/connect/token", StringComparison.OrdinalIgnoreCase))
        {
            await next(http);
            return;
        }
        var (tries, clock) = (http.RequestServices.GetRequiredService<TryLog>(), http.RequestServices.GetRequiredService<TimeProvider>());
        var source = Visitor.SourceOf(http.Connection.RemoteIpAddress);
        var trial = new Trial([new TryKey(TryLimit.Client, source)], [], null);
        if (await tries.WaitAsync(trial, http.RequestAborted) is { } until)
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            http.Response.Headers.RetryAfter = ((int)Math.Ceiling((until - clock.GetUtcNow()).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return;
        }
        await next(http);
        if (http.Response.StatusCode == StatusCodes.Status401Unauthorized)
            await tries.CountAsync(trial, (store, sum) => store.Add(Actor.Nobody.Did("应用密钥错误", "client:unknown", clock.GetUtcNow(), new AuditChange(New: $"来自 {source}，第 {sum.Failures} 次"))));
    }
}
