using Engine.Forms;
using Platform.Recipes;
using Platform.Tenancy;

namespace Platform.Publishing.Changes;

/// <summary>What a change makes different, in sentences, against what it was begun from.</summary>
public sealed class ChangeDifference(ChangeBook book, ChangeBase bases, Publisher publisher, IEnumerable<SettingKey> settings, IEnumerable<Feature> features)
{
    public async Task<IReadOnlyList<DifferenceLine>> OfAsync(OpenedChange opened, CancellationToken cancel = default)
    {
        var items = StationFacts.TestItemsOf(await publisher.InForceNowAsync(cancel));
        var lines = new List<DifferenceLine>();
        foreach (var document in opened.Body.Documents)
        {
            var (was, file) = (await bases.VersionAsync(document, cancel), document.Name + publisher.Kind(document.Kind).Suffix);
            var text = document.Text is { } sha ? await book.TextAsync(sha, cancel) : null;
            lines.AddRange(DocumentDifference.Between(document.Kind, file, was?.Json, text, document.Kind == DocumentKinds.Settings ? code => Called(code, items) : null));
            var cases = await book.CasesAsync(document, cancel);
            if (text is not null && was is not null && cases != was.CasesJson)
                lines.AddRange(DocumentDifference.Between(ElementShapes.CasesKind, document.Name + DocumentKind.CasesSuffix, was.CasesJson, cases));
        }
        return lines;
    }

    private string? Called(string code, TestItems items) =>
        settings.FirstOrDefault(s => s.Code == code)?.Title ?? features.FirstOrDefault(f => f.Code == code)?.Title ?? (items.Find(code) is { } item ? item.Label : null);
}
