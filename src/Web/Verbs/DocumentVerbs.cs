using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.People;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary>Publishing from the command line: the same draft, check, approval and effective date as everywhere. Whoever drafts, approves or retires proves it by PIN.</summary>
internal static class DocumentVerbs
{
    public static async Task<int> RunAsync(string what, string[] args)
    {
        var arguments = new VerbArguments(args);
        if (what is not ("list" or "draft" or "check" or "approve" or "retire" or "rollback"))
            throw new VerbException($"没有 documents {what}，可用：list、draft、check、approve、retire、rollback");
        await using var maintenance = await Maintenance.OpenAsync();
        var tenant = await maintenance.RunningTenantAsync(arguments.Word(0, "租户"));
        await maintenance.Tenants.RunAsync(tenant.Name, services => what switch
        {
            "list" => ListAsync(services),
            "draft" => DraftAsync(services, tenant, arguments),
            "check" => CheckAsync(services, arguments),
            "approve" => ApproveAsync(services, arguments),
            "retire" => RetireAsync(services, arguments),
            _ => RollbackAsync(services, arguments),
        });
        return 0;
    }

    private static async Task ListAsync(IServiceProvider services)
    {
        var documents = await services.GetRequiredService<Store>().Set<PublishedDocument>().AsNoTracking()
            .OrderBy(d => d.Kind).ThenBy(d => d.Name).ThenBy(d => d.Layer).ThenBy(d => d.Version).ToListAsync();
        foreach (var d in documents)
            Console.WriteLine($"{d.Id} {d.Kind,-12} {d.Layer,-9} {d.Name,-24} v{d.Version} {d.State,-9} {Time(d.EffectiveFrom)}→{Time(d.EffectiveTo)} {d.Hash[..12]} {d.Author}/{d.Approver}");
    }

    private static async Task DraftAsync(IServiceProvider services, Tenant tenant, VerbArguments arguments)
    {
        var file = DraftFile.Read(services.GetServices<DocumentKind>(), arguments.Word(1, "文件"));
        var layer = file.LayerFor(tenant);
        if (file.File.IsDraftOnly) throw new DocumentException(file.FileName, "$.effectiveFrom", "没有生效日期，是草案，不能发布；定下日期后填写");
        await StoreAsync(services, arguments, file.As(layer, ""));
    }

    private static async Task RollbackAsync(IServiceProvider services, VerbArguments arguments)
    {
        var old = await FindAsync(services, arguments);
        await StoreAsync(services, arguments, new NewDraft(old.Kind, old.Name, old.Layer, new DocumentFile(old.Json, null, null, null, false), old.CasesJson, ""));
    }

    private static async Task StoreAsync(IServiceProvider services, VerbArguments arguments, NewDraft draft)
    {
        var author = await ProveAsync(services, arguments, "起草人");
        var publisher = services.GetRequiredService<Publisher>();
        await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
        var stored = await publisher.DraftAsync(draft, author);
        await transaction.CommitAsync();
        Console.WriteLine($"已起草 {publisher.Kind(stored.Kind).Title} {stored.Name} 第 {stored.Version} 版：{stored.Id}");
    }

    private static async Task CheckAsync(IServiceProvider services, VerbArguments arguments)
    {
        var draft = await FindAsync(services, arguments);
        await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
        await services.GetRequiredService<Publisher>().CheckAsync(draft, From(services, arguments, "from"));
        await transaction.CommitAsync();
        Console.WriteLine("检查通过，可由另一人批准");
    }

    private static async Task ApproveAsync(IServiceProvider services, VerbArguments arguments)
    {
        var document = await FindAsync(services, arguments);
        var person = await ProveAsync(services, arguments, "批准人");
        var from = From(services, arguments, "from");
        var publisher = services.GetRequiredService<Publisher>();
        await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
        await publisher.ApproveAsync(document, person, from, arguments.Option("reason") ?? "");
        ToStations(services);
        await publisher.CommitAsync(document, transaction);
        Console.WriteLine($"已批准，自 {Time(from)} 起生效{(document.EffectiveTo is { } to ? $"，至 {Time(to)} 止" : "")}");
    }

    private static async Task RetireAsync(IServiceProvider services, VerbArguments arguments)
    {
        var document = await FindAsync(services, arguments);
        var reason = arguments.Require("reason");
        var person = await ProveAsync(services, arguments, "批准人");
        var at = From(services, arguments, "at");
        await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
        await services.GetRequiredService<Publisher>().RetireAsync(document, person, at, reason);
        ToStations(services);
        await transaction.CommitAsync();
        Console.WriteLine($"自 {Time(at)} 起停用");
    }

    /// <summary>What the province publishes goes on to the stations.</summary>
    private static void ToStations(IServiceProvider services)
    {
        if (services.GetRequiredService<TenantContext>().Current.IsProvince)
            services.GetRequiredService<Store>().Enqueue(ProvinceDocumentsHandler.MessageKind, "documents", services.GetRequiredService<TimeProvider>().GetUtcNow());
    }

    private static async Task<ProvenPerson> ProveAsync(IServiceProvider services, VerbArguments arguments, string who)
    {
        var account = arguments.Require("by");
        Console.Error.Write($"{who} PIN：");
        var (person, error) = await services.GetRequiredService<PinCheck>().ProveAsync(account, await Console.In.ReadLineAsync(), Actor.Operator);
        return person ?? throw new VerbException(error!);
    }

    private static async Task<PublishedDocument> FindAsync(IServiceProvider services, VerbArguments arguments)
    {
        var text = arguments.Word(1, "编号");
        return Guid.TryParse(text, out var id) && await services.GetRequiredService<Store>().Set<PublishedDocument>().SingleOrDefaultAsync(d => d.Id == id) is { } document
            ? document : throw new VerbException($"没有编号为 {text} 的文档，请用 documents list 查看");
    }

    /// <summary>An instant named in an option, or now.</summary>
    private static DateTimeOffset From(IServiceProvider services, VerbArguments arguments, string option) => arguments.Option(option) is not { } text ? services.GetRequiredService<TimeProvider>().GetUtcNow()
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var instant) ? instant
        : throw new VerbException($"时间 {text} 不能识别，请写成 2026-12-01T00:00+08:00");

    private static string Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-ddTHH:mmzzz", CultureInfo.InvariantCulture) ?? "—";
}
