using Microsoft.AspNetCore.Http.Metadata;

namespace Web.Host;

/// <summary>Posts that may be larger than others stay in memory while they are read: as many at once as there is room for, the others wait before their first byte is read.</summary>
internal static class LargeUploads
{
    /// <summary>Each takes up to the size its endpoint allows.</summary>
    public const int AtOnce = 2;

    private static readonly SemaphoreSlim Places = new(AtOnce);

    public static async Task RunAsync(HttpContext http, RequestDelegate next)
    {
        if (!(http.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize > Serving.LargestPost * 4))
        {
            await next(http);
            return;
        }
        await Places.WaitAsync(http.RequestAborted);
        try
        {
            await next(http);
        }
        finally
        {
            Places.Release();
        }
    }
}
