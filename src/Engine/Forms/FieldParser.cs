using Engine.Canonical;
using Engine.Rules;

namespace Engine.Forms;

/// <summary>Reads fields in the form's order.</summary>
internal sealed class FieldParser(TestItems testItems, FormConditions conditions)
{
    private static readonly Dictionary<string, FieldType> Types = new(StringComparer.Ordinal)
    {
        ["number"] = FieldType.Number, ["text"] = FieldType.Text, ["multiline"] = FieldType.Multiline, ["yes-no"] = FieldType.YesNo,
        ["choice"] = FieldType.Choice, ["date"] = FieldType.Date, ["datetime"] = FieldType.DateTime, ["id-number"] = FieldType.IdNumber, ["phone"] = FieldType.Phone,
    };

    public FormField Read(DocumentObject json)
    {
        var field = json.Has("testItem") ? ReadTestItemField(json) : ReadOwnField(json);
        conditions.Claim(field.Code, json.At("code"));
        var always = json.IsFlag("required") && json.Flag("required");
        field = field with
        {
            Required = always,
            RequiredWhen = json.IsFlag("required") ? null : json.Condition("required"),
            VisibleWhen = json.Condition("visibleWhen"),
            Placeholder = json.OptionalText("placeholder"),
            Help = json.OptionalText("help"),
            Limits = ReadLimits(json),
            OfferLast = ReadOffer(json),
            Locked = json.OptionalText("locked"),
        };
        conditions.NoteVisibility(field.VisibleWhen, json.At("visibleWhen"));
        conditions.Note(field.RequiredWhen, json.At("required"));
        conditions.NoteLimits(field, json.At("limits"));
        conditions.Add(field);
        return field;
    }

    /// <summary>What is personal is never offered with another donor.</summary>
    private static bool ReadOffer(DocumentObject json) => json.Flag("offerLast") && (json.Flag("protected") || json.Has("matches")
        ? throw new DocumentFaultException(json.At("offerLast"), "个人信息和要核对的编号不能带出上一次的值") : true);

    private static List<FieldLimit> ReadLimits(DocumentObject json)
    {
        var limits = new List<FieldLimit>();
        foreach (var item in json.Objects("limits", required: false))
        {
            item.Only("op", "fact", "label", "message");
            var op = item.Text("op");
            if (!FieldLimit.Known.Contains(op)) throw new DocumentFaultException(item.At("op"), $"没有比较“{op}”，可用：{string.Join("、", FieldLimit.Known)}");
            limits.Add(new FieldLimit(op, item.Code("fact"), item.OptionalText("label"), item.OptionalText("message")));
        }
        return limits;
    }

    private FormField ReadTestItemField(DocumentObject json)
    {
        json.Only("testItem", "required", "visibleWhen", "placeholder", "help", "limits", "locked");
        var code = json.Text("testItem");
        var item = testItems.Find(code) ?? throw new DocumentFaultException(json.At("testItem"),
            $"没有检测项目“{code}”，可用：{string.Join("、", testItems.All.Select(i => i.Code))}");
        return new FormField(item.Code, FieldType.Number, item.Label, item.LabelEn, item.Unit, item.Min, item.Max, item.Decimals, TestItem: item);
    }

    private FormField ReadOwnField(DocumentObject json)
    {
        var name = json.Text("type");
        if (!Types.TryGetValue(name, out var type))
            throw new DocumentFaultException(json.At("type"), $"没有字段类型“{name}”，可用：{string.Join("、", Types.Keys)}");
        json.Only(["code", "type", "label", "labelEn", "protected", "required", "visibleWhen", "placeholder", "help", "offerLast", "locked", .. Extras(type)]);
        var field = new FormField(json.Code("code"), type, json.Text("label"), json.OptionalText("labelEn") ?? json.Text("label"),
            Protected: json.Flag("protected"));
        return type switch
        {
            FieldType.Number => ReadNumber(json, field),
            FieldType.Choice => ReadChoice(json, field),
            FieldType.YesNo => field with { Default = YesOrNo(json, "default"), Expected = YesOrNo(json, "expected"), MustBe = YesOrNo(json, "mustBe") },
            FieldType.Date => ReadDate(json, field),
            FieldType.DateTime => field with { NotFuture = json.Flag("notFuture") },
            FieldType.IdNumber => ReadScanned(json, field with { MaxLength = ResidentIdNumber.Length }),
            FieldType.Phone => field with { MaxLength = 20 },
            FieldType.Multiline => field with { MaxLength = json.WholeNumber("maxLength", 1000, 1, 4000) },
            _ => ReadScanned(json, field with { MaxLength = json.WholeNumber("maxLength", 100, 1, 4000), Default = json.OptionalText("default") }),
        };
    }

    private static FormField ReadScanned(DocumentObject json, FormField field)
    {
        var matches = json.Has("matches") ? json.Code("matches") : null;
        return field with { Matches = matches, Scan = matches is not null || json.Flag("scan") };
    }

    private static string[] Extras(FieldType type) => type switch
    {
        FieldType.Number => ["unit", "min", "max", "decimals", "limits"],
        FieldType.Choice => ["options", "numeric", "unit", "default", "fromIdNumber"],
        FieldType.YesNo => ["default", "expected", "mustBe"],
        FieldType.Date => ["notFuture", "fromIdNumber", "limits"],
        FieldType.DateTime => ["notFuture", "limits"],
        FieldType.Text => ["maxLength", "default", "matches", "scan"],
        FieldType.IdNumber => ["matches", "scan"],
        FieldType.Multiline => ["maxLength"],
        _ => [],
    };

    /// <summary>What repeats a part of a protected number is as protected as the number.</summary>
    private FormField ReadDate(DocumentObject json, FormField field)
    {
        var part = ReadFromIdNumber(json, IdNumberPart.BirthDate);
        return field with { NotFuture = json.Flag("notFuture"), FromIdNumber = part, Protected = field.Protected || part is not null };
    }

    private static FormField ReadNumber(DocumentObject json, FormField field)
    {
        var number = field with
        {
            Unit = json.OptionalText("unit"), Min = json.Number("min"), Max = json.Number("max"), Decimals = json.WholeNumber("decimals", 0, 0, 6),
        };
        return number.Min < number.Max ? number : throw new DocumentFaultException(json.At("max"), "max 必须大于 min");
    }

    private FormField ReadChoice(DocumentObject json, FormField field)
    {
        var options = new List<FormOption>();
        var numeric = json.Flag("numeric");
        foreach (var item in json.Objects("options"))
        {
            item.Only("code", "label", "labelEn");
            var code = item.OptionCode("code");
            if (numeric && !FieldEntry.IsNumber(code)) throw new DocumentFaultException(item.At("code"), $"“{code}”不是数字；numeric 为 true 时选项代码必须是数字");
            if (options.Exists(o => o.Code == code)) throw new DocumentFaultException(item.At("code"), $"选项“{code}”重复");
            options.Add(new FormOption(code, item.Text("label"), item.OptionalText("labelEn") ?? item.Text("label")));
        }
        return field with
        {
            Options = options, Numeric = numeric, Unit = json.OptionalText("unit"),
            Default = OneOf(json, "default", options.ConvertAll(o => o.Code)), FromIdNumber = ReadSex(json, options),
        };
    }

    private IdNumberPart? ReadSex(DocumentObject json, List<FormOption> options)
    {
        var part = ReadFromIdNumber(json, IdNumberPart.Sex);
        if (part is not null && !(options.Exists(o => o.Code == "M") && options.Exists(o => o.Code == "F")))
            throw new DocumentFaultException(json.At("options"), "取自身份证的性别必须有选项 M（男）和 F（女）");
        return part;
    }

    private IdNumberPart? ReadFromIdNumber(DocumentObject json, IdNumberPart only)
    {
        if (!json.Has("fromIdNumber")) return null;
        var name = only == IdNumberPart.Sex ? "sex" : "birthDate";
        if (json.Text("fromIdNumber") != name) throw new DocumentFaultException(json.At("fromIdNumber"), $"此类型的字段只能写 \"{name}\"");
        if (!conditions.HasIdNumber) throw new DocumentFaultException(json.At("fromIdNumber"), "本表在此字段之前没有身份证号码（id-number）字段");
        return only;
    }

    private static string? YesOrNo(DocumentObject json, string name) => OneOf(json, name, ["yes", "no"]);

    private static string? OneOf(DocumentObject json, string name, List<string> allowed)
    {
        var value = json.OptionalText(name);
        if (value is null || allowed.Contains(value)) return value;
        throw new DocumentFaultException(json.At(name), $"没有选项“{value}”，可用：{string.Join("、", allowed)}");
    }
}
