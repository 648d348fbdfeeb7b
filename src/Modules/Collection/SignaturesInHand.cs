using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Engine.Forms;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>What of the signatures of a refused submit goes back to its page and counts when it is sent again.</summary>
/// <param name="Drawings">Pictures by role, each with the sign that it was drawn under exactly this content.</param>
/// <param name="Held">Roles whose PIN is held: not to be typed again.</param>
/// <param name="Token">Names the PINs held; null without any.</param>
public sealed record KeptSignatures(IReadOnlyDictionary<string, (string Picture, string Token)> Drawings, IReadOnlyCollection<string> Held, string? Token)
{
    public static KeptSignatures None { get; } = new(new Dictionary<string, (string, string)>(), [], null);
}

/// <summary>Keeps signatures over a refusal as long as what was signed is unchanged: a drawing in the page itself, bound to the content by a keyed digest, and a proven PIN in memory.</summary>
internal sealed class SignaturesInHand(HeldPins pins, FieldCipher cipher, TenantContext tenant)
{
    private const string KeptField = "kept-";
    private const string HeldField = "held";

    /// <summary>The act as a whole: who is signed in, where, and what stands in the form, the answer by which the donor is known included.</summary>
    public string ActOf(string content, FormDefinition form, IReadOnlyDictionary<string, string> posted, ClaimsPrincipal user)
    {
        var identity = string.Join('|', form.Signers.Select(s => s.IdentityField).OfType<string>().Select(code => posted.GetValueOrDefault(code, "")));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant.Current.Name}\n{user.Id()}\n{identity}\n{content}")));
    }

    /// <summary>The post with what is held put in, and without drawings that were made under other content.</summary>
    public IReadOnlyDictionary<string, string> Take(string act, FormDefinition form, IReadOnlyDictionary<string, string> posted, ClaimsPrincipal user)
    {
        var all = new Dictionary<string, string>(posted, StringComparer.Ordinal);
        var held = pins.Find(posted.GetValueOrDefault(HeldField), act);
        foreach (var signer in form.Signers)
        {
            var (hand, pin) = (StepSigners.HandField + signer.Role, StepSigners.PinField + signer.Role);
            if (posted.GetValueOrDefault(KeptField + signer.Role) is { Length: > 0 } token && token != DrawnUnder(act, signer.Role, posted.GetValueOrDefault(hand, "")))
                (all[hand], all[StepSigners.StaleField + signer.Role]) = ("", "yes");
            if (posted.GetValueOrDefault(pin, "").Length == 0 && held.TryGetValue(signer.Role, out var proven) && proven.Account == AccountOf(signer, posted, user)) all[pin] = proven.Pin;
        }
        return all;
    }

    /// <param name="posted">As <see cref="Take"/> has made it.</param>
    /// <param name="proven">Signers whose proof was good.</param>
    public KeptSignatures Keep(string act, FormDefinition form, IReadOnlyDictionary<string, string> posted, IReadOnlyList<StepSigner> proven, ClaimsPrincipal user)
    {
        pins.Drop(posted.GetValueOrDefault(HeldField));
        var drawings = form.Signers.Where(s => s.Handwriting && posted.GetValueOrDefault(StepSigners.HandField + s.Role, "").Length > 0)
            .ToDictionary(s => s.Role, s => (posted[StepSigners.HandField + s.Role], DrawnUnder(act, s.Role, posted[StepSigners.HandField + s.Role])), StringComparer.Ordinal);
        var held = form.Signers.Where(s => s.Pin && proven.Any(p => p.Role == s.Role && p.Pin is not null))
            .ToDictionary(s => s.Role, s => (AccountOf(s, posted, user), proven.Single(p => p.Role == s.Role).Pin!), StringComparer.Ordinal);
        var token = pins.Hold(act, held);
        return new KeptSignatures(drawings, token is null ? [] : held.Keys, token);
    }

    /// <summary>The act is done: nothing of it is held any more.</summary>
    public void Drop(KeptSignatures kept) => pins.Drop(kept.Token);

    private string DrawnUnder(string act, string role, string picture) => cipher.Digest($"drawn:{act}:{role}:{picture}");

    private static string AccountOf(FormSigner signer, IReadOnlyDictionary<string, string> posted, ClaimsPrincipal user) =>
        (signer.SecondPerson ? posted.GetValueOrDefault(StepSigners.UserField + signer.Role, "").Trim() : user.Identity!.Name!).ToUpperInvariant();
}
