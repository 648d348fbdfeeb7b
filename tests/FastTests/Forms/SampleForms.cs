using Engine.Forms;
using Engine.Rules;
using Xunit;

namespace FastTests.Forms;

/// <summary>The province's own documents and small forms made for one test.</summary>
internal static class SampleForms
{
    public static readonly DateOnly Today = new(2026, 11, 22);

    public static readonly TestItems Items = TestItems.Parse(Resource("zhejiang.test-items.json"));

    public static FormDefinition Province(string code) => FormDefinition.Parse(Resource(code + ".form.json"), Items);

    /// <summary>A form with these fields and signers, given as JSON array contents.</summary>
    public static FormDefinition With(string fields, string signers = "") => FormDefinition.Parse(Json(fields, signers), Items);

    public static string Json(string fields, string signers = "") => $$"""
        { "code": "sample", "title": "样表", "titleEn": "Sample", "version": "1", "documentCode": "X/1",
          "sections": [ { "code": "one", "title": "第一组", "fields": [ {{fields}} ] } ], "signers": [ {{signers}} ] }
        """;

    public static FormContext Knowing(FactBag? facts = null, params string[] tests) => new(facts ?? new FactBag(), tests.ToHashSet(), Today);

    public static FormReading Read(FormDefinition form, params (string Code, string Value)[] posted) => Read(form, Knowing(), posted);

    public static FormReading Read(FormDefinition form, FormContext context, params (string Code, string Value)[] posted) =>
        FormReading.Read(form, posted.ToDictionary(p => p.Code, p => p.Value), context);

    public static FormSubmission Submit(FormDefinition form, params (string Code, string Value)[] posted)
    {
        var reading = Read(form, posted);
        Assert.Empty(reading.Errors);
        return reading.Submission!;
    }

    private static string Resource(string name)
    {
        using var stream = typeof(SampleForms).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
