using Adapters.Devices;
using Platform.Publishing;
using Web.Host;

namespace Web.Verbs;

/// <summary><c>devices parse</c>: by the profiles delivered, or with <c>--station</c> by those in force there.</summary>
internal static class DeviceVerbs
{
    private const string Station = "--station";

    public static async Task<int> ParseAsync(string[] args)
    {
        var at = Array.IndexOf(args, Station);
        if (at < 0) return await new DevicesParseCommand(Delivered()).RunAsync(args, Console.Out, Console.Error);
        if (at + 1 >= args.Length) throw new VerbException($"{Station} 后面缺少租户");
        var shelf = await InForceAsync(args[at + 1]);
        return await new DevicesParseCommand(shelf).RunAsync([.. args[..at], .. args[(at + 2)..]], Console.Out, Console.Error);
    }

    /// <summary>The province's files. Without an installation there are none, and a profile is given as a file.</summary>
    private static ProfileShelf Delivered()
    {
        try
        {
            return ProfileShelf.Of(Path.Combine(InstallationPaths.Find(new ConfigurationBuilder().AddEnvironmentVariables()
                .Build()).TenantConfig, "Default", "devices"));
        }
        catch (StartException)
        {
            return new ProfileShelf([], _ => "");
        }
    }

    private static async Task<ProfileShelf> InForceAsync(string tenant)
    {
        await using var maintenance = await Maintenance.OpenAsync();
        return await maintenance.Tenants.RunAsync((await maintenance.RunningTenantAsync(tenant)).Name, async services =>
        {
            var set = await services.GetRequiredService<Publisher>().InForceNowAsync();
            var documents = set.All(DocumentKinds.DeviceProfile).Select(d => d.Name).Distinct(StringComparer.Ordinal)
                .ToDictionary(n => n, n => set.Require(DocumentKinds.DeviceProfile, n).Json, StringComparer.Ordinal);
            return new ProfileShelf([.. documents.Keys.Order(StringComparer.Ordinal)], name => documents[name]);
        });
    }
}
