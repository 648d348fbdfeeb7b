using System.Globalization;
using Microsoft.AspNetCore.Http;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Tenancy;

namespace Modules.Configuring;

/// <param name="Change">Id of the change the page was shown with; empty when there was none.</param>
/// <param name="Seen">Its revision then.</param>
/// <param name="Title">Of a new change.</param>
internal sealed record SettingsPost(string Change, int? Seen, string Title, string Reason)
{
    public static SettingsPost Of(IFormCollection form) => new(
        form["_change"].ToString(), int.TryParse(form["_revision"], NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null, form["title"].ToString(), form["reason"].ToString());
}

/// <param name="What">What is different, zh-CN; empty when nothing is.</param>
internal sealed record SettingsEdit(string Json, string What);

/// <summary>Edits of the station's settings: into the person's open change, or into a new one.</summary>
internal sealed class SettingsEdits(Configuration configuration, ChangeBook book, ChangeDesk desk, WriteChange write, TenantContext tenant, TimeProvider clock)
{
    public async Task<InForce> SetAsync(CancellationToken cancel) => await configuration.FrameAsync(clock.GetUtcNow(), cancel);

    public async Task<StationSettings> NowAsync(CancellationToken cancel) => StationSettings.Of(await SetAsync(cancel));

    /// <summary>As the open change has them; as they are where it has none.</summary>
    public async Task<StationSettings> DraftedAsync(OpenedChange? opened, CancellationToken cancel) => StationSettings.TryParse(await TextAsync(opened, cancel)) ?? await NowAsync(cancel);

    /// <returns>Null when nothing is different.</returns>
    public async Task<Change?> SaveAsync(SettingsPost post, Func<string, SettingsEdit> edit, ChangeActor author, CancellationToken cancel)
    {
        var opened = await desk.OpenAsync(author.Id, cancel);
        if (opened?.Change.Id.ToString() is { } id && id != post.Change) throw new PublishingRefusedException($"没有保存：您现在打开的是变更单 {opened.Change.Number}，不是填写时的那一份。请核对后再保存。");
        var edited = edit(await TextAsync(opened, cancel));
        if (edited.What.Length == 0) return null;
        var document = new DocumentEdit(DocumentKinds.Settings, StationSettings.Document, Layer, edited.Json);
        if (opened is not null) return await write.SaveAsync(opened.Change.Id, post.Seen, [document], edited.What, author, cancel);
        var title = post.Title.Trim().Length > 0 ? post.Title : edited.What.Length > WriteChange.LongestTitle ? edited.What[..WriteChange.LongestTitle] : edited.What;
        var change = await write.NewAsync(new NewChange(title, post.Reason, ChangeEntries.Page, null), [document], author, cancel);
        await desk.TakeUpAsync(author.Id, change.Id, cancel);
        return change;
    }

    private DocumentLayer Layer => tenant.Current.IsProvince ? DocumentLayer.Province : DocumentLayer.Station;

    private async Task<string> TextAsync(OpenedChange? opened, CancellationToken cancel) =>
        opened?.Body.Find(DocumentKinds.Settings, StationSettings.Document, Layer)?.Text is { } sha ? await book.TextAsync(sha, cancel)
        : (await configuration.AtAsync(clock.GetUtcNow(), cancel)).Find(DocumentKinds.Settings, StationSettings.Document)?.Json ?? "{}";
}
