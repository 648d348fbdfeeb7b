namespace Web.Host;

/// <summary>Where the installation finds its seed configuration and keeps what changes.</summary>
/// <param name="Root">Folder with tenant-config, workflows and rule-packs.</param>
/// <param name="TenantConfig">Read-only seed of tenants.</param>
/// <param name="AppData">SQLite files, master key.</param>
public sealed record InstallationPaths(string Root, string TenantConfig, string AppData)
{
    /// <summary>Settings <c>TenantConfig</c> and <c>AppData</c> win; otherwise the nearest folder upwards that has a tenant-config.</summary>
    /// <exception cref="StartException">No tenant-config anywhere.</exception>
    public static InstallationPaths Find(IConfiguration configuration)
    {
        var tenantConfig = configuration["TenantConfig"] is { Length: > 0 } given ? Path.GetFullPath(given) : Upwards();
        if (!File.Exists(Path.Combine(tenantConfig, "tenants.json")))
            throw new StartException($"找不到 {Path.Combine(tenantConfig, "tenants.json")}", "请用 --TenantConfig=<文件夹> 指明租户配置文件夹");
        var root = Path.GetDirectoryName(tenantConfig)!;
        var appData = configuration["AppData"] is { Length: > 0 } data ? Path.GetFullPath(data) : Path.Combine(root, "src", "Web", "App_Data");
        return new InstallationPaths(configuration["Library"] is { Length: > 0 } library ? Path.GetFullPath(library) : root, tenantConfig, appData);
    }

    private static string Upwards()
    {
        foreach (var start in new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory })
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "tenant-config", "tenants.json"))) return Path.Combine(folder.FullName, "tenant-config");
        return Path.Combine(Directory.GetCurrentDirectory(), "tenant-config");
    }
}

/// <summary>The product cannot start; says what is missing and what to do.</summary>
public sealed class StartException(string problem, string remedy) : Exception($"{problem}。{remedy}。");
