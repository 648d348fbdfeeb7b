using Modules.Collection.Contracts;

namespace Modules.Collection;

/// <summary>By what a list tells its donors apart.</summary>
/// <param name="Queue">Number of the day, with its day where that is not today.</param>
/// <param name="SampleNumber">Null before one is given; so is the donation number.</param>
/// <param name="Namesake">Somebody else in the house has the same masked name.</param>
public sealed record DonorMark(string Queue, string? SampleNumber, string? DonationNumber, bool Namesake)
{
    internal static DonorMark Of(Visit visit, string maskedName, IEnumerable<PresentDonor> present, DateOnly today) => new(
        new QueuePlace(visit.Day, visit.QueueNumber).On(today), visit.SampleNumber, visit.DonationNumber, PresentDonor.Namesakes(present, visit.DonorId, maskedName).Count > 0);
}
