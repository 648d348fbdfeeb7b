namespace Platform.Tenancy;

/// <summary>Finds the tenant of a request in Orchard Core's order: host+prefix, host, prefix, *.host, then the province.</summary>
public sealed class TenantTable
{
    private readonly Dictionary<string, Tenant> _byAddress = new(StringComparer.OrdinalIgnoreCase);
    private readonly Tenant? _fallback;

    public TenantTable(IEnumerable<Tenant> tenants)
    {
        foreach (var tenant in tenants)
        {
            var hosts = tenant.RequestUrlHost.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (hosts.Length == 0 && tenant.RequestUrlPrefix.Length == 0) _fallback = tenant;
            foreach (var host in hosts.DefaultIfEmpty(""))
                if (!_byAddress.TryAdd(host + "/" + tenant.RequestUrlPrefix, tenant))
                    throw new InvalidOperationException(
                        $"租户 {tenant.Name} 与 {_byAddress[host + "/" + tenant.RequestUrlPrefix].Name} 的地址相同（{host}/{tenant.RequestUrlPrefix}）：请修改 tenants.json 中的 RequestUrlHost 或 RequestUrlPrefix。");
        }
    }

    /// <summary>The tenant and whether its prefix has to be moved from the path to the path base.</summary>
    public (Tenant Tenant, bool ByPrefix)? Resolve(string host, string path)
    {
        var prefix = FirstSegment(path);
        foreach (var name in Names(host))
        {
            if (prefix.Length > 0 && _byAddress.TryGetValue(name + "/" + prefix, out var both)) return (both, true);
            if (name.Length > 0 && _byAddress.TryGetValue(name + "/", out var byHost)) return (byHost, false);
        }
        return _fallback is null ? null : (_fallback, false);
    }

    private static IEnumerable<string> Names(string host)
    {
        yield return host;
        var colon = host.LastIndexOf(':');
        var name = colon > 0 ? host[..colon] : host;
        if (colon > 0) yield return name;
        yield return "";
        for (var dot = name.IndexOf('.'); dot > 0; dot = name.IndexOf('.', dot + 1)) yield return "*" + name[dot..];
    }

    private static string FirstSegment(string path)
    {
        var end = path.IndexOf('/', Math.Min(1, path.Length));
        return end < 0 ? path.TrimStart('/') : path[1..end];
    }
}
