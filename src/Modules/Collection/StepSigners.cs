using System.Security.Claims;
using Platform.Forms;
using Platform.People;
using Platform.Rules;

namespace Modules.Collection;

/// <summary>Proves the persons a form wants, each by account and PIN. The first signer is whoever is signed in; a second person is another one.</summary>
internal sealed class StepSigners(PinCheck pins, TimeProvider clock)
{
    public const string UserField = "signer-";
    public const string PinField = "pin-";

    public async Task<(IReadOnlyList<StepSigner> Signers, IReadOnlyList<FieldError> Errors)> ProveAsync(
        FormDefinition form, IFacts facts, IReadOnlyDictionary<string, string> posted, ClaimsPrincipal user, CancellationToken cancel)
    {
        var signers = new List<StepSigner>();
        var errors = new List<FieldError>();
        foreach (var wanted in form.SignersFor(facts).Where(s => s.Pin))
        {
            var account = wanted.SecondPerson ? posted.GetValueOrDefault(UserField + wanted.Role) : user.Identity!.Name;
            var (person, error) = await pins.ProveAsync(account, posted.GetValueOrDefault(PinField + wanted.Role), cancel);
            error ??= Unfit(wanted, person!, signers, user.Id());
            if (error is not null) errors.Add(new FieldError((wanted.SecondPerson ? UserField : PinField) + wanted.Role, wanted.Label, error));
            else signers.Add(new StepSigner(wanted.Role, wanted.Label, person!.Id, person.FullName, "pin", clock.GetUtcNow()));
        }
        return (signers, errors);
    }

    private static string? Unfit(FormSigner wanted, ProvenPerson person, List<StepSigner> before, string submitter) =>
        wanted.SecondPerson && (person.Id == submitter || before.Exists(s => s.PersonId == person.Id)) ? "须由另一人核对，不能与前一签名人相同"
        : wanted.Permission is { } permission && !person.Permissions.Contains(permission) ? $"{person.FullName} 没有“{wanted.Label}”的权限"
        : null;
}
