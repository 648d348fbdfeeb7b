using Adapters.Devices.Listening;
using Microsoft.AspNetCore.HttpOverrides;
using Platform;
using Platform.Jobs;
using Platform.Pages;
using Platform.People;
using Platform.Storage;
using Web.Pages;
using Web.SignIn;

namespace Web.Host;

/// <summary>Serves the product: the pipeline, in order.</summary>
internal static class Serving
{
    /// <summary>Bytes of one post; the longest form of the product has some 10 kB.</summary>
    public const int LargestPost = 1024 * 1024;

    private const int LongestValue = 64 * 1024;

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = Build(args);
            await StartAsync(app, Console.Out);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception e) when (e is StartException or StoreRefusedException or OtherBuildException or Platform.Publishing.DocumentException or Platform.Publishing.SetException or IOException or Npgsql.NpgsqlException)
        {
            await Console.Error.WriteLineAsync("无法启动：" + e.Message);
            return 1;
        }
    }

    /// <summary>Brings the installation to where it can serve, and serves.</summary>
    public static async Task StartAsync(WebApplication app, TextWriter output)
    {
        var first = app.Services.GetRequiredService<FirstStart>();
        await first.RunAsync(output);
        await app.StartAsync();
        first.Announce(app.Urls, output);
    }

    /// <param name="adjust">What a program around this one puts in its place, such as the clock; null: nothing.</param>
    /// <param name="modules">What the house consists of; null: what it ships with.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null, IReadOnlyList<IModule>? modules = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = ContentRoot(), ApplicationName = typeof(Serving).Assembly.GetName().Name });
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestPost;
        });
        builder.Services.Configure<Microsoft.AspNetCore.Http.Features.FormOptions>(form => form.ValueLengthLimit = LongestValue);
        var paths = InstallationPaths.Find(builder.Configuration);
        RequireProductionSettings(builder);
        builder.Services.AddProduct(paths, builder.Configuration, builder.Environment, modules ?? Composition.Modules);
        builder.Services.AddSingleton<RecurringWorks>().AddSingleton<JobWorkers>().AddHostedService(s => s.GetRequiredService<JobWorkers>()).AddSchedule();
        builder.Services.AddHostedService<DeviceListeners>().AddHostedService<Platform.Tenancy.TenantWatch>();
        builder.Services.AddRazorComponents();
        builder.Services.AddAntiforgery(options => (options.Cookie.Name, options.Cookie.SecurePolicy) = ("blood-station-form", CookieSecurePolicy.SameAsRequest));
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<IPages, ComponentPages>();
        builder.Services.AddStaffSession();
        builder.Services.AddConnect();
        ConfigureProxies(builder);
        adjust?.Invoke(builder);
        var app = builder.Build();
        Pipeline(app);
        return app;
    }

    private static void Pipeline(WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = ErrorPages.FailedAsync });
        app.Use(SecurityHeaders.AddAsync);
        app.UseStaticFiles();
        app.UseMiddleware<TenantMiddleware>();
        app.Use(ErrorPages.EmptyAnswersAsync);
        app.UseRouting();
        app.Use(ClientGate.RunAsync);
        app.UseAuthentication();
        // Before rights are looked at: whoever may not see the first page must still be able to choose a PIN.
        app.Use(next => http => Session.FinishFirstAsync(http, next));
        app.UseAuthorization();
        app.UseRateLimiter();
        app.Use(LargeUploads.RunAsync);
        app.UseAntiforgery();
        app.Use(ErrorPages.ForgedAsync);
        app.Use(SecondTry.RunAsync);
        Home.Map(app);
        SignInPages.Map(app);
        Connect.Map(app);
        foreach (var module in app.Services.GetServices<IModule>()) module.MapEndpoints(app);
        app.MapFallback((IPages pages) => pages.Refuse(new Refusal(RefusalKind.NotFound, "没有这个页面", "请检查地址，或从工作列表进入"))).AllowAnonymous();
    }

    private static void ConfigureProxies(WebApplicationBuilder builder) => builder.Services.Configure<ForwardedHeadersOptions>(options =>
    {
        options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        // A name a proxy hands on is looked at like one the browser names itself.
        if (!HostNames.IsOpen(builder.Configuration["AllowedHosts"])) options.AllowedHosts = [.. HostNames.Of(builder.Configuration["AllowedHosts"])];
        foreach (var proxy in builder.Configuration.GetSection("KnownProxies").Get<string[]>() ?? [])
            options.KnownProxies.Add(System.Net.IPAddress.Parse(proxy));
    });

    /// <summary>A production host says who it is; a demonstration never runs there.</summary>
    private static void RequireProductionSettings(WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsProduction()) return;
        if (builder.Configuration.GetValue<bool>("Demo")) throw new StartException("生产环境不能打开 Demo", "请从配置中删除 Demo");
        if (HostNames.IsOpen(builder.Configuration["AllowedHosts"])) throw new StartException("生产环境没有设置 AllowedHosts，或其中有 *", "请只填写本系统的域名，多个用分号分开，例如 AllowedHosts=blood.example.org");
        if (Composition.CostOf(builder.Configuration).IsBelow(PinCost.Floor))
            throw new StartException($"{PinCost.MemorySetting} 或 {PinCost.PassesSetting} 低于生产环境的下限", $"至少 {PinCost.Floor.MemoryKiB} KiB、{PinCost.Floor.Passes} 遍；删去这两项设置即用下限");
        if (string.IsNullOrEmpty(builder.Configuration[MasterKey.Variable])) throw new StartException($"生产环境没有设置 {MasterKey.Variable}", "请用环境变量提供 32 字节 base64 主密钥，并妥善备份");
    }

    private static string ContentRoot() =>
        File.Exists(Path.Combine(Directory.GetCurrentDirectory(), "Web.csproj")) ? Directory.GetCurrentDirectory() : AppContext.BaseDirectory;
}
