using Engine.Forms;
using Engine.Rules;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.People;

namespace Modules.Records.Contracts;

/// <summary>What has come with an attempt to be signed by.</summary>
/// <param name="Signers">All the form has, in its order.</param>
/// <param name="Fields">As posted.</param>
/// <param name="Content">What identifies what is signed: another content is another act.</param>
internal sealed record PostedSignatures(Actor By, IReadOnlyList<FormSigner> Signers, IReadOnlyDictionary<string, string> Fields,
    string Content)
{
    public string Text(string field) => Fields.GetValueOrDefault(field, "");
}

/// <summary>What is signed.</summary>
/// <param name="Facts">Decide who has to sign.</param>
/// <param name="ContentHash">SHA-256 of the canonical JSON, lower-case hexadecimal.</param>
/// <param name="Electronic">Staff then need a certificate.</param>
internal sealed record SigningTerms(IFacts Facts, string ContentHash, bool Electronic)
{
    /// <summary>Who signs by hand.</summary>
    public Guid? DonorId { get; init; }

    /// <summary>Where the form says that the document was looked at; null where that was an earlier look, as for a correction.</summary>
    public FormSubmission? Answers { get; init; }

    /// <summary>How the donor is known where no staff stand by, in words; null where they do and have to say so.</summary>
    public string? Unattended { get; init; }

    /// <summary>Why one person cannot sign twice.</summary>
    public string Another { get; init; } = "须由另一人核对，不能与前一签名人相同";
}

/// <param name="Errors">By the inputs they belong to; empty when all have signed.</param>
internal sealed record ProvenSignatures(IReadOnlyList<Signer> Signers, IReadOnlyList<FieldError> Errors, KeptSignatures Kept);

/// <summary>Proves the persons a form wants, in the form's order: staff each by account and PIN, the donor by handwriting. The first of staff is whoever is signed in; a second person is another one.</summary>
internal sealed class Signatures(PinCheck pins, ISigningKeys keys, SignaturesInHand inHand, TimeProvider clock)
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

    public async Task<ProvenSignatures> ProveAsync(PostedSignatures posted, SigningTerms terms, CancellationToken cancel)
    {
        var fields = inHand.Take(posted);
        var (proving, errors) = (new Proving(posted with { Fields = fields }, terms, []), new List<FieldError>());
        foreach (var wanted in posted.Signers.Where(s => s.Signs && s.When?.Tree.Evaluate(terms.Facts) != false))
        {
            var (proof, error) = wanted.Handwriting ? ByHand(wanted, proving) : await ByPinAsync(wanted, proving, cancel);
            if (error is not null) errors.Add(error);
            else proving.Signed.Add(Signer.Of(wanted, proof!, terms.ContentHash, proving.Signed));
        }
        return new ProvenSignatures(proving.Signed, errors, inHand.Keep(posted, fields, proving.Signed));
    }

    /// <summary>What goes back to the page where something else was wrong before anybody had to prove himself.</summary>
    public KeptSignatures Keep(PostedSignatures posted) => inHand.Keep(posted, inHand.Take(posted), []);

    private sealed record Proving(PostedSignatures Posted, SigningTerms Terms, List<Signer> Signed);

    /// <summary>The picture of the pad; without one, the word that the paper is signed.</summary>
    private (SignerProof?, FieldError?) ByHand(FormSigner wanted, Proving act)
    {
        var (picture, fault) = (act.Posted.Text(HandField + wanted.Role), (string?)null);
        if (act.Posted.Text(StaleField + wanted.Role) == "yes")
            return (null, new FieldError(HandField + wanted.Role, wanted.Label, "签名后内容有改动，请核对后重新签名"));
        var drawn = picture.Length == 0 ? null : Handwriting.Read(picture, out fault);
        if (drawn is null && act.Posted.Text(WetField + wanted.Role) != "yes") fault ??= act.Terms.Unattended is null
            ? "请在签名框内签名；已在纸上签名的，请勾选" : "请在签名框内签名";
        if (fault is not null) return (null, new FieldError(HandField + wanted.Role, wanted.Label, fault));
        if (Identity(wanted, act) is not { } identity)
            return (null, new FieldError(IdentityField + wanted.Role, wanted.Label, "请核对证件，确为本人后勾选，再签名"));
        var method = drawn is null ? SigningMethods.Wet : SigningMethods.Handwriting;
        return (new SignerProof("donor:" + act.Terms.DonorId, Donor, method, clock.GetUtcNow(), identity) { Drawn = drawn }, null);
    }

    /// <summary>How it is known who writes: by the field of the form that is the check, else by the word of staff beside the pad. Null when nobody has said so.</summary>
    private static string? Identity(FormSigner wanted, Proving act)
    {
        if (act.Terms.Unattended is { } words) return words;
        var said = wanted.IdentityField is { } field && act.Terms.Answers is { } answers ? answers.Value(field)
            : act.Posted.Text(IdentityField + wanted.Role);
        return said == "yes" ? CheckedByStaff : null;
    }

    private async Task<(SignerProof?, FieldError?)> ByPinAsync(FormSigner wanted, Proving act, CancellationToken cancel)
    {
        var (account, pin) = (wanted.SecondPerson ? act.Posted.Text(UserField + wanted.Role) : act.Posted.By.Account,
            act.Posted.Text(PinField + wanted.Role));
        var (person, error) = await pins.ProveAsync(account, pin, act.Posted.By, cancel);
        error ??= Unfit(wanted, person!, act);
        if (error is null && act.Terms.Electronic && await keys.ReadyAsync(person!.Id, cancel) is { } fault) error =
            $"{(wanted.SecondPerson ? person.FullName + "：" : "")}{fault.Message}。{fault.Remedy}";
        if (error is not null)
            return (null, new FieldError((wanted.SecondPerson ? UserField : PinField) + wanted.Role, wanted.Label, error));
        return (new SignerProof(person!.Id, person.FullName, SigningMethods.Pin, clock.GetUtcNow(), OwnAccount) { Pin = pin }, null);
    }

    private static string? Unfit(FormSigner wanted, ProvenPerson person, Proving act) =>
        wanted.SecondPerson && (person.Id == act.Posted.By.Id || act.Signed.Exists(s => s.PersonId == person.Id)) ? act.Terms.Another
        : wanted.Permission is { } permission && !person.Permissions.Contains(permission) ? $"{person.FullName} 没有“{wanted.Label}”的权限"
        : null;
}
