using System.Globalization;
using Engine.Forms;
using Modules.Devices.Contracts;
using Modules.Records.Contracts;
using Platform.Audit;
using Platform.Storage;

namespace Modules.Collection;

/// <summary>What devices measured for the fields of a step.</summary>
/// <param name="Filled">Value of each field that has exactly one that counts and nothing after it that says otherwise.</param>
/// <param name="Notes">Where each value is known from, and what does not count and why.</param>
/// <param name="Token">Names exactly these readings; empty without any. Who signs has seen them.</param>
internal sealed record StepMeasurements(IReadOnlyDictionary<string, string> Filled, IReadOnlyDictionary<string, string> Notes, string Token,
    IReadOnlyList<VisitReading> Readings)
{
    /// <summary>Fields the devices have said more than one thing of, in words: which counts is for a person to decide, with a reason.</summary>
    public IReadOnlyList<string> Disputed { get; init; } = [];

    /// <summary>Whether every test item of the form was submitted as a device gave it.</summary>
    public bool Give(FormDefinition form, FormSubmission submission) =>
        form.Fields.Where(f => f.TestItem is not null && submission.Value(f.Code) is not null).All(f =>
            Filled.TryGetValue(f.Code, out var measured)
                && decimal.Parse(measured, CultureInfo.InvariantCulture) == submission.Facts.Number(f.Code));

    public static StepMeasurements None { get; } = new(new Dictionary<string, string>(), new Dictionary<string, string>(), "", []);

    /// <summary>The values with their gaps filled: what a person typed is never overwritten.</summary>
    public IReadOnlyDictionary<string, string> Fill(IReadOnlyDictionary<string, string> typed)
    {
        if (Filled.Count == 0) return typed;
        var values = new Dictionary<string, string>(typed, StringComparer.Ordinal);
        foreach (var (code, value) in Filled)
            if (string.IsNullOrWhiteSpace(values.GetValueOrDefault(code))) values[code] = value;
        return values;
    }
}

/// <summary>Brings device readings to a step's fields, and writes down what the person who signed made of them.</summary>
internal sealed class StepReadings(IReadings readings, Store store, TimeProvider clock)
{
    public async Task<StepMeasurements> OfAsync(VisitFile file, FormDefinition form, FormContext context, CancellationToken cancel)
    {
        var fields = FormVisibility.Askable(form, context).Where(f => f.TestItem is not null)
            .ToDictionary(f => f.Code, StringComparer.Ordinal);
        if (fields.Count == 0) return StepMeasurements.None;
        var all = (await readings.OfVisitAsync(file.Visit.Id, cancel)).Where(r => fields.ContainsKey(r.Item))
            .Select(r => InUnitOf(fields[r.Item], r)).ToList();
        if (all.Count == 0) return StepMeasurements.None;
        var (filled, notes) =
            (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        var disputed = new List<string>();
        foreach (var item in all.GroupBy(r => r.Item))
        {
            notes[item.Key] = string.Join("；", item.Select(Note));
            if (Counting(item) is not { Count: > 0 } values) continue;
            if (Dispute(item, values) is not { } dispute) filled[item.Key] = Text(values[0]);
            else
            {
                disputed.Add($"{fields[item.Key].Label}：{notes[item.Key]}");
                notes[item.Key] += "。" + dispute;
            }
        }
        var token = string.Join(",", all.Select(r => $"{r.SampleId}:{r.Item}"));
        return new StepMeasurements(filled, notes, AuditTables.Sha256(token)[..16], all) { Disputed = disputed };
    }

    /// <summary>In the caller's transaction: the readings are used, and a value that is not the device's is a correction of whoever has signed.</summary>
    public void Write(StepMeasurements measured, StepResult step)
    {
        readings.Use(measured.Readings.Select(r => r.SampleId).Distinct(), step.Visit.Id, step.By);
        foreach (var item in measured.Readings.GroupBy(r => r.Item))
        {
            var (values, signed) = (Counting(item), step.Record!.Submission.Value(item.Key));
            if (values.Count == 0
                || values.Any(v => signed is not null && v == decimal.Parse(signed, CultureInfo.InvariantCulture))) continue;
            var corrected = new AuditChange(item.Key, string.Join("、", values.Select(Text)), signed, step.Reason);
            store.Add(step.By.Did("更正仪器结果", step.Visit.Subject.ToString(), clock.GetUtcNow(), corrected));
        }
    }

    /// <summary>Why no value is filled in although one counts. A device that corrects or doubts a result says so in a later transmission: then neither the old nor the new one stands by itself.</summary>
    private static string? Dispute(IEnumerable<VisitReading> item, List<decimal> values)
    {
        if (values.Count > 1) return "结果不一致，请核对后填写，并写明原因";
        var counted = item.Where(r => r.Value is not null).Select(r => r.SampleId).ToHashSet();
        return item.SkipWhile(r => r.Value is null).Any(r => r.Value is null && !counted.Contains(r.SampleId))
            ? "仪器后来又传来不能采用的结果，先前的值不再填入，请核对后填写，并写明原因" : null;
    }

    private static List<decimal> Counting(IEnumerable<VisitReading> readings) =>
        [.. readings.Where(r => r.Value is not null).Select(r => decimal.Parse(r.Value!, CultureInfo.InvariantCulture)).Distinct()];

    /// <summary>A profile and a form that disagree on the unit agree on no number.</summary>
    private static VisitReading InUnitOf(FormField field, VisitReading reading) =>
        reading.Value is null || reading.Unit == field.Unit ? reading
            : reading with { Value = null, Reason = $"单位 {reading.Unit} 与表单的 {field.Unit} 不同" };

    private static string Note(VisitReading reading)
    {
        var flags = reading.Flags.Length == 0 ? "" : $" 标志 {reading.Flags}";
        return reading.Value is { } value
            ? $"{reading.Device} {reading.Time}：{Text(decimal.Parse(value, CultureInfo.InvariantCulture))} {reading.Unit}{flags}"
            : $"{reading.Device} {reading.Time}：{reading.RawValue} {reading.Unit}{flags}，不采用（{reading.Reason}）";
    }

    // Never rounded: a value a hair below a limit must not be lifted onto it.
    private static string Text(decimal value) => value.ToString("0.##########", CultureInfo.InvariantCulture);
}
