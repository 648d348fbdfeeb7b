using Microsoft.AspNetCore.Antiforgery;
using Platform.Pages;

namespace Web.Host;

/// <summary>A form that arrived after its page or its session had expired. Nothing of it was done; what was typed goes back to the person.</summary>
/// <param name="Token">The anti-forgery token the form came with, which still holds once the same person has signed in again; null: the page gives a new one.</param>
public sealed record UnsentForm(Refusal Refusal, string Action, IReadOnlyList<KeyValuePair<string, string>> Fields, string? Token)
{
    private const string TokenField = "__RequestVerificationToken";

    /// <summary>The posted form without passwords, PINs and handwriting; null when there is nothing to keep.</summary>
    public static async Task<UnsentForm?> ReadAsync(HttpContext http, Refusal refusal, bool keepToken)
    {
        // The form may be read though its token was refused: it is only shown again.
        http.Features.Set<IAntiforgeryValidationFeature>(null);
        var path = http.Request.Path;
        if (!HttpMethods.IsPost(http.Request.Method) || !IsSmall(http.Request) || path == "/sign-in" || path == "/sign-out" || path == "/pin") return null;
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var fields = form.Where(f => f.Key != TokenField && !IsProof(f.Key))
            .Select(f => KeyValuePair.Create(f.Key, f.Value.ToString())).ToList();
        return new UnsentForm(refusal, http.Request.PathBase + path, fields, keepToken ? form[TokenField].ToString() : null);
    }

    /// <summary>Whoever is not signed in must not make the server hold more than a form: a file is chosen again.</summary>
    private static bool IsSmall(HttpRequest request) =>
        request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true && request.ContentLength <= Serving.LargestPost;

    /// <summary>What proves a person is given anew each time.</summary>
    private static bool IsProof(string name) =>
        name.Contains("assword", StringComparison.Ordinal) || new[] { "pin-", "hand-", "wet-" }.Any(proof => name.StartsWith(proof, StringComparison.Ordinal));
}
