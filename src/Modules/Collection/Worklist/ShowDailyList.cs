using System.Globalization;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Collection.Contracts;
using Modules.Devices.Contracts;
using Modules.Records.Contracts;
using Platform.Flows;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>每日清单: what is open, late, stopped, unsigned, corrected, or waits for a person, so that nothing is forgotten at the end of a day.</summary>
internal sealed class ShowDailyList(Store store, Configuration configuration, CompiledPacks compiled, Namesakes namesakes, IWaitingResults results, StationClock station, IPages pages)
{
    /// <summary>Titles of the steps by code, as the flow in force names them.</summary>
    private Dictionary<string, string> _titles = [];

    private IReadOnlyList<PresentDonor>? _present;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/daily", (string? on, string? list, int? page, HttpContext http, ShowDailyList use, CancellationToken cancel) => use.HandleAsync(on, list, page, http, cancel))
            .RequirePermission(CollectionPermissions.DailyList);

    private async Task<IResult> HandleAsync(string? on, string? list, int? page, HttpContext http, CancellationToken cancel)
    {
        var settings = await station.SettingsAsync(cancel);
        var today = settings.LocalDate(station.Now);
        var day = DateOnly.TryParseExact(on, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asked) && asked <= today ? asked : today;
        int? PageOf(string code) => code == list ? page : null;
        _titles = VisitConfiguration.Of(await configuration.AtAsync(station.Now, cancel), compiled).Steps.ToDictionary(t => t.StepCode, t => t.Title, StringComparer.Ordinal);
        _titles[VisitConfiguration.RegistrationForm] = "登记";
        var sections = new List<DailySection>
        {
            await OpenAsync(day, PageOf("open"), cancel),
            await FailingAsync(PageOf("failing"), cancel),
            await TasksAsync("late", "超时未办的步骤", "没有超时的步骤", t => t.EscalatedAt != null && t.Step != UserTaskRow.Exception, PageOf("late"), cancel),
            await TasksAsync("exceptions", "流程异常", "没有流程异常", t => t.Step == UserTaskRow.Exception, PageOf("exceptions"), cancel),
            await UnsignedAsync(day, settings, PageOf("unsigned"), cancel),
            await AmendmentsAsync(day, settings, PageOf("amendments"), cancel),
            await QueueAsync(PageOf("results"), http, cancel),
            new("run-out", "到期而没有接替的规则包", "没有到期的规则包", PagedQueries.Whole([.. (await configuration.RunOutAsync(station.Now, cancel)).Select(d => RunOut(d))])),
        };
        return pages.Show(new DailyListModel(day, today, sections, await ShareAsync(day, settings, cancel), settings.TimeZone));
    }

    private static DailyRow RunOut(PublishedDocument pack) => new($"规则包 {pack.Name}", null, "已到末日", pack.EffectiveTo!.Value, pack.Author, "它的规则不再判定；请发布新版本，或停用它");

    /// <summary>Open visits of this day or before, each with the step it waits for.</summary>
    private Task<DailySection> OpenAsync(DateOnly day, int? page, CancellationToken cancel) =>
        SectionAsync("open", "未结束的献血", "没有未结束的献血", (
            from visit in store.Set<Visit>().AsNoTracking()
            where visit.State == VisitStates.Open && visit.Day <= day
            from task in store.Set<UserTaskRow>().Where(t => t.InstanceId == visit.InstanceId && t.ClosedAt == null && t.Step != UserTaskRow.Exception).DefaultIfEmpty()
            orderby visit.RegisteredAt, visit.Id
            select new Found { VisitId = visit.Id, DonorId = visit.DonorId, What = task == null ? "自动继续" : task.Title, At = task == null ? visit.RegisteredAt : task.OpenedAt, Who = task == null ? null : task.AssigneeName ?? task.HolderName }),
            page, cancel);

    /// <summary>Open visits whose last verdict no longer lets the donor give blood: a correction has made it worse.</summary>
    private Task<DailySection> FailingAsync(int? page, CancellationToken cancel)
    {
        string[] failing = [nameof(RuleOutcome.DeferVisit), nameof(RuleOutcome.DeferUntil), nameof(RuleOutcome.DeferPermanently), nameof(RuleOutcome.Block)];
        var verdicts = store.Set<StoredVerdict>().AsNoTracking();
        return SectionAsync("failing", "判定已不合格而未结束的献血", "没有判定不合格而未结束的献血", (
            from visit in store.Set<Visit>().AsNoTracking()
            where visit.State == VisitStates.Open
            from verdict in verdicts.Where(v => v.VisitId == visit.Id && v.DonationType == visit.DonationType).OrderByDescending(v => v.At).ThenByDescending(v => v.Id).Take(1)
            where failing.Contains(verdict.Outcome)
            orderby verdict.At, verdict.Id
            select new Found { VisitId = visit.Id, DonorId = visit.DonorId, What = "更正后判定不合格", At = verdict.At, Why = verdict.ConfirmedBecause }), page, cancel);
    }

    private Task<DailySection> TasksAsync(string code, string title, string none, System.Linq.Expressions.Expression<Func<UserTaskRow, bool>> which, int? page, CancellationToken cancel) =>
        SectionAsync(code, title, none, (
            from task in store.Set<UserTaskRow>().AsNoTracking().Where(t => t.ClosedAt == null).Where(which)
            join visit in store.Set<Visit>() on task.InstanceId equals visit.InstanceId
            orderby task.OpenedAt, task.Id
            select new Found { VisitId = visit.Id, DonorId = visit.DonorId, What = task.Title, At = task.OpenedAt, Who = task.AssigneeName ?? task.HolderName, Why = task.Note }), page, cancel);

    /// <summary>Forms of the day signed on paper alone, or by nobody though somebody should have: the registration is signed by no one.</summary>
    private Task<DailySection> UnsignedAsync(DateOnly day, StationSettings settings, int? page, CancellationToken cancel)
    {
        const string onPaper = $"\"Method\":\"{SigningMethods.Wet}\"";
        return SectionAsync("unsigned", "未电子签名的表单", "没有未电子签名的表单", (
            from form in Of(day, settings).Where(s => s.SignersJson.Contains(onPaper) || (s.SignersJson == "[]" && s.Step != VisitConfiguration.RegistrationForm))
            orderby form.At, form.Id
            select new Found { VisitId = form.SubjectId, DonorId = form.DonorId!.Value, What = form.Step, At = form.At, Who = form.PersonName, Why = form.SignersJson == "[]" ? "没有签名" : "纸质签名，请核对原件" }),
            page, cancel);
    }

    private Task<DailySection> AmendmentsAsync(DateOnly day, StationSettings settings, int? page, CancellationToken cancel) =>
        SectionAsync("amendments", "当日更正", "当日没有更正", (
            from form in Of(day, settings).Where(s => s.AmendsVersion != null)
            orderby form.At, form.Id
            select new Found { VisitId = form.SubjectId, DonorId = form.DonorId!.Value, What = form.Step, Version = form.Version, At = form.At, Who = form.PersonName, Why = form.Reason }), page, cancel);

    private async Task<DailySection> QueueAsync(int? page, HttpContext http, CancellationToken cancel)
    {
        var waiting = await results.WaitingAsync(page, cancel);
        var path = http.User.Has("devices.view") ? "/devices/queue" : null;
        return new DailySection("results", "待处理的仪器结果", "没有待处理的仪器结果", waiting.With<DailyRow>([.. waiting.Items.Select(r => new DailyRow(r.SampleNumber ?? "没有样本号", path, r.Device, r.Since, null, r.Reason))]));
    }

    /// <summary>Of the forms submitted on the day, how many were corrected on it.</summary>
    private async Task<AmendedShare> ShareAsync(DateOnly day, StationSettings settings, CancellationToken cancel)
    {
        var submitted = await Of(day, settings).CountAsync(s => s.AmendsVersion == null, cancel);
        var amended = await Of(day, settings).Where(s => s.AmendsVersion != null).Select(s => new { s.SubjectId, s.Step }).Distinct().CountAsync(cancel);
        return new AmendedShare(amended, submitted);
    }

    private IQueryable<Submission> Of(DateOnly day, StationSettings settings)
    {
        DateTimeOffset Start(DateOnly date) => new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), settings.TimeZone.GetUtcOffset(date.ToDateTime(TimeOnly.MinValue))).ToUniversalTime();
        var (from, to) = (Start(day), Start(day.AddDays(1)));
        return store.Set<Submission>().AsNoTracking().Where(s => s.SubjectKind == Visit.Kind && s.At >= from && s.At < to);
    }

    /// <summary>One query for the page and one for its donors.</summary>
    private async Task<DailySection> SectionAsync(string code, string title, string none, IQueryable<Found> found, int? page, CancellationToken cancel)
    {
        var rows = await found.PageAsync(page, cancel);
        var ids = rows.Items.Select(r => r.VisitId).ToList();
        var visits = await store.Set<Visit>().AsNoTracking().Where(v => ids.Contains(v.Id)).ToDictionaryAsync(v => v.Id, cancel);
        var names = await namesakes.NamesAsync([.. rows.Items.Select(r => r.DonorId).Distinct()], cancel);
        _present ??= await namesakes.PresentAsync(cancel);
        var today = await station.TodayAsync(cancel);
        return new DailySection(code, title, none, rows.With<DailyRow>([.. rows.Items.Select(r =>
            new DailyRow(names[r.DonorId], $"/visits/{r.VisitId}", _titles.GetValueOrDefault(r.What, r.What) + (r.Version is { } version ? $" 第 {version} 版" : ""), r.At, r.Who, r.Why)
            {
                VisitId = r.VisitId, Mark = DonorMark.Of(visits[r.VisitId], names[r.DonorId], _present, today),
            })]));
    }

    private sealed class Found
    {
        public required Guid VisitId { get; init; }
        public required Guid DonorId { get; init; }
        /// <summary>A step's code, or words.</summary>
        public required string What { get; init; }
        public required DateTimeOffset At { get; init; }
        public int? Version { get; init; }
        public string? Who { get; init; }
        public string? Why { get; init; }
    }
}

/// <summary>One line of a list.</summary>
/// <param name="Path">Where it leads, below the tenant; null when the reader may not go there.</param>
public sealed record DailyRow(string Subject, string? Path, string What, DateTimeOffset At, string? Who, string? Why)
{
    public Guid VisitId { get; init; }

    /// <summary>Null where the line is about no donor.</summary>
    public DonorMark? Mark { get; init; }
}

/// <summary>One list of the day.</summary>
/// <param name="None">What stands there when it is empty.</param>
public sealed record DailySection(string Code, string Title, string None, Paged<DailyRow> Rows);

/// <summary>Records corrected on a day beside those submitted on it.</summary>
public sealed record AmendedShare(int Amended, int Submitted)
{
    public string Percent => Submitted == 0 ? "—" : (100m * Amended / Submitted).ToString("0.0", CultureInfo.InvariantCulture) + "%";
}

public sealed record DailyListModel(DateOnly Day, DateOnly Today, IReadOnlyList<DailySection> Sections, AmendedShare Share, TimeZoneInfo TimeZone);
