namespace Modules.Devices.Contracts;

/// <summary>Message: a sample or a donation has got its number, written with the number itself. Results may have come before it.</summary>
public sealed record SampleNumbered(string Number)
{
    public const string Kind = "sample-numbered";
}
