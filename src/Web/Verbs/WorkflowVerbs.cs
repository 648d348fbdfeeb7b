using Engine.Workflows;
using Platform.Publishing;
using Platform.Tenancy;
using Web.Host;

namespace Web.Verbs;

/// <summary><c>workflow validate</c>: a flow by itself, and with <c>--station</c> among the documents in force there.</summary>
internal static class WorkflowVerbs
{
    public static Task<int> ValidateAsync(string[] args) => WorkflowValidateCommand.RunAsync(
        args, Console.Out, Console.Error, modules: Composition.ModuleActivities, station: AtStationAsync);

    private static async Task<IReadOnlyList<WorkflowFinding>> AtStationAsync(string station, string file, string json)
    {
        try
        {
            await using var maintenance = await Maintenance.OpenAsync();
            await using var rehearsal = await Rehearsal.OpenAsync(maintenance, station);
            return await rehearsal.RunAsync(services => FindingsAsync(services, rehearsal.Tenant, file));
        }
        catch (Exception e) when (e is VerbException or PublishingRefusedException)
        {
            throw new ArgumentException(e.Message);
        }
        catch (DocumentException e)
        {
            return [new WorkflowFinding(e.Path, e.Remedy, e.Remedy) { Document = e.Document }];
        }
    }

    private static async Task<IReadOnlyList<WorkflowFinding>> FindingsAsync(IServiceProvider services, Tenant tenant, string file)
    {
        var publisher = services.GetRequiredService<Publisher>();
        var draft = DraftFile.Read(services.GetServices<DocumentKind>(), file);
        var flow = await publisher.DetachedAsync(draft.As(draft.LayerFor(tenant), "workflow validate"));
        var findings = await publisher.FindingsAsync(flow, services.GetRequiredService<TimeProvider>().GetUtcNow());
        return [.. findings.Select(f => new WorkflowFinding(f.Path, f.Words, f.Remedy) { Document = f.Document })];
    }
}
