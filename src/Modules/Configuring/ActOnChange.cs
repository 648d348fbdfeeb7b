using System.Globalization;
using Engine.Forms;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modules.Configuring.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Tenancy;

namespace Modules.Configuring;

/// <summary>What is posted on the page of a change. Each act is one of the road's own; nothing is decided here.</summary>
internal sealed class ActOnChange(ChangeActs acts, ChangePeople people, ShowChange show, ListChanges list, StationClock station, IPages pages)
{
    private const string Choice = "side-";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(ConfigPaths.Changes, (HttpContext http, ActOnChange use, CancellationToken cancel) => use.NewAsync(http, cancel))
            .RequirePermission(ConfiguringPermissions.View).WithMetadata(new RequireAntiforgeryTokenAttribute());
        endpoints.MapPost(ConfigPaths.Changes + "/{id:guid}", (Guid id, HttpContext http, ActOnChange use, CancellationToken cancel) => use.ActAsync(id, http, cancel))
            .RequirePermission(ConfiguringPermissions.View).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private async Task<IResult> NewAsync(HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        try
        {
            var change = await acts.Write.NewAsync(new NewChange(form["title"].ToString(), form["reason"].ToString(), ChangeEntries.Page, null), [], await people.OfAsync(http.User.Id(), cancel), cancel);
            await acts.Desk.TakeUpAsync(http.User.Id(), change.Id, cancel);
            return Results.LocalRedirect($"{http.Request.PathBase}{ConfigPaths.Changes}/{change.Id}");
        }
        catch (PublishingRefusedException e)
        {
            return pages.Show(await list.ModelAsync(null, null, null, http, cancel) with { Error = e.Message }, StatusCodes.Status422UnprocessableEntity);
        }
    }

    private async Task<IResult> ActAsync(Guid id, HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var (act, conflicts) = (form["_act"].ToString(), (IReadOnlyList<ChangeConflict>)[]);
        IReadOnlyList<FieldError> errors;
        try
        {
            var done = await DoAsync(id, act, http, form, cancel);
            if (done.Conflicts.Count == 0) return Results.LocalRedirect(http.Request.PathBase + (done.Next ?? BackOf(form) ?? $"{ConfigPaths.Changes}/{id}"));
            (errors, conflicts) = ([], done.Conflicts);
        }
        catch (PublishingRefusedException e)
        {
            errors = [new FieldError(act == "approve" ? "pin" : "act-" + act, Words(act), e.Message)];
        }
        catch (SetException e)
        {
            errors = [new FieldError("findings", "检查", $"有 {e.Findings.Count} 处问题，没有{Words(act)}：请改正后再{Words(act)}"), .. e.Findings.Take(20).Select(f => new FieldError("findings", f.Document, $"{f.Words}；{f.Remedy}"))];
        }
        if (await show.ModelAsync(id, http, cancel) is not { } model) return pages.Refuse(ShowChange.NotHere);
        return pages.Show(model with { Errors = errors, Conflicts = conflicts, Typed = form.Where(f => f.Key != "pin").ToDictionary(f => f.Key, f => f.Value.ToString()) }, StatusCodes.Status422UnprocessableEntity);
    }

    private sealed record Done(string? Next, IReadOnlyList<ChangeConflict> Conflicts)
    {
        public static Done Here { get; } = new(null, []);
    }

    private async Task<Done> DoAsync(Guid id, string act, HttpContext http, IFormCollection form, CancellationToken cancel)
    {
        var (person, seen) = (await people.OfAsync(http.User.Id(), cancel), int.TryParse(form["_revision"], NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : -1);
        switch (act)
        {
            case "check": await acts.Check.RunAsync(id, http.User.Actor(), cancel); return Done.Here;
            case "submit": await acts.Pass.SubmitAsync(id, person, cancel); return Done.Here;
            case "approve": await ApproveAsync(id, http, form, cancel); return Done.Here;
            case "send-back": await acts.SendBackAsync(id, person, form["note"].ToString(), cancel); return Done.Here;
            case "withdraw": await acts.Pass.WithdrawAsync(id, person, form["reason"], cancel); return Done.Here;
            case "undo": await acts.Write.UndoAsync(id, seen, person, cancel); return Done.Here;
            case "redo": await acts.Write.RedoAsync(id, seen, person, cancel); return Done.Here;
            case "open": await acts.OpenAsync(id, person, cancel); return Done.Here;
            case "about": await AboutAsync(id, seen, person, form, cancel); return Done.Here;
            case "merge": return new Done(null, await acts.Merge.RunAsync(id, seen, Chosen(form), person, cancel));
            case "take-back":
                var back = await acts.TakeBack.RunAsync(id, ChangeEntries.Page, form["reason"].ToString(), person, cancel);
                await acts.Desk.TakeUpAsync(person.Id, back.Id, cancel);
                return new Done($"{ConfigPaths.Changes}/{back.Id}", []);
            default: throw new PublishingRefusedException("不认识的操作：请从页面上的按钮操作");
        }
    }

    private async Task ApproveAsync(Guid id, HttpContext http, IFormCollection form, CancellationToken cancel)
    {
        var account = (await people.OfAsync(http.User.Id(), cancel)).Account;
        var (approver, error) = await people.ProveAsync(account, form["pin"], http.User.Actor(), cancel);
        if (approver is null) throw new PublishingRefusedException(error!);
        await acts.Approve.RunAsync(new Approval(id, form["pin"].ToString(), form["_set"].ToString(), form["note"].ToString()), approver, cancel);
    }

    private async Task AboutAsync(Guid id, int seen, ChangeActor person, IFormCollection form, CancellationToken cancel)
    {
        DateTimeOffset? from = null;
        if (form["from"].ToString() is { Length: > 0 } typed)
        {
            if (!DateTime.TryParseExact(typed, "yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) throw new PublishingRefusedException("生效时刻不能识别：请从日历中选择日期和时间");
            var zone = (await station.SettingsAsync(cancel)).TimeZone;
            if (zone.IsInvalidTime(local)) throw new PublishingRefusedException("当地没有这个时刻（夏令时调整）：请改选");
            from = new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
        }
        await acts.Write.SaveAsync(id, seen, body => body with { Title = form["title"].ToString().Trim(), Reason = form["reason"].ToString().Trim(), From = from }, "改标题、理由或生效时刻", person, cancel);
    }

    private static Dictionary<string, MergeSide> Chosen(IFormCollection form) => form.Keys.Where(k => k.StartsWith(Choice, StringComparison.Ordinal) && form[k] is [("mine" or "theirs")])
        .ToDictionary(k => k[Choice.Length..], k => form[k] == "theirs" ? MergeSide.Theirs : MergeSide.Mine, StringComparer.Ordinal);

    /// <summary>Back to the page of the console the act was posted from.</summary>
    private static string? BackOf(IFormCollection form) => form["_back"].ToString() is { } back && back.StartsWith("/config", StringComparison.Ordinal) && !back.Contains('\\', StringComparison.Ordinal) && !back.Contains("//", StringComparison.Ordinal) ? back : null;

    private static string Words(string act) => act switch
    {
        "check" => "检查", "submit" => "送批", "approve" => "批准", "send-back" => "退回", "withdraw" => "撤销", "undo" => "撤销修改", "redo" => "重做修改", "merge" => "合并", "take-back" => "收回", "about" => "保存", _ => "操作",
    };
}
