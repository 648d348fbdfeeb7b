namespace Modules.Devices.Contracts;

/// <summary>Message: results have been matched to a visit, written with the match itself.</summary>
public sealed record ReadingArrived(Guid VisitId)
{
    public const string Kind = "reading-arrived";
}
