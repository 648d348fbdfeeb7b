using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.People;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Verbs;

/// <summary>Publishing from the command line: the same draft, check, approval and effective date as everywhere.</summary>
internal static class DocumentVerbs
{
    public static async Task<int> RunAsync(string what, string[] args)
    {
        await using var maintenance = await Maintenance.OpenAsync();
        var arguments = new VerbArguments(args);
        var tenant = await maintenance.RunningTenantAsync(arguments.Word(0, "租户"));
        await maintenance.Tenants.RunAsync(tenant.Name, services => what switch
        {
            "list" => ListAsync(services),
            "draft" => DraftAsync(services, tenant, arguments),
            "check" => CheckAsync(services, arguments),
            "approve" => ApproveAsync(services, arguments),
            "retire" => RetireAsync(services, arguments),
            "rollback" => RollbackAsync(services, arguments),
            _ => throw new VerbException($"没有 documents {what}，可用：list、draft、check、approve、retire、rollback"),
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
        var file = arguments.Word(1, "文件");
        var kind = services.GetServices<DocumentKind>().FirstOrDefault(k => file.EndsWith(k.Suffix, StringComparison.Ordinal))
            ?? throw new VerbException($"认不出文档种类：文件名须以 {string.Join("、", services.GetServices<DocumentKind>().Select(k => k.Suffix))} 结尾");
        var author = await AccountAsync(services, arguments.Require("by"));
        await StoreAsync(services, kind, kind.NameOf(file), tenant.IsProvince ? DocumentLayer.Province : DocumentLayer.Station, await File.ReadAllTextAsync(file), author);
    }

    private static async Task RollbackAsync(IServiceProvider services, VerbArguments arguments)
    {
        var old = await FindAsync(services, arguments);
        var author = await AccountAsync(services, arguments.Require("by"));
        await StoreAsync(services, services.GetRequiredService<Publisher>().Kind(old.Kind), old.Name, old.Layer, old.Json, author);
    }

    private static async Task StoreAsync(IServiceProvider services, DocumentKind kind, string name, DocumentLayer layer, string json, string author)
    {
        await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
        PublishedDocument draft;
        try
        {
            draft = await services.GetRequiredService<Publisher>().DraftAsync(kind.Code, name, layer, json, author);
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new DocumentException(name + kind.Suffix, e.Path ?? "$", "不是合法的 JSON：" + e.Message);
        }
        await transaction.CommitAsync();
        Console.WriteLine($"已起草 {kind.Title} {name} 第 {draft.Version} 版：{draft.Id}");
    }

    private static async Task CheckAsync(IServiceProvider services, VerbArguments arguments)
    {
        var publisher = services.GetRequiredService<Publisher>();
        var draft = await FindAsync(services, arguments);
        await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
        publisher.Check(draft, (await publisher.InForceNowAsync()).Documents);
        await transaction.CommitAsync();
        Console.WriteLine("检查通过，可由另一人批准");
    }

    private static async Task ApproveAsync(IServiceProvider services, VerbArguments arguments)
    {
        var document = await FindAsync(services, arguments);
        Console.Error.Write("批准人 PIN：");
        var (person, error) = await services.GetRequiredService<PinCheck>().ProveAsync(arguments.Require("by"), await Console.In.ReadLineAsync(), Actor.Operator);
        if (person is null) throw new VerbException(error!);
        var from = Instant(arguments.Option("from")) ?? services.GetRequiredService<TimeProvider>().GetUtcNow();
        await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
        Publisher.Approve(document, person.UserName, from, arguments.Option("reason") ?? "");
        await FinishAsync(services, transaction);
        Console.WriteLine($"已批准，自 {Time(from)} 起生效");
    }

    private static async Task RetireAsync(IServiceProvider services, VerbArguments arguments)
    {
        var document = await FindAsync(services, arguments);
        var at = Instant(arguments.Option("at")) ?? services.GetRequiredService<TimeProvider>().GetUtcNow();
        await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
        Publisher.Retire(document, at, arguments.Require("reason"));
        await FinishAsync(services, transaction);
        Console.WriteLine($"自 {Time(at)} 起停用");
    }

    /// <summary>What the province publishes goes on to the stations.</summary>
    private static async Task FinishAsync(IServiceProvider services, StoreTransaction transaction)
    {
        await services.GetRequiredService<Publisher>().RaiseRevisionAsync();
        if (services.GetRequiredService<TenantContext>().Current.IsProvince)
            services.GetRequiredService<Store>().Enqueue(ProvinceDocumentsHandler.MessageKind, "documents", services.GetRequiredService<TimeProvider>().GetUtcNow());
        await transaction.CommitAsync();
    }

    private static async Task<PublishedDocument> FindAsync(IServiceProvider services, VerbArguments arguments)
    {
        var text = arguments.Word(1, "编号");
        return Guid.TryParse(text, out var id) && await services.GetRequiredService<Store>().Set<PublishedDocument>().SingleOrDefaultAsync(d => d.Id == id) is { } document
            ? document : throw new VerbException($"没有编号为 {text} 的文档，请用 documents list 查看");
    }

    private static async Task<string> AccountAsync(IServiceProvider services, string account)
    {
        var name = account.ToUpperInvariant();
        return await services.GetRequiredService<Store>().Users.Where(p => p.NormalizedUserName == name && !p.Disabled).Select(p => p.UserName).SingleOrDefaultAsync()
            ?? throw new VerbException($"没有账号 {account}");
    }

    private static DateTimeOffset? Instant(string? text) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var instant) ? instant
        : throw new VerbException($"时间 {text} 不能识别，请写成 2026-12-01T00:00+08:00");

    private static string Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-ddTHH:mmzzz", CultureInfo.InvariantCulture) ?? "—";
}
