using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using Microsoft.EntityFrameworkCore;
using Platform.Publishing;
using Platform.Storage;
using Platform.Tenancy;

namespace Modules.Collection;

/// <summary>A record document as made, with the digital signatures it has so far.</summary>
internal sealed record RenderedRecord(string Name, string Title, byte[] Pdf, int Signatures, IReadOnlyList<SignaturePlace> Places)
{
    /// <summary>The signer's place on paper; one whose form is not printed here signs without being seen.</summary>
    public SignatureField FieldFor(FormDefinition form, string step, StepSigner signer) => new(
        $"{form.Code}.{signer.Role}.{Signatures + 1}", Places.FirstOrDefault(p => p.Form == form.Code && p.Filling == step && p.Role == signer.Role) ?? Unseen,
        signer.PersonName, signer.Label + "：" + form.Title, signer.At);

    private static SignaturePlace Unseen { get; } = new("", "", 1, 0, 0, 0, 0);
}

/// <summary>Makes the record documents of a visit: the forms that are archived, laid out by configuration from what was entered.</summary>
internal sealed class RecordDocuments(Store store, VisitFiles files, FieldCipher cipher, DocumentRenderer renderer, DocumentFonts fonts)
{
    /// <summary>What the documents with which the step is signed look like, or why one cannot be made.</summary>
    public async Task<(IReadOnlyList<RenderedRecord> Documents, string? Problem)> RenderAsync(RecordToSign task, CancellationToken cancel)
    {
        var rendered = new List<RenderedRecord>();
        var forms = new Dictionary<string, FilledForm>(StringComparer.Ordinal);
        var wanted = await WantedAsync(task, cancel);
        if (wanted.Count == 0) return ([], null);
        var known = files.Facts(task.File, task.Step);
        foreach (var (name, layout) in wanted)
        {
            foreach (var code in FormsOf(layout).Where(c => !forms.ContainsKey(c)))
                if (await FilledAsync(task, code, known, cancel) is { } filled) forms.Add(code, filled);
            var made = renderer.Render(layout, Data(task, layout, forms));
            if (made is RefusedDocument refused) return ([], $"不能生成“{name}”：{string.Join("；", refused.Problems.Select(p => p.Message))}");
            var document = (RenderedDocument)made;
            rendered.Add(new RenderedRecord(name, TitleOf(layout), document.Pdf, 0, document.Places));
        }
        return (rendered, null);
    }

    private static IEnumerable<string> FormsOf(LayoutDefinition layout) =>
        layout.Elements.OfType<FormElement>().Select(e => e.Form).Concat(layout.Elements.OfType<SignaturesElement>().Select(e => e.Form)).Distinct(StringComparer.Ordinal);

    /// <summary>Without what differs from visit to visit.</summary>
    private static string TitleOf(LayoutDefinition layout) => string.Concat(layout.Title.Parts.Where(p => p.Field is null).Select(p => p.Literal)).Trim();

    /// <summary>Those the step completes, and those there are already that show this form.</summary>
    private async Task<IReadOnlyList<(string Name, LayoutDefinition Layout)>> WantedAsync(RecordToSign task, CancellationToken cancel)
    {
        var there = await store.Set<RecordDocument>().AsNoTracking().Where(d => d.VisitId == task.File.Visit.Id).Select(d => d.Name).Distinct().ToListAsync(cancel);
        var all = task.Documents.Concat(there).Distinct(StringComparer.Ordinal).Select(name => (Name: name, Layout: task.File.Configuration.RecordLayout(name)));
        return [.. all.Where(d => task.Documents.Contains(d.Name) || FormsOf(d.Layout).Contains(task.Form.Code))];
    }

    /// <summary>The last version of each filling-in, in the order they were first made; the one about to be signed in its place.</summary>
    private async Task<FilledForm?> FilledAsync(RecordToSign task, string code, FactBag known, CancellationToken cancel)
    {
        var filled = new List<FilledForm>();
        var steps = task.File.Submissions.Where(s => s.Form == code).OrderBy(s => s.At).Select(s => s.Step).Concat(code == task.Form.Code ? [task.Step] : []);
        foreach (var step in steps.Distinct(StringComparer.Ordinal))
            filled.Add((step == task.Step ? Filled(task.File, task.Form, task.Submission, task.Signers, s => s.Drawn?.Png, known) : await StoredAsync(task.File, step, known, cancel)) with { Filling = step });
        return filled.Count == 0 ? null : filled[0] with { Further = filled[1..] };
    }

    private async Task<FilledForm> StoredAsync(VisitFile file, string step, FactBag known, CancellationToken cancel)
    {
        var stored = file.Latest(step)!;
        var form = file.Configuration.Form(stored.Form);
        var drawn = await store.Set<StoredHandwriting>().AsNoTracking().Where(h => h.SubmissionId == stored.Id).ToDictionaryAsync(h => h.Role, h => h.ProtectedPng, cancel);
        return Filled(file, form, files.Restored(form, stored), VisitFiles.Signers(stored), s => drawn.TryGetValue(s.Role, out var png) ? cipher.Reveal(png) : null, known);
    }

    private FilledForm Filled(VisitFile file, FormDefinition form, FormSubmission submission, IReadOnlyList<StepSigner> signers, Func<StepSigner, byte[]?> picture, FactBag known)
    {
        var zone = file.Configuration.Settings.TimeZone;
        var signed = signers.Select(s => new FilledSignature(
            s.Role, s.Label, s.PersonName, SigningMethods.Title(s.Method, file.Configuration.SignsElectronically), TimeZoneInfo.ConvertTime(s.At, zone), picture(s), OnPaper(file, s)));
        return Flagged(FormFilling.Fill(form, submission, files.Context(file, form, new FactBag().Add(known).Add(submission.Facts), file.Visit.RegisteredAt), [.. signed]));
    }

    private static bool OnPaper(VisitFile file, StepSigner signer) =>
        signer.Method == SigningMethods.Wet || (signer.Method != SigningMethods.Handwriting && !file.Configuration.SignsElectronically);

    private DocumentData Data(RecordToSign task, LayoutDefinition layout, IReadOnlyDictionary<string, FilledForm> forms)
    {
        var (file, settings) = (task.File, task.File.Configuration.Settings);
        var electronic = file.Configuration.SignsElectronically;
        return new DocumentData(new Dictionary<string, string>
        {
            ["stationName"] = settings.SiteName, ["stationPhone"] = settings.Value("stationPhone"), ["department"] = settings.Value("department"), ["stationAddress"] = settings.Value("stationAddress"),
            ["visitDate"] = $"{file.Visit.Day:yyyy-MM-dd}", ["donorName"] = Flagged(file.Donor.Name), ["documentNumber"] = file.Donor.IdNumber,
            ["donationNumber"] = file.Visit.DonationNumber ?? "", ["sampleNumber"] = file.Visit.SampleNumber ?? "", ["donationType"] = file.Configuration.DonationTypeTitle(file.Visit.DonationType),
            ["signedNote"] = electronic ? "" : "本血站未启用电子签名，打印后手写签名", ["footer"] = settings.Value("slipFooter"),
        }) { Forms = forms };
    }

    private FilledForm Flagged(FilledForm form) => form with
    {
        Sections = [.. form.Sections.Select(s => s with { Rows = [.. s.Rows.Select(r => r with { Value = Flagged(r.Value), Note = r.Note is null ? null : Flagged(r.Note) })] })],
        Signatures = [.. form.Signatures.Select(s => s with { Name = Flagged(s.Name) })],
    };

    /// <summary>A character the fonts lack is printed as its code, for a person to write in by hand: a box would say nothing, and a rare name must not keep anybody from giving blood.</summary>
    private string Flagged(string text) => fonts.Regular.MissingGlyphs(text).Concat(fonts.Bold.MissingGlyphs(text)).Distinct()
        .Aggregate(text, (words, rare) => words.Replace(rare.ToString(), $"〔U+{rare.Value:X4}〕", StringComparison.Ordinal));
}
