using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Publishing;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.Host;

/// <summary>Brings the installation to where it can serve: host store, tenants of tenants.json, their stores and recipes. What is there already is left alone.</summary>
internal sealed class FirstStart(InstallationPaths paths, StoreCheck check, Lazy<Migrator> migrator, Tenants tenants, IConfiguration configuration, IHostEnvironment environment)
{
    private readonly List<string> _accounts = [];

    /// <summary>Whether accounts and records for demonstrations are made.</summary>
    public bool Demo => configuration.GetValue<bool>("Demo") && environment.IsDevelopment();

    /// <exception cref="StartException">Something is missing that only a person can provide.</exception>
    public async Task RunAsync(TextWriter output)
    {
        await check.StartAsync([.. Named()], output.WriteLine);
        await OpenAsync(output.WriteLine);
        var waiting = tenants.All.Where(t => t.State is TenantState.Uninitialized or TenantState.Initializing).ToList();
        if (waiting.Count > 0 && !Demo) throw new StartException($"租户 {string.Join("、", waiting.Select(t => t.Name))} 尚未初始化", "请先运行 recipe apply <租户>");
        for (var i = 0; i < waiting.Count; i++)
        {
            await output.WriteAsync($"[{i + 1}/{waiting.Count}] {waiting[i].Name}：建库、执行配方 … ");
            await SetUpAsync(waiting[i]);
            await output.WriteLineAsync("完成");
        }
        foreach (var tenant in tenants.All.Where(t => t.State == TenantState.Running).ToList()) await BringUpAsync(tenant, output);
    }

    /// <summary>Opens the host store and knows the tenants; every verb begins so.</summary>
    /// <exception cref="StoreRefusedException">Key and stores do not belong together; nothing has been touched.</exception>
    public async Task OpenAsync(Action<string> say)
    {
        await check.HostAsync(say);
        await migrator.Value.MigrateHostAsync();
        await ImportAsync();
    }

    public void Announce(ICollection<string> urls, TextWriter output)
    {
        var address = urls.First().Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
        output.WriteLine($"\n服务已启动，按 Ctrl+C 停止。");
        foreach (var tenant in tenants.All.Where(t => t.State == TenantState.Running))
            output.WriteLine($"  {tenant.Configuration().GetValueOrDefault("Description", tenant.Name)}：{address}/{tenant.RequestUrlPrefix}");
        if (environment.IsProduction() && urls.All(u => u.StartsWith("http:", StringComparison.OrdinalIgnoreCase)))
            output.WriteLine("提示：本程序在此只用 http。请由前置代理提供 TLS 并设置 KnownProxies，或用 Kestrel 配置证书；否则密码在网络上是明文。");
        WriteAccounts(output);
        if (_accounts.Count == 0 && Demo) output.WriteLine("\n演示账号的密码在首次启动时显示；重设：people reset-password <租户> <工号>");
    }

    public void WriteAccounts(TextWriter output)
    {
        if (_accounts.Count > 0) output.WriteLine("\n演示账号（密码只在此显示一次；首次登录后设置 PIN）：\n" + string.Join("\n", _accounts));
    }

    /// <summary>Makes the store and applies the recipe; a failure leaves the tenant uninitialized, to be tried again.</summary>
    public async Task SetUpAsync(Tenant tenant)
    {
        await tenants.SaveAsync(tenant with { State = TenantState.Initializing });
        try
        {
            await migrator.Value.MigrateAsync(tenant);
            await tenants.RunAsync(tenant.Name, async services =>
            {
                var run = services.GetRequiredService<RecipeRun>();
                var plan = await run.PlanAsync(Recipe.Read(RecipeFile(tenant)), Demo);
                await run.ApplyAsync(plan);
                if (plan.Announcements.Count > 0) _accounts.AddRange(plan.Announcements.Prepend($" {tenant.Name}"));
            });
            await tenants.SaveAsync(tenant with { State = TenantState.Running, SchemaVersion = migrator.Value.Current(tenant), AppliedFiles = FilesDigest(tenant), Incident = null });
        }
        catch (Exception e)
        {
            await tenants.SaveAsync(tenant with { State = TenantState.Uninitialized, Incident = e.Message });
            throw;
        }
    }

    public string RecipeFile(Tenant tenant) => Path.Combine(paths.TenantConfig, tenant.Name, tenant.RecipeName + ".recipe.json");

    /// <summary>Changes when any file of the tenant's folder does.</summary>
    public string FilesDigest(Tenant tenant)
    {
        var folder = Path.Combine(paths.TenantConfig, tenant.Name);
        if (!Directory.Exists(folder)) return "";
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            digest.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, file)));
            digest.AppendData(File.ReadAllBytes(file));
        }
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    private async Task BringUpAsync(Tenant tenant, TextWriter output)
    {
        if (tenant.SchemaVersion != migrator.Value.Current(tenant))
        {
            if (!Demo) throw new StartException($"租户 {tenant.Name} 的数据库需要升级", "请先备份，再运行 migrate");
            await migrator.Value.MigrateAsync(tenant);
            await tenants.SaveAsync(tenant with { SchemaVersion = migrator.Value.Current(tenant) });
        }
        if (tenant.AppliedFiles != FilesDigest(tenant))
            await output.WriteLineAsync($"提示：{tenant.Name} 的配置文件与已生效的配置不同；生效的配置不变。查看差异：recipe plan {tenant.Name}");
    }

    /// <summary>Takes over tenants of tenants.json that are not known yet.</summary>
    private async Task ImportAsync()
    {
        await tenants.ReloadAsync();
        foreach (var named in Named())
            if (tenants.Find(named.Name) is null) await ImportAsync(named);
    }

    /// <summary>The tenants of tenants.json as they would be taken over.</summary>
    private IEnumerable<Tenant> Named() => ReadTenants(Path.Combine(paths.TenantConfig, "tenants.json")).Select(t => Imported(t.Key, t.Value));

    /// <summary>Looks at the address first: a tenant once written would stop every later start.</summary>
    private async Task ImportAsync(Tenant tenant)
    {
        if (tenants.All.FirstOrDefault(t => t.RequestUrlHost == tenant.RequestUrlHost && t.RequestUrlPrefix.Equals(tenant.RequestUrlPrefix, StringComparison.OrdinalIgnoreCase)) is { } other)
            throw new DocumentException("tenants.json", "$." + tenant.Name, $"与租户 {other.Name} 的地址相同：请修改 RequestUrlHost 或 RequestUrlPrefix");
        await check.NewAsync(tenant);
        await tenants.SaveAsync(tenant);
    }

    private static Dictionary<string, Dictionary<string, string>> ReadTenants(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(File.ReadAllText(file), new JsonSerializerOptions { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        }
        catch (JsonException e)
        {
            throw new DocumentException("tenants.json", e.Path ?? "$", "每个租户是一组文字键值：State、RequestUrlHost、RequestUrlPrefix");
        }
    }

    private Tenant Imported(string name, Dictionary<string, string> seed)
    {
        if (name.Length == 0 || name.Length > 40 || name.Equals(StoreIdentity.Host, StringComparison.OrdinalIgnoreCase) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            throw new DocumentException("tenants.json", "$." + name, "租户名只能用英文字母、数字和连字符，最长 40 个字符，不能是 host");
        var settings = Path.Combine(paths.TenantConfig, name, "appsettings.json");
        var own = File.Exists(settings) ? new ConfigurationBuilder().AddJsonFile(settings).Build().AsEnumerable().Where(p => p.Value is not null).ToDictionary(p => p.Key, p => p.Value!) : [];
        return new Tenant
        {
            Name = name, TenantId = seed.GetValueOrDefault("TenantId") ?? Guid.CreateVersion7().ToString("N"), State = TenantState.Uninitialized,
            RequestUrlHost = seed.GetValueOrDefault("RequestUrlHost", ""), RequestUrlPrefix = seed.GetValueOrDefault("RequestUrlPrefix", ""),
            RecipeName = own.GetValueOrDefault("RecipeName", name), ConnectionString = own.GetValueOrDefault("ConnectionString"),
            ConfigurationJson = JsonSerializer.Serialize(own),
        };
    }
}
