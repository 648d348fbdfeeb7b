using Engine.Forms;
using Engine.Rules;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Donors.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>登记: finds or creates the donor, looks up the history, pins the configuration and starts the flow.</summary>
internal sealed class RegisterVisit(
    Store store, Configuration configuration, CompiledPacks compiled, IDonors donors, VisitStart starts, StepOperation operations, OutboxSignal outbox, TenantContext tenant, TimeProvider clock, IPages pages)
{
    public const string Path = "/registration";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, (IPages pages) => pages.Show(new FindDonorModel("", null))).RequirePermission(CollectionPermissions.Register);
        endpoints.MapPost(Path + "/find", (HttpContext http, RegisterVisit use, CancellationToken cancel) => use.FindAsync(http, cancel))
            .RequirePermission(CollectionPermissions.Register).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost(Path, (HttpContext http, RegisterVisit use, CancellationToken cancel) => use.SubmitAsync(http, cancel))
            .RequirePermission(CollectionPermissions.Register).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> FindAsync(HttpContext http, CancellationToken cancel)
    {
        var typed = (await http.Request.ReadFormAsync(cancel))["idNumber"].ToString().Trim();
        var set = VisitConfiguration.Of(await configuration.AtAsync(clock.GetUtcNow(), cancel), compiled);
        var id = ResidentIdNumber.ReadTyped(typed, set.Settings.LocalDate(clock.GetUtcNow()), out var fault);
        if (id is null) return pages.Show(new FindDonorModel(typed, "身份证号码" + fault), StatusCodes.Status422UnprocessableEntity);
        var donor = await donors.FindByIdNumberAsync(id.Value, cancel);
        if (donor is not null && await starts.OpenVisitAsync(donor.Id, cancel) is { } open) return Results.LocalRedirect($"{http.Request.PathBase}/visits/{open}");
        return pages.Show(await ModelAsync(set, id.Value, donor, WithDefaults(set, donor is null ? Values(id) : Values(donor)), [], cancel) with
        {
            Notice = donor is null ? "新献血者：本站没有档案，请填写资料" : $"已有档案 {donor.ArchiveNumber}，请核对资料",
        });
    }

    private async Task<IResult> SubmitAsync(HttpContext http, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var post = await StepPost.ReadAsync(http.Request, cancel);
        if (post.OperationId == Guid.Empty || post.Action != StepPost.Done) return pages.Refuse(new Platform.Pages.Refusal(RefusalKind.Invalid, "提交不完整", "请重新打开登记页面"));
        var documents = await configuration.AtAsync(now, cancel);
        var set = VisitConfiguration.Of(documents, compiled);
        var form = set.Form(VisitConfiguration.RegistrationForm);
        var content = post.Content(Path, form);
        if (await operations.DoneBeforeAsync(post.OperationId, http.User.Id(), content, cancel) is { } done)
            return done.Same ? Results.LocalRedirect(http.Request.PathBase + done.Next)
                : await AgainAsync(set, post, "这份登记表刚才已经提交过，之后的改动没有保存。如要登记另一位献血者，请核对后再次提交", cancel);

        var day = set.Settings.LocalDate(now);
        var reading = FormReading.Read(form, post.Fields, set.Context(new FactBag(), day, null));
        if (reading.Submission is not { } submission) return await RefuseAsync(set, post, reading.Errors, cancel);
        if (submission.Value("idNumber") is not { } idNumber) return await RefuseAsync(set, post, [OtherDocument(form)], cancel);
        if (post.ReasonError is { } unfit) return await RefuseAsync(set, post, [unfit], cancel);
        var donor = await donors.FindByIdNumberAsync(idNumber, cancel);
        if (donor is not null && await starts.OpenVisitAsync(donor.Id, cancel) is { } open) return Results.LocalRedirect($"{http.Request.PathBase}/visits/{open}?already=1");

        var started = await starts.WorkOutAsync(set, documents, form, submission, day, cancel);
        if (StepDecision.Missing(started.Visited, started.Run, form, [form]) is { Count: > 0 } missing) return await RefuseAsync(set, post, missing, cancel);
        if (StepDecision.Confirmation(started.Visited, started.Run, set) is { } confirmation && (post.Confirmed != confirmation.Token || (confirmation.WantsReason && post.Reason is null)))
        {
            IReadOnlyList<FieldError> errors = confirmation.Asked(post) ? [StepConfirmation.NoReason] : [];
            return pages.Show(await PostedAsync(set, post, errors, cancel) with { Confirmation = confirmation, Verdicts = confirmation.Verdicts },
                errors.Count > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
        }
        return await CommitAsync(started, post, content, http, cancel);
    }

    private async Task<IResult> CommitAsync(StartedVisit started, StepPost post, string content, HttpContext http, CancellationToken cancel)
    {
        var (person, name) = (http.User.Id(), http.User.FullNameOf());
        string next;
        try
        {
            await using var transaction = await StoreTransaction.BeginAsync(store, cancel);
            var donorId = await donors.SaveAsync(VisitStart.Lasting(started.Form, started.Submission), person, name, cancel);
            next = StepPage.Next(await starts.WriteAsync(started, donorId, person, name, post.Reason, cancel), http.User) + "?registered=1";
            operations.Add(post.OperationId, person, content, next);
            await transaction.CommitAsync(cancel);
        }
        catch (DbUpdateException race) when (Race.Lost(race))
        {
            return await AfterRaceAsync(started.Configuration, started.Submission, post, content, http, cancel);
        }
        outbox.Raise(tenant.Current);
        return Results.LocalRedirect(http.Request.PathBase + next);
    }

    /// <summary>The same donor was registered a moment ago: by this very click, or at another counter.</summary>
    private async Task<IResult> AfterRaceAsync(VisitConfiguration set, FormSubmission submission, StepPost post, string content, HttpContext http, CancellationToken cancel)
    {
        store.ChangeTracker.Clear();
        if (await operations.DoneBeforeAsync(post.OperationId, http.User.Id(), content, cancel) is { Same: true } done) return Results.LocalRedirect(http.Request.PathBase + done.Next);
        var donor = await donors.FindByIdNumberAsync(submission.Value("idNumber")!, cancel);
        if (donor is not null && await starts.OpenVisitAsync(donor.Id, cancel) is { } open) return Results.LocalRedirect($"{http.Request.PathBase}/visits/{open}?already=1");
        return await AgainAsync(set, post, "资料刚被其他人修改，请核对后再提交", cancel);
    }

    private async Task<IResult> AgainAsync(VisitConfiguration set, StepPost post, string notice, CancellationToken cancel) =>
        pages.Show(await PostedAsync(set, post, [], cancel) with { Notice = notice }, StatusCodes.Status409Conflict);

    /// <summary>Donors are known by their resident identity number; a history looked up by anything else would be empty and let them pass.</summary>
    private static FieldError OtherDocument(FormDefinition form) =>
        new("idNumber", form.Field("idNumber")?.Label ?? "身份证号码", "只能用居民身份证登记：献血史按身份证号码查询。没有身份证的献血者请联系站点管理员");

    private async Task<IResult> RefuseAsync(VisitConfiguration set, StepPost post, IReadOnlyList<FieldError> errors, CancellationToken cancel) =>
        pages.Show(await PostedAsync(set, post, errors, cancel), StatusCodes.Status422UnprocessableEntity);

    private async Task<StepModel> PostedAsync(VisitConfiguration set, StepPost post, IReadOnlyList<FieldError> errors, CancellationToken cancel)
    {
        var typed = post.Fields.GetValueOrDefault("idNumber", "");
        var idNumber = ResidentIdNumber.ReadTyped(typed, set.Settings.LocalDate(clock.GetUtcNow()), out _)?.Value ?? "";
        return await ModelAsync(set, idNumber, await donors.FindByIdNumberAsync(idNumber, cancel), post.Fields, errors, cancel);
    }

    private async Task<StepModel> ModelAsync(
        VisitConfiguration set, string idNumber, DonorRecord? donor, IReadOnlyDictionary<string, string> values, IReadOnlyList<FieldError> errors, CancellationToken cancel)
    {
        var day = set.Settings.LocalDate(clock.GetUtcNow());
        var history = idNumber.Length == 0 ? null : await donors.HistoryAsync(idNumber, cancel);
        return new StepModel(
            "登记", Path, null, Guid.CreateVersion7(clock.GetUtcNow()), 0, donor is null || history is null ? null : VisitViews.Banner(donor, day, "登记中", history),
            [.. set.Workflow.UserTasks.Where(t => t.Features.All(set.Settings.Features.Contains)).Select(t => new RailStep(t.StepCode, t.Title, RailState.Open, false)).Prepend(new RailStep(VisitConfiguration.RegistrationForm, "登记", RailState.Current, false))],
            set.Form(VisitConfiguration.RegistrationForm), set.Context(new FactBag(), day, null), values, new Dictionary<string, string>(), errors, [], history is null ? null : await donors.ViewAsync(history, cancel));
    }

    private static Dictionary<string, string> WithDefaults(VisitConfiguration set, Dictionary<string, string> values)
    {
        foreach (var field in set.Form(VisitConfiguration.RegistrationForm).Fields)
            if (field.Default is { } value) values.TryAdd(field.Code, value);
        return values;
    }

    private static Dictionary<string, string> Values(ResidentIdNumber id) => new(StringComparer.Ordinal)
    {
        ["idNumber"] = id.Value, ["sex"] = id.Sex, ["birthDate"] = $"{id.BirthDate:yyyy-MM-dd}",
    };

    private static Dictionary<string, string> Values(DonorRecord donor) => new(donor.Details, StringComparer.Ordinal)
    {
        ["idNumber"] = donor.IdNumber, ["name"] = donor.Name, ["sex"] = donor.Sex, ["birthDate"] = $"{donor.BirthDate:yyyy-MM-dd}",
        ["phone"] = donor.Phone, ["address"] = donor.Address,
    };
}

public sealed record FindDonorModel(string IdNumber, string? Error);
