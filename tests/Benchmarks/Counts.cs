namespace Benchmarks;

/// <summary>How often each thing is measured. A small run shows that every benchmark runs and every figure comes; its figures are not worth keeping.</summary>
internal sealed record Counts
{
    /// <summary>As measured for keeps: minutes for each benchmark.</summary>
    public static Counts Full { get; } = new()
    {
        WarmUps = 5, Runs = 25, Acts = 100, Starts = 5,
        FewStations = 2, ManyStations = 100, Messages = 400, Devices = 8, DonorsAlone = 8, DonorsAtOnce = 20, Archived = 40, Mutations = 1_000_000,
    };

    /// <summary>As the suite runs them: all within a minute on two cores.</summary>
    public static Counts Small { get; } = new()
    {
        WarmUps = 0, Runs = 2, Acts = 2, Starts = 1,
        FewStations = 1, ManyStations = 2, Messages = 8, Devices = 2, DonorsAlone = 1, DonorsAtOnce = 2, Archived = 2, Mutations = 200,
    };

    /// <summary>Runs that are not counted, before those that are.</summary>
    public required int WarmUps { get; init; }

    /// <summary>Of what takes a request or more.</summary>
    public required int Runs { get; init; }

    /// <summary>Of what takes a signature.</summary>
    public required int Acts { get; init; }

    /// <summary>Starts of one installation after its first.</summary>
    public required int Starts { get; init; }

    public required int FewStations { get; init; }
    public required int ManyStations { get; init; }

    /// <summary>Device messages of one run, shared by the devices.</summary>
    public required int Messages { get; init; }

    public required int Devices { get; init; }
    public required int DonorsAlone { get; init; }
    public required int DonorsAtOnce { get; init; }

    /// <summary>Donations that are archived. A thousand take the better part of an hour to make, before they are.</summary>
    public required int Archived { get; init; }

    /// <summary>Damaged inputs of one kind.</summary>
    public required int Mutations { get; init; }
}
