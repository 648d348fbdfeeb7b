using Microsoft.AspNetCore.Http;

namespace Platform.Pages;

/// <summary>Pages that others than staff stand before: whatever goes wrong there, they show one page that gives nothing away.</summary>
/// <param name="Path">All of them lie there, below the tenant's address.</param>
/// <param name="Fault">The page, with the status it is answered with.</param>
public sealed record OwnSurface(string Path, Func<IPages, int, IResult> Fault);
