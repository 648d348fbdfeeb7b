using System.Globalization;
using Platform.Publishing;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary><c>rules check FILE --station S --layer L [--effective D]</c>: whether a document of any kind could come into force at a station, on a day. Changes nothing.</summary>
internal static class RuleCheckVerb
{
    public static async Task<int> RunAsync(Maintenance maintenance, VerbArguments arguments)
    {
        var path = arguments.Word(0, "文件");
        var kinds = maintenance.Services.GetServices<DocumentKind>().ToList();
        var word = arguments.Require("layer");
        if (DocumentFile.Layers.GetValueOrDefault(word) is not { } layer) throw new VerbException($"--layer {word} 不是层，可用：{string.Join("、", DocumentFile.Layers.Keys)}");
        var day = arguments.Option("effective") is { } date ? Day(date) : (DateOnly?)null;
        if (!File.Exists(path)) throw new VerbException($"文件不存在：{path}");
        await using var rehearsal = await Rehearsal.OpenAsync(maintenance, arguments.Require("station"));
        return FindingsOutput.Show(await FindingsAsync(rehearsal, kinds, (path, layer, day)), arguments.Has("json"));
    }

    private static async Task<IReadOnlyList<SetFinding>> FindingsAsync(Rehearsal rehearsal, List<DocumentKind> kinds, (string Path, DocumentLayer Layer, DateOnly? Day) asked)
    {
        try
        {
            var file = DraftFile.Read(kinds, asked.Path);
            if (file.File.Layer is { } said && said != asked.Layer)
                return [new SetFinding(file.FileName, "$.layer", $"文件写的层是 {Word(said)}，要发布的层是 {Word(asked.Layer)}", "两者须相同")];
            if (file.File.IsDraftOnly && asked.Day is null)
                return [new SetFinding(file.FileName, "$.effectiveFrom", "没有生效日期，是草案", "定下日期，或用 --effective 说明从哪天起检查")];
            return await rehearsal.RunAsync(services => CheckAsync(services, file, asked.Layer, asked.Day));
        }
        catch (DocumentException e)
        {
            return [new SetFinding(e.Document, e.Path, e.Remedy)];
        }
    }

    private static async Task<IReadOnlyList<SetFinding>> CheckAsync(IServiceProvider services, DraftFile file, DocumentLayer layer, DateOnly? day)
    {
        var publisher = services.GetRequiredService<Publisher>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var draft = await publisher.DetachedAsync(file.As(layer, "rules check"));
        var zone = StationSettings.Of(await publisher.InForceNowAsync()).TimeZone;
        // A day that has begun is now: what was in force before is not what it would be in force with.
        return await publisher.FindingsAsync(draft, day is { } first && DocumentDates.Begin(first, zone) is var begin && begin > now ? begin : now);
    }

    private static string Word(DocumentLayer layer) => layer.ToString().ToLowerInvariant();

    private static DateOnly Day(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new VerbException($"--effective {text} 不是 yyyy-MM-dd");
}
