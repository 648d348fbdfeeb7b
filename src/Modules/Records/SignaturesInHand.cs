using Engine.Forms;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Records;

/// <summary>Keeps signatures over a refusal as long as what was signed is unchanged: a drawing in the page itself, bound to the content by a keyed digest, and a proven PIN in memory.</summary>
internal sealed class SignaturesInHand(HeldPins pins, FieldCipher cipher, TenantContext tenant)
{
    private const string KeptField = "kept-";
    private const string HeldField = "held";

    /// <summary>What was posted with what is held put in, and without drawings that were made under other content.</summary>
    public IReadOnlyDictionary<string, string> Take(PostedSignatures posted)
    {
        var (act, fields) = (ActOf(posted), new Dictionary<string, string>(posted.Fields, StringComparer.Ordinal));
        var held = pins.Find(posted.Text(HeldField), act);
        foreach (var role in posted.Signers.Select(s => s.Role))
            if (posted.Text(KeptField + role) is { Length: > 0 } token
                && token != DrawnUnder(act, role, posted.Text(Signatures.HandField + role)))
                (fields[Signatures.HandField + role], fields[Signatures.StaleField + role]) = ("", "yes");
        foreach (var signer in posted.Signers.Where(s => posted.Text(Signatures.PinField + s.Role).Length == 0))
            if (held.TryGetValue(signer.Role, out var proven)
                && proven.Account == AccountOf(signer, posted)) fields[Signatures.PinField + signer.Role] = proven.Pin;
        return fields;
    }

    /// <param name="fields">As <see cref="Take"/> has made them.</param>
    /// <param name="proven">Signers whose proof was good.</param>
    public KeptSignatures Keep(PostedSignatures posted, IReadOnlyDictionary<string, string> fields, IReadOnlyList<Signer> proven)
    {
        var act = ActOf(posted);
        pins.Drop(posted.Text(HeldField));
        string Hand(FormSigner signer) => fields.GetValueOrDefault(Signatures.HandField + signer.Role, "");
        var drawings = posted.Signers.Where(s => s.Handwriting && Hand(s).Length > 0)
            .ToDictionary(s => s.Role, s => (Hand(s), DrawnUnder(act, s.Role, Hand(s))), StringComparer.Ordinal);
        var held = posted.Signers.Where(s => s.Pin && proven.Any(p => p.Role == s.Role && p.Pin is not null))
            .ToDictionary(s => s.Role, s => (AccountOf(s, posted), proven.Single(p => p.Role == s.Role).Pin!), StringComparer.Ordinal);
        var token = pins.Hold(act, held);
        return new KeptSignatures(drawings, token is null ? [] : held.Keys, token);
    }

    /// <summary>The act is done: nothing of it is held any more.</summary>
    public void Drop(KeptSignatures kept) => pins.Drop(kept.Token);

    /// <summary>The act as a whole: who is signed in, where, and what stands in the form, the answer by which the donor is known included.</summary>
    private string ActOf(PostedSignatures posted)
    {
        var identity = string.Join('|', posted.Signers.Select(s => s.IdentityField).OfType<string>().Select(posted.Text));
        return AuditTables.Sha256($"{tenant.Current.Name}\n{posted.By.Id}\n{identity}\n{posted.Content}");
    }

    private string DrawnUnder(string act, string role, string picture) => cipher.Digest($"drawn:{act}:{role}:{picture}");

    private static string AccountOf(FormSigner signer, PostedSignatures posted) =>
        (signer.SecondPerson ? posted.Text(Signatures.UserField + signer.Role).Trim() : posted.By.Account!).ToUpperInvariant();
}
