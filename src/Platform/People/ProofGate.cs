namespace Platform.People;

/// <summary>How many secrets are looked at in this process at the same moment: each costs time and memory on purpose, and nobody may make the process spend more than it has. Disposing lets the next in.</summary>
public sealed class ProofGate : IDisposable
{
    private readonly SemaphoreSlim _places = new(Math.Max(2, Environment.ProcessorCount));

    /// <summary>Nobody who waits here stops waiting: a try broken off is counted like any other.</summary>
    public async Task<IDisposable> EnterAsync()
    {
        await _places.WaitAsync();
        return new Place(_places);
    }

    public void Dispose() => _places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
