using Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Modules.Signing.Contracts;
using Platform.Storage;
using Platform.Tenancy;
using Web.Host;

namespace IntegrationTests.Support;

/// <summary>The product's signing as its other modules see it, in this process, on the data of a server.</summary>
internal sealed class SigningDesk : IAsyncDisposable
{
    public const string Donor = "11010519491231002X";
    private readonly WebApplication _app;

    private SigningDesk(WebApplication app) => _app = app;

    /// <param name="settings">Arguments that change the configuration, such as <c>--Tenants:NAME:Signing:Authority=est</c>.</param>
    public static async Task<SigningDesk> OpenAsync(Installation server, params string[] settings)
    {
        var store = server.Postgres is null ? "" : "--ConnectionStrings:Store=" + server.Postgres;
        var app = Serving.Build([$"--AppData={server.AppData}", $"--TenantConfig={server.TenantConfig}", "--environment=Development", $"--Urls={server.Address}", store, .. settings]);
        await app.Services.GetRequiredService<Tenants>().ReloadAsync();
        return new SigningDesk(app);
    }

    public Task<T> AtAsync<T>(string tenant, Func<IServiceProvider, Task<T>> work) => _app.Services.GetRequiredService<Tenants>().RunAsync(tenant, work);

    public async Task<(byte[] Certificate, ContentSignature Signature)> DonorSignsAsync(string tenant, byte[] content) =>
        await AtAsync(tenant, async services => await SignAsync(await services.GetRequiredService<ISigningKeys>().OpenForDonorAsync(new DonorSubject("张测试", Donor)), content));

    public async Task<(byte[] Certificate, ContentSignature Signature)> StaffSignsAsync(string tenant, string account, byte[] content) =>
        await AtAsync(tenant, async services => await SignAsync(await services.GetRequiredService<ISigningKeys>().OpenForStaffAsync(await PersonAsync(services, account), Staff.Pin), content));

    public Task<SigningFault?> DonorFaultAsync(string tenant) => AtAsync(tenant, async services =>
    {
        var (act, fault) = await services.GetRequiredService<ISigningKeys>().OpenForDonorAsync(new DonorSubject("张测试", Donor));
        act?.Dispose();
        return fault;
    });

    public Task<SigningFault?> StaffFaultAsync(string tenant, string account, string pin) => AtAsync(tenant, async services =>
    {
        var (act, fault) = await services.GetRequiredService<ISigningKeys>().OpenForStaffAsync(await PersonAsync(services, account), pin);
        act?.Dispose();
        return fault;
    });

    public Task<TrustMaterial> TrustAsync(string tenant, params byte[][] certificates) => AtAsync(tenant, async services =>
    {
        var (trust, fault) = await services.GetRequiredService<ITrustSource>().CollectAsync(certificates);
        return trust ?? throw new InvalidOperationException(fault!.Message);
    });

    public SignatureVerdict Check(byte[] cms, byte[] content, TrustMaterial trust) => _app.Services.GetRequiredService<ISignatureCheck>().Check(cms, content, trust);

    public static Task<string> PersonAsync(IServiceProvider services, string account) =>
        services.GetRequiredService<Store>().Users.Where(p => p.UserName == account).Select(p => p.Id).SingleAsync();

    private static async Task<(byte[], ContentSignature)> SignAsync(KeyOpening opening, byte[] content)
    {
        using var act = opening.Act ?? throw new InvalidOperationException(opening.Fault!.Message);
        return (act.Certificate, await act.SignAsync(content));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
