namespace Engine.Workflows;

/// <summary>Answers a rule check for the subject of this run. Offered by whoever runs the workflow.</summary>
public interface IRuleCheckHost
{
    /// <summary>Outcome of a stage: Pass, Prompt, Defer or Missing.</summary>
    ValueTask<string> CheckAsync(string stage, CancellationToken cancellation);
}

/// <summary>Answers whether a feature is on, from the settings pinned for the subject of this run.</summary>
public interface IFeatureHost
{
    ValueTask<bool> IsOnAsync(string feature, CancellationToken cancellation);
}
