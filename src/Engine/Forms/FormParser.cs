using Engine.Canonical;


namespace Engine.Forms;

/// <summary>Reads a form document. Field by field in <see cref="FieldParser"/>; here what holds for the form as a whole.</summary>
internal static class FormParser
{
    public static FormDefinition Parse(string json, TestItems testItems)
    {
        using var document = DocumentObject.Load(json, out var hash);
        var root = DocumentObject.Root(document);
        root.Only(JsonSchemas.Property, "code", "title", "titleEn", "version", "documentCode", "footer", "sections", "signers", "confirmText");
        var conditions = new FormConditions();
        var sections = ReadSections(root, new FieldParser(testItems, conditions), conditions);
        var signers = ReadSigners(root, conditions, sections);
        conditions.Check();
        return new FormDefinition(
            root.Code("code", hyphens: true), root.Text("title"), root.Text("titleEn"), root.Text("version"), root.Text("documentCode"),
            root.OptionalText("footer"), sections, signers, root.OptionalText("confirmText"),
            hash, testItems.ContentHash);
    }

    private static List<FormSection> ReadSections(DocumentObject root, FieldParser fields, FormConditions conditions)
    {
        var sections = new List<FormSection>();
        foreach (var json in root.Objects("sections"))
        {
            json.Only("code", "title", "titleEn", "instructions", "paragraphs", "perVisit", "kiosk", "fields", "review", "locked");
            var code = json.Code("code", hyphens: true);
            if (sections.Exists(s => s.Code == code)) throw new DocumentFaultException(json.At("code"), $"分组“{code}”重复，请换一个代码");
            sections.Add(new FormSection(code, json.Text("title"), json.OptionalText("titleEn") ?? json.Text("title"),
                json.OptionalText("instructions"), json.Texts("paragraphs"), json.Flag("perVisit"), json.Flag("kiosk", otherwise: true), json.Objects("fields", required: !json.Has("paragraphs") && !json.Has("review")).ConvertAll(fields.Read), ReadReview(json, sections, conditions)) { Locked = json.OptionalText("locked") });
        }
        return sections;
    }

    private static ReviewDefinition? ReadReview(DocumentObject section, List<FormSection> before, FormConditions conditions)
    {
        if (section.Object("review") is not { } json) return null;
        if (before.Exists(s => s.Review is not null)) throw new DocumentFaultException(section.At("review"), "一份表单只能有一个复核分组");
        json.Only("form", "fact", "decisions", "reasons");
        var decisions = new List<FormOption>();
        foreach (var item in json.Objects("decisions"))
        {
            item.Only("code", "label", "labelEn");
            var code = item.OptionCode("code");
            if (decisions.Exists(d => d.Code == code)) throw new DocumentFaultException(item.At("code"), $"结论“{code}”重复");
            decisions.Add(new FormOption(code, item.Text("label"), item.OptionalText("labelEn") ?? item.Text("label")));
        }
        var fact = json.Code("fact");
        conditions.Claim(fact, json.At("fact"));
        return new ReviewDefinition(json.Code("form", hyphens: true), fact, decisions, json.Texts("reasons"));
    }

    private static List<FormSigner> ReadSigners(DocumentObject root, FormConditions conditions, List<FormSection> sections)
    {
        var signers = new List<FormSigner>();
        foreach (var json in root.Objects("signers", required: false))
        {
            var signer = ReadSigner(json, conditions) with { IdentityField = ReadIdentityField(json, sections) };
            if (signers.Exists(s => s.Role == signer.Role)) throw new DocumentFaultException(json.At("role"), $"签名人“{signer.Role}”重复");
            if (signer.SecondPerson && signers.Count == 0) throw new DocumentFaultException(json.At("secondPerson"), "第二人不能排在第一位，请先写第一位签名人");
            signers.Add(signer);
        }
        return signers;
    }

    private static FormSigner ReadSigner(DocumentObject json, FormConditions conditions)
    {
        json.Only("role", "label", "labelEn", "permission", "pin", "method", "secondPerson", "when", "fact", "identityField");
        var handwriting = ReadMethod(json);
        var fact = json.Has("fact") ? json.Code("fact") : null;
        if (fact is not null) conditions.Claim(fact, json.At("fact"));
        var when = json.Condition("when");
        conditions.Note(when, json.At("when"));
        return new FormSigner(json.Code("role"), json.Text("label"), json.OptionalText("labelEn") ?? json.Text("label"),
            json.OptionalText("permission"), json.Flag("pin"), handwriting, json.Flag("secondPerson"), when, fact);
    }

    /// <summary>The field is the proof of who writes: one that may be left out, or answered with no, proves nothing.</summary>
    private static string? ReadIdentityField(DocumentObject json, List<FormSection> sections)
    {
        if (!json.Has("identityField")) return null;
        if (json.OptionalText("method") != "handwriting") throw new DocumentFaultException(json.At("identityField"), "有账号的签名人以 PIN 证明身份，不能写“identityField”");
        var code = json.Code("identityField");
        var field = sections.SelectMany(s => s.Fields).FirstOrDefault(f => f.Code == code);
        return field is { Type: FieldType.YesNo, MustBe: "yes", VisibleWhen: null, Default: null } ? code
            : throw new DocumentFaultException(json.At("identityField"), $"“{code}”应是本表的“是/否”字段，写有 \"mustBe\": \"yes\"，没有 visibleWhen 和 default");
    }

    /// <summary>Whether the signer writes by hand; who does has no account, hence no PIN and no permission.</summary>
    private static bool ReadMethod(DocumentObject json)
    {
        if (json.OptionalText("method") is not { } method) return false;
        if (method is not ("pin" or "handwriting")) throw new DocumentFaultException(json.At("method"), $"没有签名方式“{method}”，可用：pin、handwriting");
        if (method == "pin") return false;
        foreach (var other in new[] { "pin", "permission", "secondPerson" })
            if (json.Has(other)) throw new DocumentFaultException(json.At(other), $"手写签名人没有账号，不能写“{other}”");
        return true;
    }
}
