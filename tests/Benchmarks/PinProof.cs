using Harness;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Modules.Signing;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Benchmarks;

/// <summary>The proof of a PIN as a step asks for it: the account, the tries so far, and the key, whose opening is the proof.</summary>
internal static class PinProof
{
    /// <exception cref="InvalidOperationException">It is not the person's PIN.</exception>
    public static Task ProveAsync(ProductHost server, string station, string account) => AtAsync(server, station, async services =>
    {
        var (person, error) = await services.GetRequiredService<PinCheck>().ProveAsync(account, Nurse.Pin, Platform.Audit.Actor.Operator);
        if (person is null) throw new InvalidOperationException(error);
    });

    /// <exception cref="InvalidOperationException">There is no key yet, or one costs less than a production asks: what is measured would not be what a PIN costs.</exception>
    public static Task RequireFloorAsync(ProductHost server, string station) => AtAsync(server, station, async services =>
    {
        var floor = new PinDerivation(PinCost.Floor, PinCost.Floor);
        var derivations = await services.GetRequiredService<Store>().Set<StaffKey>().Select(k => k.Derivation).ToListAsync();
        if (derivations.Count == 0 || derivations.Any(floor.IsCheap)) throw new InvalidOperationException("The keys of staff are not wrapped at the floor.");
    });

    private static Task AtAsync(ProductHost server, string station, Func<IServiceProvider, Task> work) => server.Services.GetRequiredService<Tenants>().RunAsync(station, work);
}
