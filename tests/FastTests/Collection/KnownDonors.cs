using System.Reflection;
using Engine.Rules;
using Modules.Donors;
using Modules.Donors.Contracts;

namespace FastTests.Collection;

/// <summary>The donor book as one test needs it: what stands in the deferral file, and what is written there.</summary>
public class KnownDonors : DispatchProxy
{
    public List<EarlierDeferral> Deferrals { get; } = [];
    public List<VisitDeferral> OfVisit { get; } = [];
    public List<NewDeferral> Entered { get; } = [];
    public List<Guid> Lifted { get; } = [];

    public static (IDonors Book, KnownDonors Known) Make()
    {
        var book = Create<IDonors, KnownDonors>();
        return (book, (KnownDonors)(object)book);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(IDonors.AddFacts) => Add((FactBag)args![0]!, (DonorHistory)args[1]!, (string)args[2]!, (DateOnly)args[3]!),
        nameof(IDonors.DeferralsAsync) => Task.FromResult<IReadOnlyList<EarlierDeferral>>(Deferrals),
        nameof(IDonors.DeferralsOfVisitAsync) => Task.FromResult<IReadOnlyList<VisitDeferral>>(OfVisit),
        nameof(IDonors.DeferAsync) => Done(() => Entered.Add((NewDeferral)args![0]!)),
        nameof(IDonors.LiftAsync) => Done(() => Lifted.Add((Guid)args![0]!)),
        _ => throw new NotSupportedException(targetMethod.Name),
    };

    private static object? Add(FactBag facts, DonorHistory history, string type, DateOnly day)
    {
        DonorsFacts.Add(facts, history, type, day);
        return null;
    }

    private static Task Done(Action write)
    {
        write();
        return Task.CompletedTask;
    }
}
