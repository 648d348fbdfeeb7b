namespace Engine.Workflows;

/// <summary>How much a flow may hold and do in one step. What goes beyond is nobody's intention: it becomes an incident that names the activity, before it costs time or memory.</summary>
public static class FlowLimits
{
    /// <summary>Executions in one step; more is a loop that never waits.</summary>
    public const int Executions = 20_000;

    /// <summary>Bodies of one loop side by side.</summary>
    public const int Branches = 10_000;

    /// <summary>Places an instance waits at, at once.</summary>
    public const int Waits = 1_000;

    /// <summary>Lists and objects within each other in a value.</summary>
    public const int Depth = 32;

    /// <summary>Items and properties of a value, at all depths.</summary>
    public const int Items = 20_000;

    /// <summary>Characters of one text.</summary>
    public const int Text = 65_536;

    /// <summary>Characters of all texts of a value.</summary>
    public const int Texts = 1_000_000;

    /// <summary>Characters of all that one step keeps or says.</summary>
    public const int Kept = 8_000_000;

    /// <summary>Variables a script may make up.</summary>
    public const int MadeUp = 1_000;

    /// <summary>Copies of one print.</summary>
    public const int Copies = 100;

    /// <summary>Activities of a definition.</summary>
    public const int Activities = 2_000;

    /// <summary>Characters of a definition.</summary>
    public const int Document = 4_000_000;

    /// <summary>Objects and lists within each other in a definition.</summary>
    public const int DocumentDepth = 256;

    /// <summary>Time all expressions of one step take together.</summary>
    public static readonly TimeSpan Evaluating = TimeSpan.FromSeconds(1.5);

    /// <summary>Ten years: nothing of a visit waits longer.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromDays(3_653);
}
