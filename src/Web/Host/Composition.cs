using Adapters.ArchiveStores.FileSystem;
using Adapters.CertificateAuthorities;
using Adapters.CertificateAuthorities.Est;
using Adapters.Devices.Listening;
using Engine.Forms;
using Engine.Rules;
using Engine.Workflows;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Modules.Archive;
using Modules.Archive.Contracts;
using Modules.Collection;
using Modules.Configuring;
using Modules.Devices;
using Modules.Devices.Contracts;
using Modules.Donors;
using Modules.Exchange;
using Modules.Kiosk;
using Modules.Records;
using Modules.Signing;
using Modules.Signing.Contracts;
using Platform;
using Platform.Audit;
using Platform.Flows;
using Platform.Jobs;
using Platform.Pages;
using Platform.People;
using Platform.Publishing;
using Platform.Publishing.Changes;
using Platform.Recipes;
using Platform.Storage;
using Platform.Tenancy;
using Web.SignIn;
using Adapters.CertificateAuthorities.Rfc3161;


namespace Web.Host;

/// <summary>Everything the process is made of. Serving and the maintenance verbs share it.</summary>
internal static class Composition
{
    public static IReadOnlyList<IModule> Modules { get; } =
    [
        new CollectionModule(), new RecordsModule(), new ArchiveModule(), new DevicesModule(), new KioskModule(), new DonorsModule(), new SigningModule(), new ExchangeModule(), new PeopleModule(),
        new ConfiguringModule(), new AuditModule(),
    ];

    public static StoreTables Tables { get; } = TablesOf(Modules);

    public static DocumentCatalog Catalog { get; } = new(Modules);

    /// <summary>For a flow that is tried by itself, without a station.</summary>
    public static IReadOnlyCollection<ActivityDescriptor> ModuleActivities { get; } = [.. Modules.SelectMany(m => m.Activities).Select(a => a.Descriptor)];

    /// <param name="modules">What the house consists of; usually <see cref="Modules"/>.</param>
    public static IServiceCollection AddProduct(this IServiceCollection services, InstallationPaths paths, IConfiguration configuration, IHostEnvironment environment, IReadOnlyList<IModule> modules)
    {
        services.AddSingleton(paths);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => MasterKey.Load(paths.AppData, configuration[MasterKey.Variable])).AddSingleton<StoreCheck>();
        services.AddSingleton(new StorageSettings(paths.AppData, configuration.GetConnectionString("Store")) { MigrationsAssembly = typeof(Composition).Assembly.GetName().Name! });
        AddStorage(services, modules == Modules ? Tables : TablesOf(modules));
        AddTenancy(services, paths, modules == Modules ? Catalog : new DocumentCatalog(modules));
        AddPeople(services, CostOf(configuration), environment.IsProduction() ? PinCost.Floor : null);
        services.AddSingleton<IDeviceProfiles, PublishedProfiles>();
        services.AddScoped<FileSystemArchive>().AddScoped<IArchiveStore>(s => s.GetRequiredService<FileSystemArchive>()).AddScoped<ITenantFiles>(s => s.GetRequiredService<FileSystemArchive>());
        services.AddSingleton<OutsideConnections>().AddScoped<IRevocationSource, AddressedRevocation>();
        services.AddScoped<ICertificateAuthority, EstAuthority>().AddScoped<ITimestampAuthority, Rfc3161Timestamps>();
        foreach (var module in modules) AddModule(services, module);
        foreach (var permission in PublishingPermissions.All) services.AddSingleton(permission);
        foreach (var setting in StationSettings.Own) services.AddSingleton(setting);
        return services;
    }

    private static StoreTables TablesOf(IReadOnlyList<IModule> modules) => new([new PlatformTables(), .. modules.Select(m => m.Tables).OfType<ITables>()]);

    private static void AddModule(IServiceCollection services, IModule module)
    {
        services.AddSingleton(module);
        module.AddServices(services);
        foreach (var permission in module.Permissions) services.AddSingleton(permission);
        foreach (var feature in module.Features) services.AddSingleton(feature);
        foreach (var fact in module.Facts) services.AddSingleton(fact);
        foreach (var setting in module.Settings) services.AddSingleton(setting);
        foreach (var work in module.Recurring) services.AddSingleton(work);
        foreach (var entry in module.Menu) services.AddSingleton(entry);
        foreach (var surface in module.Surfaces) services.AddSingleton(surface);
    }

    private static void AddStorage(IServiceCollection services, StoreTables tables)
    {
        services.AddSingleton(tables).AddSingleton<Stores>().AddSingleton<Migrator>().AddSingleton(s => new Lazy<Migrator>(s.GetRequiredService<Migrator>)).AddSingleton<HostKeys>();
        services.AddScoped(s => s.GetRequiredService<Stores>().Open(s.GetRequiredService<TenantContext>().Current));
        services.AddScoped(s => s.GetRequiredService<Stores>().OpenHost());
        services.AddScoped<FieldCipher>().AddScoped<EvidenceCheck>().AddScoped<EvidenceLog>();
        services.AddSingleton<OutboxSignal>().AddSingleton<ILane, MessageLane>().AddSingleton<ILane, TimerLane>().AddSingleton<ILane, JobLane>();
        services.AddJob<ForgetDone>(ForgetDone.Kind).AddSingleton(ForgetDone.Recurring);
        services.AddScoped<IOutboxHandler, ProvinceDocumentsHandler>();
        services.AddDataProtection().SetApplicationName("blood-station");
        services.AddOptions<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>().Configure<IServiceProvider>((options, provider) =>
        {
            options.XmlRepository = new HostKeyRing(provider);
            options.XmlEncryptor = new MasterKeyXmlEncryptor(provider);
        });
    }

    private static void AddTenancy(IServiceCollection services, InstallationPaths paths, DocumentCatalog catalog)
    {
        services.AddSingleton<Tenants>().AddScoped<TenantContext>();
        services.AddSingleton<ConfigurationCache>().AddSingleton<ParsedDocuments>();
        services.AddSingleton<SetCheck>().AddScoped<SetClaims>().AddSingleton<ProvinceRegistry>().AddSingleton<IClaims, PackIdClaims>();
        services.AddSingleton<ISetRule, PackSetRule>().AddSingleton<ISetRule, FormSetRule>().AddSingleton<ISetRule, FlowSetRule>().AddSingleton<ISetRule, SettingsSetRule>().AddSingleton<ISetRule, CasesSetRule>();
        services.AddScoped<Configuration>().AddScoped<Publisher>().AddScoped<ProvinceDocuments>().AddScoped<StationClock>();
        services.AddChanges();
        services.AddSingleton(new DocumentLibrary(paths.Root)).AddSingleton(catalog.Packs).AddSingleton(catalog.Activities).AddSingleton<WorkflowEngine>();
        services.AddScoped<RecipeRun>().AddScoped<SettingsStage>();
        services.AddScoped<IRecipeStep, FeatureStep>().AddScoped<IRecipeStep, SettingsStep>().AddScoped<IRecipeStep, RolesStep>()
            .AddScoped<IRecipeStep, UsersStep>().AddScoped<IRecipeStep, ProvinceDocumentsStep>().AddScoped<IRecipeStep, OpenIdApplicationStep>();
        foreach (var kind in catalog.Kinds)
        {
            services.AddSingleton(kind);
            if (kind.RecipeStep.Length > 0)
                services.AddScoped<IRecipeStep>(s => new DocumentsStep(kind, s.GetRequiredService<Publisher>(), s.GetRequiredService<DocumentLibrary>()));
        }
        services.AddSingleton<FirstStart>().AddSingleton<TenantHealth>();
    }

    /// <summary>What a PIN costs here; a production opens nothing that was made below the floor.</summary>
    /// <exception cref="StartException">The setting is no cost of Argon2id.</exception>
    public static PinCost CostOf(IConfiguration configuration)
    {
        var cost = new PinCost(configuration.GetValue(PinCost.MemorySetting, PinCost.Floor.MemoryKiB), configuration.GetValue(PinCost.PassesSetting, PinCost.Floor.Passes));
        return cost.IsPossible ? cost : throw new StartException($"{PinCost.MemorySetting} 或 {PinCost.PassesSetting} 超出范围", "内存 8 至 1048576 KiB，遍数 1 至 100");
    }

    private static void AddPeople(IServiceCollection services, PinCost cost, PinCost? floor)
    {
        services.AddIdentityCore<Person>(options =>
            {
                options.Password.RequiredLength = 10;
                options.Password.RequireDigit = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
            })
            .AddRoles<Role>()
            .AddEntityFrameworkStores<Store>();
        services.AddMetrics().AddSingleton<SecretsMeter>().AddSingleton(s => new PinDerivation(cost, floor, s.GetRequiredService<SecretsMeter>()));
        services.AddScoped<IPasswordHasher<Person>, CountedHasher>().AddScoped<PasswordCheck>().AddScoped<Visitor>().AddScoped<SignInPages>().AddScoped<ChoosePin>().AddScoped<OwnSecrets>();
        services.AddScoped<CodeCheck>().AddScoped<SignInTicket>().AddScoped<SecondStep>().AddScoped<Begun>().AddScoped<OwnSecondFactor>();
        services.AddSingleton<IAuthorizationPolicyProvider, PermissionPolicies>();
    }
}
