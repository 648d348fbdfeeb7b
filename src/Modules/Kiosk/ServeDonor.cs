using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Modules.Collection.Contracts;
using Platform.Pages;

namespace Modules.Kiosk;

/// <summary>身份核验.</summary>
public sealed record KioskStartModel(FormDefinition Form, FormContext Context, IReadOnlyDictionary<string, string> Values, IReadOnlyList<FieldError> Errors);

/// <summary>One section of a form.</summary>
public sealed record KioskScreenModel(
    int Number, int Total, bool IsFirst, FormDefinition Form, FormContext Context, IReadOnlyDictionary<string, string> Values, IReadOnlyList<FieldError> Errors)
{
    /// <summary>It was opened from the summary to change one answer, and leads back there.</summary>
    public bool FromSummary { get; init; }
}

/// <summary>签名: the donor's own answers of this session, and the pad.</summary>
/// <param name="Form">The form with those signers only who sign here.</param>
public sealed record KioskSignModel(int Number, int Total, FormDefinition Form, Guid OperationId, IReadOnlyList<KioskAnswer> Answers, string? Fault)
{
    /// <summary>Drawn before the fault; nothing can be changed on this page.</summary>
    public string? Picture { get; init; }
}

/// <param name="Path">Where it is changed, below the tenant.</param>
public sealed record KioskAnswer(string Label, string Value, string Path);

/// <summary>完成.</summary>
/// <param name="Queue">排队号; null for whoever was not registered.</param>
public sealed record KioskDoneModel(bool ToDesk, string? Queue);

/// <summary>A donor before a terminal: identity, registration, consent and questions one screen at a time, signature, end.</summary>
internal sealed class ServeDonor(KioskSessions sessions, ISelfService service, IPages pages)
{
    public const string Start = Contracts.Kiosk.Path + "/start";
    private const string Screen = Contracts.Kiosk.Path + "/screen/";
    private const string Done = Contracts.Kiosk.Path + "/done/";

    /// <summary>Says that a screen was opened from the summary.</summary>
    private const string Then = "_then";
    private const string Summary = "sign";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var forged = new RequireAntiforgeryTokenAttribute();
        endpoints.MapGet(Start, (HttpContext http, ServeDonor use, CancellationToken cancel) => use.StartAsync(http, cancel)).OnlyTerminal();
        endpoints.MapPost(Start, (HttpContext http, ServeDonor use, CancellationToken cancel) => use.IdentifyAsync(http, cancel)).OnlyTerminal().WithMetadata(forged).RequireRateLimiting(KioskModule.Attempts);
        endpoints.MapGet(Screen + "{number:int}", (int number, HttpContext http, ServeDonor use, CancellationToken cancel) => use.ShowAsync(number, http, cancel)).OnlyTerminal();
        endpoints.MapPost(Screen + "{number:int}", (int number, HttpContext http, ServeDonor use, CancellationToken cancel) => use.AnswerAsync(number, http, cancel)).OnlyTerminal().WithMetadata(forged);
        endpoints.MapPost(Contracts.Kiosk.Path + "/leave", (HttpContext http, ServeDonor use, CancellationToken cancel) => use.LeaveAsync(http, cancel)).OnlyTerminal().WithMetadata(forged);
        endpoints.MapGet(Contracts.Kiosk.Path + "/alive", async (HttpContext http, KioskSessions sessions, CancellationToken cancel) => await sessions.ReadAsync(http, cancel) is null ? Results.NotFound() : Results.NoContent()).OnlyTerminal();
        endpoints.MapGet(Done + "{place}", (string place, HttpContext http, IPages pages) => pages.Show(new KioskDoneModel(place != SelfServicePlaces.Room, KioskTokens.QueueOf(http.Request)))).OnlyTerminal();
    }

    /// <summary>Whoever was here before is gone with this page.</summary>
    private async Task<IResult> StartAsync(HttpContext http, CancellationToken cancel)
    {
        await sessions.EndAsync(http, cancel);
        KioskTokens.TakeQueue(http);
        var registration = await service.RegistrationAsync(cancel);
        return pages.Show(new KioskStartModel(KioskScreens.Identity(registration.Form), registration.Context, new Dictionary<string, string>(), []));
    }

    private async Task<IResult> IdentifyAsync(HttpContext http, CancellationToken cancel)
    {
        var registration = await service.RegistrationAsync(cancel);
        var form = KioskScreens.Identity(registration.Form);
        var typed = FormReading.Draft(form, await PostedAsync(http, cancel));
        var reading = FormReading.Read(form, typed, registration.Context);
        if (reading.Submission is not { } identity) return pages.Show(new KioskStartModel(form, registration.Context, typed, reading.Errors), StatusCodes.Status422UnprocessableEntity);
        var state = KioskState.Of(identity.Values.ToDictionary(v => v.Code, v => v.Value, StringComparer.Ordinal));
        var number = identity.Values.First(v => form.Field(v.Code)!.Type == FieldType.IdNumber).Value;
        // Only with number and name together, and today: otherwise everybody begins with an empty registration.
        if (await service.WaitingAsync(number, identity.Value(SelfServiceForm.Name) ?? "", cancel) is { } visit) state = state.At(visit);
        await sessions.BeginAsync(http, state, cancel);
        return To(http, Screen + "1");
    }

    private async Task<IResult> ShowAsync(int number, HttpContext http, CancellationToken cancel)
    {
        if (await sessions.ReadAsync(http, cancel) is not { } state) return To(http, Start);
        if (await ScreensAsync(state, cancel) is not { } screens) return await OverAsync(state, http, cancel);
        if (number <= screens.Before || number > state.Reached) return To(http, Screen + Math.Max(state.Reached, screens.Before + 1));
        return await PageAsync(number, state, screens, new Shown([], null, http.Request.Query["then"] == Summary), cancel);
    }

    private async Task<IResult> AnswerAsync(int number, HttpContext http, CancellationToken cancel)
    {
        var posted = await PostedAsync(http, cancel);
        if (await sessions.ReadAsync(http, cancel) is not { } state) return await AfterEndAsync(posted, http, cancel);
        if (await ScreensAsync(state, cancel) is not { } screens) return await OverAsync(state, http, cancel);
        if (number <= screens.Before || number > state.Reached) return To(http, Screen + Math.Max(state.Reached, screens.Before + 1));
        var (back, summary) = (posted.GetValueOrDefault("_move") == "back", posted.GetValueOrDefault(Then) == Summary);
        if (screens.At(number) is not { } screen) return back ? To(http, Screen + (number - 1)) : await SignAsync(number, state, screens, posted, http, cancel);

        state = With(state, screen, posted);
        if (back)
        {
            await sessions.KeepAsync(http, state, cancel);
            return To(http, summary ? Screen + state.Reached : screens.IsFirst(number) ? Start : Screen + (number - 1));
        }
        var answers = Answers(state);
        var reading = FormReading.Read(screen.Form, answers, screen.Context);
        if (screen.Form.Fields.Any(f => f.MustBe is { } only && answers.GetValueOrDefault(f.Code) is { Length: > 0 } other && other != only)) return await ToDeskAsync(state, http, cancel);
        if (reading.Submission is null)
        {
            await sessions.KeepAsync(http, state, cancel);
            return await PageAsync(number, state, screens, new Shown(reading.Errors, null, summary), cancel);
        }
        if (summary && state.VisitId is not null) return await BackToSummaryAsync(state, http, cancel);
        state = state with { Reached = Math.Max(state.Reached, number + 1) };
        if (state.VisitId is null && screens.IsLastOfForm(number))
        {
            if (await service.RegisterAsync(new SelfServicePost(state.RegisterOperation, KioskIdentity.TerminalOf(http.User), state.Registration), cancel) is not { } visit) return await ToDeskAsync(state, http, cancel);
            state = state.At(visit) with { Before = number };
        }
        await sessions.KeepAsync(http, state, cancel);
        return To(http, Screen + (number + 1));
    }

    /// <summary>One answer was changed: on to the summary, or to the first question that has come up by it.</summary>
    private async Task<IResult> BackToSummaryAsync(KioskState state, HttpContext http, CancellationToken cancel)
    {
        if (await ScreensAsync(state, cancel) is not { } screens) return await OverAsync(state, http, cancel);
        var open = screens.Forms.ToList().FindIndex(s => s.Reading.Submission is null);
        var next = open < 0 ? screens.Total : screens.Before + open + 1;
        await sessions.KeepAsync(http, state with { Reached = next }, cancel);
        return To(http, Screen + next);
    }

    private async Task<IResult> SignAsync(int number, KioskState state, KioskScreens screens, IReadOnlyDictionary<string, string> posted, HttpContext http, CancellationToken cancel)
    {
        if (await service.WaitingAsync(state.VisitId!.Value, cancel) is not { } visit) return await OverAsync(state, http, cancel);
        var outcome = await service.SubmitAsync(
            visit with { Revision = state.Revision }, new SelfServicePost(state.SubmitOperation, KioskIdentity.TerminalOf(http.User), state.Inquiry), posted, cancel);
        if (outcome.SignatureFault is { } fault) return await PageAsync(number, state, screens, new Shown([], fault, false) { Picture = posted.FirstOrDefault(p => p.Key.StartsWith("hand-", StringComparison.Ordinal)).Value }, cancel);
        return await EndAsync(state, outcome.Place!, http, cancel);
    }

    /// <summary>The second of two taps finds the session gone and the work done.</summary>
    private async Task<IResult> AfterEndAsync(IReadOnlyDictionary<string, string> posted, HttpContext http, CancellationToken cancel)
    {
        var place = Guid.TryParse(posted.GetValueOrDefault("_operation"), out var id) ? await service.DoneBeforeAsync(id, KioskIdentity.TerminalOf(http.User), cancel) : null;
        return To(http, place is null ? Start : Done + place);
    }

    /// <summary>The questions wait no longer: answered by the first of two taps, or by staff.</summary>
    private async Task<IResult> OverAsync(KioskState state, HttpContext http, CancellationToken cancel)
    {
        return await EndAsync(state, await service.DoneBeforeAsync(state.SubmitOperation, KioskIdentity.TerminalOf(http.User), cancel) ?? SelfServicePlaces.Desk, http, cancel);
    }

    /// <summary>Whoever stops, before or after he has a number.</summary>
    private async Task<IResult> LeaveAsync(HttpContext http, CancellationToken cancel) => await ToDeskAsync(await sessions.ReadAsync(http, cancel), http, cancel);

    /// <summary>The session ends; why is not said.</summary>
    private Task<IResult> ToDeskAsync(KioskState? state, HttpContext http, CancellationToken cancel) => EndAsync(state, SelfServicePlaces.Desk, http, cancel);

    private async Task<IResult> EndAsync(KioskState? state, string place, HttpContext http, CancellationToken cancel)
    {
        await sessions.EndAsync(http, cancel);
        if (state?.Queue is { } number) KioskTokens.GiveQueue(http, number);
        return To(http, Done + place);
    }

    private async Task<KioskScreens?> ScreensAsync(KioskState state, CancellationToken cancel)
    {
        var registration = await service.RegistrationAsync(cancel);
        if (state.VisitId is not { } id)
        {
            var ahead = await service.InquiryAsync(KioskScreens.Answered(registration, state), cancel);
            return new KioskScreens(KioskScreens.Registration(registration, state), 0, FormWalk.Screens(ahead.Form, state.Inquiry, ahead.Context).Count + 1);
        }
        return await service.WaitingAsync(id, cancel) is not { } visit ? null : new KioskScreens(FormWalk.Screens(visit.Inquiry.Form, state.Inquiry, visit.Inquiry.Context), state.Before, 1);
    }

    /// <summary>What a page says beside its questions.</summary>
    private sealed record Shown(IReadOnlyList<FieldError> Errors, string? Fault, bool FromSummary)
    {
        public string? Picture { get; init; }
    }

    private async Task<IResult> PageAsync(int number, KioskState state, KioskScreens screens, Shown shown, CancellationToken cancel)
    {
        var status = shown.Errors.Count > 0 || shown.Fault is not null ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK;
        if (screens.At(number) is { } screen)
            return pages.Show(new KioskScreenModel(number, screens.Total, screens.IsFirst(number), screen.Form, screen.Context, WithSoleChoices(screen.Form, Answers(state)), shown.Errors) { FromSummary = shown.FromSummary }, status);
        var form = (await service.WaitingAsync(state.VisitId!.Value, cancel))!.Inquiry.Form;
        var answers = screens.Forms.SelectMany((s, i) => (s.Reading.Submission?.Values ?? [])
            .Select(v => new KioskAnswer(form.Field(v.Code)!.Label, form.Field(v.Code)!.Display(v.Value), $"{Screen}{screens.Before + i + 1}?then={Summary}#{v.Code}")));
        return pages.Show(new KioskSignModel(number, screens.Total, form with { Signers = [.. form.Signers.Where(s => s.Handwriting)] }, state.SubmitOperation, [.. answers], shown.Fault) { Picture = shown.Picture }, status);
    }

    /// <summary>Where there is one choice and it has to be made, it is made already.</summary>
    private static IReadOnlyDictionary<string, string> WithSoleChoices(FormDefinition form, IReadOnlyDictionary<string, string> answers)
    {
        var all = new Dictionary<string, string>(answers, StringComparer.Ordinal);
        foreach (var field in form.Fields)
            if (field is { Required: true, Options: [{ } only] }) all.TryAdd(field.Code, only.Code);
        return all;
    }

    private static IReadOnlyDictionary<string, string> Answers(KioskState state) => state.VisitId is null ? state.Registration : state.Inquiry;

    /// <summary>What the screen asked as it was posted; an answer taken back is taken back here too.</summary>
    private static KioskState With(KioskState state, FormScreen screen, IReadOnlyDictionary<string, string> posted)
    {
        var all = new Dictionary<string, string>(Answers(state), StringComparer.Ordinal);
        foreach (var field in screen.Form.Fields) all.Remove(field.Code);
        foreach (var (code, value) in FormReading.Draft(screen.Form, posted)) all[code] = value;
        return state.VisitId is null ? state with { Registration = all } : state with { Inquiry = all };
    }

    private static async Task<IReadOnlyDictionary<string, string>> PostedAsync(HttpContext http, CancellationToken cancel) =>
        (await http.Request.ReadFormAsync(cancel)).ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal);

    private static IResult To(HttpContext http, string path) => Results.LocalRedirect(http.Request.PathBase + path);
}
