using Engine.Documents;
using Engine.Forms;
using Engine.Rules;
using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Storage;

namespace Modules.Records;

/// <summary>Makes the printed forms of a subject: those that are archived, laid out by configuration from what was entered.</summary>
internal sealed class PrintForms(Store store, FieldCipher cipher, DocumentRenderer renderer, DocumentFonts fonts)
{
    /// <summary>What the documents with which the form is signed look like, or why one cannot be made.</summary>
    public async Task<(IReadOnlyList<PrintedForm> Documents, string? Problem)> RenderAsync(FormToSign task, CancellationToken cancel)
    {
        var wanted = await WantedAsync(task, cancel);
        if (wanted.Count == 0) return ([], null);
        var (printed, forms, known) =
            (new List<PrintedForm>(), new Dictionary<string, FilledForm>(StringComparer.Ordinal), task.About.Known(task.Record.Step));
        foreach (var (name, layout) in wanted)
        {
            foreach (var code in FormsOf(layout).Where(c => !forms.ContainsKey(c)))
                if (await FilledAsync(task, code, known, cancel) is { } filled) forms.Add(code, filled);
            var made = renderer.Render(layout,
                new DocumentData(task.About.Heading.ToDictionary(h => h.Key, h => Flagged(h.Value))) { Forms = forms });
            if (made is RefusedDocument refused) return ([], $"不能生成“{name}”：{string.Join("；", refused.Problems.Select(p => p.Message))}");
            var document = (RenderedDocument)made;
            printed.Add(new PrintedForm(name, TitleOf(layout), document.Pdf, 0, document.Places));
        }
        return (printed, null);
    }

    private static IEnumerable<string> FormsOf(LayoutDefinition layout) =>
        layout.Elements.OfType<FormElement>().Select(e => e.Form).Concat(layout.Elements.OfType<SignaturesElement>().Select(e => e.Form))
            .Distinct(StringComparer.Ordinal);

    /// <summary>Without what differs from subject to subject.</summary>
    private static string TitleOf(LayoutDefinition layout) =>
        string.Concat(layout.Title.Parts.Where(p => p.Field is null).Select(p => p.Literal)).Trim();

    /// <summary>Those the form completes, and those there are already that show it.</summary>
    private async Task<IReadOnlyList<(string Name, LayoutDefinition Layout)>> WantedAsync(FormToSign task, CancellationToken cancel)
    {
        var subject = task.About.Subject.Id;
        var there = await store.Set<RecordDocument>().AsNoTracking().Where(d => d.SubjectId == subject).Select(d => d.Name).Distinct()
            .ToListAsync(cancel);
        var all = task.Documents.Concat(there).Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Layout: task.About.Layout(name)));
        return [.. all.Where(d => task.Documents.Contains(d.Name) || FormsOf(d.Layout).Contains(task.Record.Form.Code))];
    }

    /// <summary>The last version of each filling-in, in the order they were first made; the one about to be signed in its place.</summary>
    private async Task<FilledForm?> FilledAsync(FormToSign task, string code, FactBag known, CancellationToken cancel)
    {
        var (filled, own) = (new List<FilledForm>(), task.Record);
        var steps = task.About.Records.Where(s => s.Form == code).OrderBy(s => s.At).Select(s => s.Step)
            .Concat(code == own.Form.Code ? [own.Step] : []);
        foreach (var step in steps.Distinct(StringComparer.Ordinal))
        {
            var form = step == own.Step ? Filled(task.About, new Filling(own.Form, own.Submission, own.Signers, s => s.Drawn?.Png), known)
                : Filled(task.About, await StoredAsync(task.About, step, cancel), known);
            filled.Add(form with { Filling = step });
        }
        return filled.Count == 0 ? null : filled[0] with { Further = filled[1..] };
    }

    private sealed record Filling(FormDefinition Form, FormSubmission Submission, IReadOnlyList<Signer> Signers,
        Func<Signer, byte[]?> Picture);

    private async Task<Filling> StoredAsync(IRecordSubject about, string step, CancellationToken cancel)
    {
        var stored = about.Records.Where(r => r.Step == step).MaxBy(r => r.Version)!;
        var drawn = await store.Set<StoredHandwriting>().AsNoTracking().Where(h => h.SubmissionId == stored.Id)
            .ToDictionaryAsync(h => h.Role, h => h.ProtectedPng, cancel);
        return new Filling(about.Form(stored.Form), about.Restored(stored), StoredValues.Signers(stored), s =>
            drawn.TryGetValue(s.Role, out var png) ? cipher.Reveal(png) : null);
    }

    private FilledForm Filled(IRecordSubject about, Filling filling, FactBag known)
    {
        var signed = filling.Signers.Select(s => new FilledSignature(
            s.Role, s.Label, s.PersonName, SigningMethods.Title(s.Method, about.SignsElectronically),
            TimeZoneInfo.ConvertTime(s.At, about.TimeZone), filling.Picture(s), OnPaper(about, s)));
        return Flagged(
            FormFilling.Fill(filling.Form, filling.Submission,
            about.Context(filling.Form, new FactBag().Add(known).Add(filling.Submission.Facts)), [.. signed]));
    }

    private static bool OnPaper(IRecordSubject about, Signer signer) =>
        signer.Method == SigningMethods.Wet || (signer.Method != SigningMethods.Handwriting && !about.SignsElectronically);

    private FilledForm Flagged(FilledForm form) => form with
    {
        Sections = [.. form.Sections.Select(s => s
            with { Rows = [.. s.Rows.Select(r => r with { Value = Flagged(r.Value), Note = r.Note is null ? null : Flagged(r.Note) })] })],
        Signatures = [.. form.Signatures.Select(s => s with { Name = Flagged(s.Name) })],
    };

    /// <summary>A character the fonts lack is printed as its code, for a person to write in by hand: a box would say nothing, and a rare name must not keep anybody from giving blood.</summary>
    private string Flagged(string text) => fonts.Regular.MissingGlyphs(text).Concat(fonts.Bold.MissingGlyphs(text)).Distinct()
        .Aggregate(text, (words, rare) => words.Replace(rare.ToString(), $"〔U+{rare.Value:X4}〕", StringComparison.Ordinal));
}
