using Engine.Forms;
using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>The station's last values of fields that offer them, whoever the donors were: the newest first, each once. A day that is past is offered no more.</summary>
internal sealed class LastValues(Store store, StoredValues values)
{
    private const int Submissions = 12;
    private const int Most = 3;

    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> OfAsync(VisitFile file, FormDefinition form, DateOnly today,
        CancellationToken cancel)
    {
        var offering = form.Fields.Where(f => f is { OfferLast: true, Protected: false }).ToList();
        if (offering.Count == 0) return new Dictionary<string, IReadOnlyList<string>>();
        var last = await store.Set<Submission>().AsNoTracking().Where(s => s.Form == form.Code && s.SubjectId != file.Visit.Id)
            .OrderByDescending(s => s.At).Take(Submissions).ToListAsync(cancel);
        return Offered(offering, [.. last.Select(s => values.Values(form, s))], today);
    }

    /// <summary>What this donor's form said the last time, by field; nothing protected.</summary>
    public async Task<IReadOnlyDictionary<string, string>> PreviousAsync(VisitFile file, FormDefinition form, CancellationToken cancel)
    {
        var last = await store.Set<Submission>().AsNoTracking()
            .Where(s => s.DonorId == file.Visit.DonorId && s.Form == form.Code && s.SubjectId != file.Visit.Id).OrderByDescending(s => s.At)
                .FirstOrDefaultAsync(cancel);
        return last is null ? new Dictionary<string, string>()
            : values.Values(form, last).Where(v => form.Field(v.Code) is { Protected: false })
                .ToDictionary(v => v.Code, v => v.Value, StringComparer.Ordinal);
    }

    /// <param name="last">Values of submissions, the newest first.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Offered(IEnumerable<FormField> offering,
        IReadOnlyList<IReadOnlyList<SubmittedValue>> last, DateOnly today) =>
        offering.ToDictionary(f => f.Code, f =>
            (IReadOnlyList<string>)[.. last.Select(values => values.FirstOrDefault(v => v.Code == f.Code)?.Value).OfType<string>()
            .Where(v => f.Type != FieldType.Date
                || string.CompareOrdinal(v, today.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)) >= 0)
                .Distinct(StringComparer.Ordinal).Take(Most)], StringComparer.Ordinal);
}
