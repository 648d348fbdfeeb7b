using Engine.Rules;

namespace Engine.Forms;

/// <summary>What is known when a form is shown or read.</summary>
/// <param name="Known">Facts from earlier steps, the donor's record and the modules.</param>
/// <param name="EnabledTests">Codes of the optional test items the station has enabled.</param>
/// <param name="Today">Local date in the station's time zone.</param>
/// <param name="Reviewed">The submission of the form that this one reviews; null when it reviews none or there is none yet.</param>
public sealed record FormContext(IFacts Known, IReadOnlySet<string> EnabledTests, DateOnly Today, ReviewedForm? Reviewed = null);

/// <summary>Why one field was refused.</summary>
/// <param name="Message">What is wrong and what to do, zh-CN, without the label.</param>
public sealed record FieldError(string Code, string Label, string Message);

/// <summary>A form as read from a post: a submission, or the errors beside its fields.</summary>
/// <param name="Submission">Null when there are errors.</param>
/// <param name="Errors">In the form's order.</param>
/// <param name="Ignored">Posted codes that were not stored: not in the form, not enabled, or not visible. Names only, never values.</param>
public sealed record FormReading(FormSubmission? Submission, IReadOnlyList<FieldError> Errors, IReadOnlyList<string> Ignored)
{
    /// <summary>What could be read, typed for rules; with errors only a part of the form.</summary>
    public FactBag Facts { get; init; } = new();

    /// <summary>Reads posted strings from the top of the form. A page's own inputs (names with <c>_</c> or <c>-</c>) are passed over.</summary>
    public static FormReading Read(FormDefinition form, IReadOnlyDictionary<string, string> posted, FormContext context)
    {
        var values = new List<SubmittedValue>();
        var errors = new List<FieldError>();
        var facts = new FactBag();
        var both = new JoinedFacts(form, facts, context.Known);
        ResidentIdNumber? holder = null;
        foreach (var field in form.Fields.Where(f => FormVisibility.IsVisible(f, both, context.EnabledTests)))
        {
            var entry = FieldEntry.Read(field, posted.GetValueOrDefault(field.Code, ""), context.Today);
            if (field.FromIdNumber is { } part && holder is not null) entry = Agree(field, entry, part, holder);
            if (field.Matches is { } wanted) entry = Match(field, entry, both.Text(wanted), form.Field(wanted) is { Protected: true } || field.Protected);
            if (entry.Fault is not null) errors.Add(new FieldError(field.Code, field.Label, entry.Fault));
            if (entry.Value is null) continue;
            if (field.Type == FieldType.IdNumber) holder = ResidentIdNumber.Read(entry.Value, context.Today, out _);
            values.Add(new SubmittedValue(field.Code, entry.Value, field.Unit));
            facts.Set(field.Code, FieldEntry.ToFact(field, entry.Value));
        }
        errors.AddRange(Missing(form, both, context, values, errors));
        errors.AddRange(Impossible(form, both, values));
        var unreviewed = new List<FieldError>();
        var review = form.Review is { } reviewing && context.Reviewed is { } reviewed ? ReviewEntry.Read(reviewing, reviewed, posted, unreviewed) : null;
        var order = form.Fields.Select((f, i) => (f.Code, i)).ToDictionary(p => p.Code, p => p.i, StringComparer.Ordinal);
        var submission = errors.Count + unreviewed.Count == 0 ? FormSubmission.Of(form, values, facts, review) : null;
        return new FormReading(submission, [.. unreviewed, .. errors.OrderBy(e => order[e.Code])], IgnoredNames(posted, values, errors)) { Facts = facts };
    }

    /// <summary>What a draft may keep of a post: the form's own fields and its review as typed, without control characters, cut to length. Never PINs or page inputs.</summary>
    public static IReadOnlyDictionary<string, string> Draft(FormDefinition form, IReadOnlyDictionary<string, string> posted) =>
        form.Fields.Select(f => f.Code).Where(code => posted.ContainsKey(code) && !form.Signers.Any(s => s.IdentityField == code)).Concat(form.Review is null ? [] : posted.Keys.Where(ReviewEntry.IsInput))
            .ToDictionary(name => name, name => FieldEntry.Clean(posted[name]), StringComparer.Ordinal);

    /// <summary>Letters in either case, full-width digits and what the scanner adds are the same code; nothing else is.</summary>
    private static FieldEntry Match(FormField field, FieldEntry entry, string? expected, bool secret)
    {
        if (entry.Value is not { } read) return entry;
        if (expected is null) return new(null, "本次献血还没有可以核对的内容，请先完成前面的步骤");
        if (ScannedNumber.Readings(read).Contains(expected, StringComparer.OrdinalIgnoreCase)) return new(expected, null);
        return new(null, secret ? "与登记的不一致，请停止操作并核对身份" : $"不一致：应为 {expected}，读到 {read}。请停止操作，查明原因");
    }

    private static FieldEntry Agree(FormField field, FieldEntry entry, IdNumberPart part, ResidentIdNumber holder)
    {
        var (expected, shown) = part == IdNumberPart.Sex
            ? (holder.Sex, field.Display(holder.Sex))
            : ($"{holder.BirthDate:yyyy-MM-dd}", $"{holder.BirthDate:yyyy-MM-dd}");
        if (entry.Fault is not null || entry.Value == expected) return entry;
        return entry.Value is null ? new(expected, null) : new(null, $"与身份证号码不一致（证件为 {shown}），请核对");
    }

    private static IEnumerable<FieldError> Missing(
        FormDefinition form, IFacts facts, FormContext context, List<SubmittedValue> values, List<FieldError> errors) =>
        form.Fields
            .Where(f => FormVisibility.IsVisible(f, facts, context.EnabledTests))
            .Where(f => f.Required || (f.RequiredWhen is { } when && when.Tree.Evaluate(facts) != false))
            .Where(f => !values.Exists(v => v.Code == f.Code) && !errors.Exists(e => e.Code == f.Code))
            .Select(f => new FieldError(f.Code, f.Label, f.Type is FieldType.Choice or FieldType.YesNo ? "必填，请选择" : "必填，请填写"))
            .ToList();

    /// <summary>Values that are each fit by themselves and cannot be together.</summary>
    private static List<FieldError> Impossible(FormDefinition form, IFacts facts, List<SubmittedValue> values) =>
        [.. form.Fields.Where(f => f.Limits.Count > 0 && values.Exists(v => v.Code == f.Code))
            .Select(f => (Field: f, Fault: f.Limits.Select(l => l.Fault(f, form, facts)).FirstOrDefault(fault => fault is not null)))
            .Where(f => f.Fault is not null).Select(f => new FieldError(f.Field.Code, f.Field.Label, f.Fault!))];

    private static List<string> IgnoredNames(IReadOnlyDictionary<string, string> posted, List<SubmittedValue> values, List<FieldError> errors) =>
        posted.Where(p => p.Value.Length > 0 && p.Key.Length <= 64 && p.Key.Length > 0 && p.Key.All(char.IsAsciiLetterOrDigit))
            .Select(p => p.Key)
            .Where(code => !values.Exists(v => v.Code == code) && !errors.Exists(e => e.Code == code))
            .Order(StringComparer.Ordinal).ToList();
}
