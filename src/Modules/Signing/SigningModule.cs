using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modules.Signing.BuiltIn;
using Modules.Signing.Contracts;
using Platform;
using Platform.Pages;
using Platform.People;
using Platform.Recipes;
using Platform.Storage;

namespace Modules.Signing;

public sealed class SigningModule : IModule
{
    /// <summary>The right to see everybody's certificates and to revoke them.</summary>
    public const string Manage = "signing.manage";

    public ITables Tables { get; } = new SigningTables();

    public IReadOnlyList<Permission> Permissions { get; } = [new(Manage, "管理签名证书")];

    public IReadOnlyList<Feature> Features { get; } = [new(SigningSettings.Feature, "电子签名")];

    /// <summary>Everybody has a certificate where certificates sign; who looks after them goes there before.</summary>
    public IReadOnlyList<MenuEntry> Menu { get; } =
    [
        new("签名与证书", ShowSigning.Path) { Feature = SigningSettings.Feature }, new("签名与证书", ShowSigning.Path) { Permission = Manage, Landing = 65 },
    ];

    public void AddServices(IServiceCollection services)
    {
        services.AddRateLimiter(PkiEndpoints.Limits);
        services.AddSingleton<PublicAddress>().AddSingleton<AuthorityKeys>().AddSingleton<ITenantSetUp>(s => s.GetRequiredService<AuthorityKeys>()).AddSingleton<OcspResponder>();
        services.AddScoped<SigningSettings>().AddScoped<BuiltInAuthority>().AddScoped<BuiltInTimestamps>();
        services.AddScoped<ICertificateAuthority>(s => s.GetRequiredService<BuiltInAuthority>()).AddScoped<ITimestampAuthority>(s => s.GetRequiredService<BuiltInTimestamps>());
        services.AddScoped<Authorities>().AddScoped<StaffKeyWrap>().AddScoped<StaffCertificates>();
        services.AddScoped<OpenedKeys>().AddScoped<IPinKeys>(s => s.GetRequiredService<OpenedKeys>());
        services.AddScoped<ShowSigning>().AddScoped<ApplyForCertificate>().AddScoped<RevokeCertificate>();
        services.AddScoped<IStaffCertificates>(s => s.GetRequiredService<StaffCertificates>()).AddScoped<ISigningKeys, SigningKeys>();
        services.AddSingleton<ISignatureCheck, SignatureCheck>().AddScoped<ITrustSource, TrustSource>();
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        PkiEndpoints.Map(endpoints);
        ShowSigning.Map(endpoints);
        ApplyForCertificate.Map(endpoints);
        RevokeCertificate.Map(endpoints);
    }
}
