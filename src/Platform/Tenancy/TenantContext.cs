using System.Diagnostics.CodeAnalysis;

namespace Platform.Tenancy;

/// <summary>The tenant of this scope. Reading it where none was set is a bug and throws: tenant data is never read by accident.</summary>
public sealed class TenantContext
{
    private Tenant? _current;

    public Tenant Current => _current
        ?? throw new InvalidOperationException("No tenant in this scope: open it with Tenants.RunAsync or serve it behind the tenant middleware.");

    public bool IsSet => _current is not null;

    /// <summary>Set once per scope; a scope never changes its tenant.</summary>
    [SuppressMessage("Naming", "CA1721", Justification = "Setting is an act of the host, not a property of the scope.")]
    public void Enter(Tenant tenant)
    {
        if (_current is not null) throw new InvalidOperationException($"The scope already belongs to tenant {_current.Name}.");
        _current = tenant;
    }
}
