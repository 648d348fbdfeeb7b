using Adapters.Devices;
using Harness;

namespace Benchmarks;

/// <summary>The device profiles of the province.</summary>
internal static class DeliveredProfiles
{
    private static readonly ProfileShelf Shelf = ProfileShelf.Of(Path.Combine(Installation.Repository, "tenant-config", "Default", "devices"));

    public static IReadOnlyList<string> Names => Shelf.Names;

    public static DeviceProfile Of(string name) => Shelf.Find(name)!;

    public static string Json(string name) => Shelf.Json(name);
}
