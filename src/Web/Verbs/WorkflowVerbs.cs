using Modules.Collection;
using Platform.Publishing;
using Platform.Workflows;
using Web.Host;

namespace Web.Verbs;

/// <summary><c>workflow validate</c>: a flow by itself, and with <c>--station</c> among the documents in force there.</summary>
internal static class WorkflowVerbs
{
    public static Task<int> ValidateAsync(string[] args) => WorkflowValidateCommand.RunAsync(
        args, Console.Out, Console.Error, modules: [.. CollectionModule.Activities.Select(a => a.Descriptor)], station: AtStationAsync);

    private static async Task<IReadOnlyList<WorkflowFinding>> AtStationAsync(string station, string file, string json)
    {
        await using var maintenance = await Maintenance.OpenAsync();
        if (maintenance.Tenants.Find(station) is null) throw new ArgumentException($"没有租户 {station}");
        return await maintenance.Tenants.RunAsync((await maintenance.RunningTenantAsync(station)).Name, async services =>
        {
            var publisher = services.GetRequiredService<Publisher>();
            var flow = await publisher.DetachedDraftAsync(DocumentKinds.Workflow, publisher.Kind(DocumentKinds.Workflow).NameOf(file), DocumentLayer.Station, json, "");
            try
            {
                publisher.Check(flow, (await publisher.InForceNowAsync()).Documents);
                return [];
            }
            catch (DocumentException e)
            {
                return (IReadOnlyList<WorkflowFinding>)[new WorkflowFinding(e.Path, e.Remedy, e.Remedy) { Document = e.Document }];
            }
        });
    }
}
