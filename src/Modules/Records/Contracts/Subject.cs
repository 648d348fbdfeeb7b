namespace Modules.Records.Contracts;

/// <summary>What a record is about: a visit, a hand-over, a delivery of material, a calibration. Audit, drafts and leaves of the evidence name it in words.</summary>
/// <param name="Kind">Short code, given by the module that owns it, for example <c>visit</c>.</param>
public readonly record struct Subject(string Kind, Guid Id)
{
    public static Subject Parse(string words)
    {
        var at = words.IndexOf(':', StringComparison.Ordinal);
        return new Subject(words[..at], Guid.Parse(words.AsSpan(at + 1)));
    }

    public override string ToString() => $"{Kind}:{Id}";
}
