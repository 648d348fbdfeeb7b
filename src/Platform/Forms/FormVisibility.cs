using Platform.Rules;

namespace Platform.Forms;

/// <summary>Which fields are asked.</summary>
public static class FormVisibility
{
    /// <summary>A field is asked when its test item is enabled and its condition is certainly true.</summary>
    internal static bool IsVisible(FormField field, IFacts facts, IReadOnlySet<string> enabledTests) =>
        IsEnabled(field, enabledTests) && (field.VisibleWhen is null || field.VisibleWhen.Tree.Evaluate(facts) == true);

    /// <summary>Fields that can become visible while this form is being filled in; the others are not rendered at all.</summary>
    public static IReadOnlyList<FormField> Askable(FormDefinition form, FormContext context)
    {
        var askable = new List<FormField>();
        foreach (var field in form.Fields)
            if (IsEnabled(field, context.EnabledTests) && (field.VisibleWhen is null || CanBe(true, field.VisibleWhen.Tree, askable, form, context.Known)))
                askable.Add(field);
        return askable;
    }

    private static bool IsEnabled(FormField field, IReadOnlySet<string> enabledTests) =>
        field.TestItem is null or { Optional: false } || enabledTests.Contains(field.Code);

    // A field still open may turn out either way; one that is not asked stays unknown for good.
    private static bool CanBe(bool wanted, Condition tree, List<FormField> askable, FormDefinition form, IFacts known)
    {
        bool Can(Condition inner) => CanBe(wanted, inner, askable, form, known);
        return tree switch
        {
            NotOf not => CanBe(!wanted, not.Inner, askable, form, known),
            AllOf all => wanted ? all.Conditions.All(Can) : all.Conditions.Any(Can),
            AnyOf any => wanted ? any.Conditions.Any(Can) : any.Conditions.All(Can),
            Comparison leaf when askable.Exists(f => leaf.Facts.Contains(f.Code)) => true,
            Comparison leaf when leaf.Facts.Any(f => form.Field(f) is not null) => leaf.Evaluate(new FactBag()) == wanted,
            _ => tree.Evaluate(known) == wanted,
        };
    }
}
