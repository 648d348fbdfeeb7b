using Engine.Forms;
using Modules.Donors.Contracts;
using Modules.Records.Contracts;

namespace Modules.Collection;

/// <summary>The page of a registration.</summary>
internal sealed class DrawRegistration(IDonors donors, TimeProvider clock)
{
    public async Task<StepModel> BlankAsync(SetInForce now, ResidentIdNumber id, DonorRecord? donor, CancellationToken cancel)
    {
        var values = donor is null ? Values(id) : Values(donor);
        foreach (var field in now.Registration.Fields)
            if (field.Default is { } value) values.TryAdd(field.Code, value);
        return await ModelAsync(now, id.Value, donor, cancel) with
        {
            Values = values, Notice = donor is null ? "新献血者：本站没有档案，请填写资料" : $"已有档案 {donor.ArchiveNumber}，请核对资料",
        };
    }

    public async Task<StepModel> PostedAsync(RegisterAttempt attempt, IReadOnlyList<FieldError> errors, CancellationToken cancel)
    {
        var fields = attempt.Post.Fields;
        var idNumber = ResidentIdNumber.ReadTyped(fields.GetValueOrDefault("idNumber", ""), attempt.InForce.Day, out _)?.Value ?? "";
        return await ModelAsync(attempt.InForce, idNumber, await donors.FindByIdNumberAsync(idNumber, cancel), cancel)
            with { Values = fields, Errors = errors };
    }

    private async Task<StepModel> ModelAsync(SetInForce now, string idNumber, DonorRecord? donor, CancellationToken cancel)
    {
        var history = idNumber.Length == 0 ? null : await donors.HistoryAsync(idNumber, cancel);
        var nothing = new Dictionary<string, string>();
        return new StepModel(
            "登记", RegisterVisit.Path, null, Guid.CreateVersion7(clock.GetUtcNow()), 0,
            donor is null || history is null ? null : VisitViews.Banner(donor, now.Day, "登记中", history),
            Rail(now.Set), now.Registration, now.Context, nothing, nothing, [], [], history is null ? null
                : await donors.ViewAsync(history, cancel));
    }

    private static IReadOnlyList<RailStep> Rail(VisitConfiguration set) =>
        [new RailStep(VisitConfiguration.RegistrationForm, "登记", RailState.Current, false),
            .. set.Workflow.UserTasks.Where(t => t.Features.All(set.Settings.Features.Contains))
            .Select(t => new RailStep(t.StepCode, t.Title, RailState.Open, false))];

    private static Dictionary<string, string> Values(ResidentIdNumber id) => new(StringComparer.Ordinal)
    {
        ["idNumber"] = id.Value, ["sex"] = id.Sex, ["birthDate"] = $"{id.BirthDate:yyyy-MM-dd}",
    };

    private static Dictionary<string, string> Values(DonorRecord donor) => new(donor.Details, StringComparer.Ordinal)
    {
        ["idNumber"] = donor.IdNumber, ["name"] = donor.Name, ["sex"] = donor.Sex, ["birthDate"] = $"{donor.BirthDate:yyyy-MM-dd}",
        ["phone"] = donor.Phone, ["address"] = donor.Address,
    };
}
