using System.Security.Claims;
using Engine.Forms;
using Engine.Rules;
using Modules.Signing.Contracts;
using Platform.People;

namespace Modules.Collection;

/// <summary>What is signed, and by which donor.</summary>
/// <param name="Electronic">Whether the visit is signed electronically: staff then need a certificate.</param>
internal sealed record SigningAct(FormDefinition Form, FormSubmission Submission, IFacts Facts, Guid DonorId, bool Electronic)
{
    /// <summary>A correction is another act: what the form says of an earlier look at the document is no look at it now.</summary>
    public bool Corrects { get; init; }

    /// <summary>How the donor is known where no staff stand by, in words; null where they do and have to say so.</summary>
    public string? Unattended { get; init; }
}

/// <summary>Proves the persons a form wants, in the form's order: staff each by account and PIN, the donor by handwriting. The first of staff is whoever is signed in; a second person is another one.</summary>
internal sealed class StepSigners(PinCheck pins, ISigningKeys keys, TimeProvider clock)
{
    public const string UserField = "signer-";
    public const string PinField = "pin-";
    public const string HandField = "hand-";
    public const string WetField = "wet-";

    /// <summary>Set by the server: a drawing came with content it was not made under.</summary>
    public const string StaleField = "stale-";

    /// <summary>Staff confirm beside the pad that they have seen the document of whoever writes.</summary>
    public const string IdentityField = "identity-";
    private const string CheckedByStaff = "工作人员核对证件";
    private const string OwnAccount = "本人账号和 PIN";
    private const string Donor = "献血者本人";

    public async Task<(IReadOnlyList<StepSigner> Signers, IReadOnlyList<FieldError> Errors)> ProveAsync(
        SigningAct act, IReadOnlyDictionary<string, string> posted, ClaimsPrincipal user, CancellationToken cancel)
    {
        var signers = new List<StepSigner>();
        var errors = new List<FieldError>();
        foreach (var wanted in act.Form.SignersFor(act.Facts).Where(s => s.Signs))
        {
            var (signer, error) = wanted.Handwriting ? ByHand(wanted, act, posted, signers) : await ByPinAsync(wanted, act, posted, user, signers, cancel);
            if (error is not null) errors.Add(error);
            else signers.Add(signer!);
        }
        return (signers, errors);
    }

    /// <summary>The picture of the pad; without one, the word that the paper is signed.</summary>
    private (StepSigner?, FieldError?) ByHand(FormSigner wanted, SigningAct act, IReadOnlyDictionary<string, string> posted, List<StepSigner> before)
    {
        var (picture, fault) = (posted.GetValueOrDefault(HandField + wanted.Role, ""), (string?)null);
        if (posted.GetValueOrDefault(StaleField + wanted.Role) == "yes") return (null, new FieldError(HandField + wanted.Role, wanted.Label, "签名后内容有改动，请核对后重新签名"));
        var drawn = picture.Length == 0 ? null : Handwriting.Read(picture, out fault);
        if (drawn is null && posted.GetValueOrDefault(WetField + wanted.Role) != "yes") fault ??= act.Unattended is null ? "请在签名框内签名；已在纸上签名的，请勾选" : "请在签名框内签名";
        if (fault is not null) return (null, new FieldError(HandField + wanted.Role, wanted.Label, fault));
        if (Identity(wanted, act, posted) is not { } identity) return (null, new FieldError(IdentityField + wanted.Role, wanted.Label, "请核对证件，确为本人后勾选，再签名"));
        var method = drawn is null ? SigningMethods.Wet : SigningMethods.Handwriting;
        return (StepSigner.Of(wanted, "donor:" + act.DonorId, Donor, method, clock.GetUtcNow(), identity, act.Submission.ContentHash, drawn, before), null);
    }

    /// <summary>How it is known who writes: by the field of the form that is the check, else by the word of staff beside the pad. Null when nobody has said so.</summary>
    private static string? Identity(FormSigner wanted, SigningAct act, IReadOnlyDictionary<string, string> posted)
    {
        if (act.Unattended is { } words) return words;
        var said = wanted.IdentityField is { } field && !act.Corrects ? act.Submission.Value(field) : posted.GetValueOrDefault(IdentityField + wanted.Role);
        return said == "yes" ? CheckedByStaff : null;
    }

    private async Task<(StepSigner?, FieldError?)> ByPinAsync(
        FormSigner wanted, SigningAct act, IReadOnlyDictionary<string, string> posted, ClaimsPrincipal user, List<StepSigner> before, CancellationToken cancel)
    {
        var account = wanted.SecondPerson ? posted.GetValueOrDefault(UserField + wanted.Role) : user.Identity!.Name;
        var (person, error) = await pins.ProveAsync(account, posted.GetValueOrDefault(PinField + wanted.Role), user.Actor(), cancel);
        error ??= Unfit(wanted, person!, before, user.Id());
        if (error is null && act.Electronic && await keys.ReadyAsync(person!.Id, cancel) is { } fault) error = $"{(wanted.SecondPerson ? person.FullName + "：" : "")}{fault.Message}。{fault.Remedy}";
        if (error is not null) return (null, new FieldError((wanted.SecondPerson ? UserField : PinField) + wanted.Role, wanted.Label, error));
        return (StepSigner.Of(wanted, person!.Id, person.FullName, SigningMethods.Pin, clock.GetUtcNow(), OwnAccount, act.Submission.ContentHash, null, before) with { Pin = posted[PinField + wanted.Role] }, null);
    }

    private static string? Unfit(FormSigner wanted, ProvenPerson person, List<StepSigner> before, string submitter) =>
        wanted.SecondPerson && (person.Id == submitter || before.Exists(s => s.PersonId == person.Id)) ? "须由另一人核对，不能与前一签名人相同"
        : wanted.Permission is { } permission && !person.Permissions.Contains(permission) ? $"{person.FullName} 没有“{wanted.Label}”的权限"
        : null;
}
