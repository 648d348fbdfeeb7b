using Microsoft.AspNetCore.Http;

namespace Platform.Pages;

/// <summary>Shows a page. Modules decide what is on it and with which status; the host knows how it looks.</summary>
public interface IPages
{
    IResult Show<TModel>(TModel model, int status = StatusCodes.Status200OK) where TModel : notnull;
}

/// <summary>Something was refused. One table maps each kind to a status; pages and APIs show the same words.</summary>
public sealed record Refusal(RefusalKind Kind, string Message, string Remedy = "");

public enum RefusalKind
{
    NotFound,
    Invalid,
    Forbidden,
    Conflict,
    Unavailable,
}

public static class RefusalResults
{
    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.NotFound => StatusCodes.Status404NotFound,
        RefusalKind.Invalid => StatusCodes.Status422UnprocessableEntity,
        RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    public static IResult Refuse(this IPages pages, Refusal refusal) => pages.Show(refusal, StatusOf(refusal.Kind));

    /// <summary>Leads on to a page.</summary>
    /// <param name="path">Below the tenant.</param>
    public static IResult LeadTo(this IPages _, string path) => new Onward(path);

    public static IResult Problem(Refusal refusal) =>
        Results.Problem(title: refusal.Message, detail: refusal.Remedy, statusCode: StatusOf(refusal.Kind));
}

/// <summary>A redirection below the tenant, whatever path the tenant has in this request.</summary>
internal sealed class Onward(string path) : IResult
{
    public Task ExecuteAsync(HttpContext http) => Results.LocalRedirect(http.Request.PathBase + path).ExecuteAsync(http);
}
