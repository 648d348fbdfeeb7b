using Engine.Rules;

namespace Engine.Forms;

/// <summary>Which fields are asked.</summary>
public static class FormVisibility
{
    /// <summary>A field is asked when its test item is enabled and its condition is certainly true.</summary>
    internal static bool IsVisible(FormField field, IFacts facts, IReadOnlySet<string> enabledTests) =>
        IsEnabled(field, enabledTests) && (field.VisibleWhen is null || field.VisibleWhen.Tree.Evaluate(facts) == true);

    /// <summary>Fields that can become visible while this form is being filled in; the others are not rendered at all.</summary>
    public static IReadOnlyList<FormField> Askable(FormDefinition form, FormContext context)
    {
        var askable = new HashSet<string>(StringComparer.Ordinal);
        return [.. form.Fields.Where(f => IsEnabled(f, context.EnabledTests) && (f.VisibleWhen is null || CanBe(true, f.VisibleWhen.Tree, askable, form, context.Known)) && askable.Add(f.Code))];
    }

    private static bool IsEnabled(FormField field, IReadOnlySet<string> enabledTests) =>
        field.TestItem is null or { Optional: false } || enabledTests.Contains(field.Code);

    // A field still open may turn out either way; one that is not asked stays unknown for good.
    private static bool CanBe(bool wanted, Condition tree, HashSet<string> askable, FormDefinition form, IFacts known)
    {
        bool Can(Condition inner) => CanBe(wanted, inner, askable, form, known);
        return tree switch
        {
            NotOf not => CanBe(!wanted, not.Inner, askable, form, known),
            AllOf all => wanted ? all.Conditions.All(Can) : all.Conditions.Any(Can),
            AnyOf any => wanted ? any.Conditions.Any(Can) : any.Conditions.All(Can),
            Comparison leaf when leaf.Facts.Any(askable.Contains) => true,
            Comparison leaf when leaf.Facts.Any(f => form.Field(f) is not null) => leaf.Evaluate(new FactBag()) == wanted,
            _ => tree.Evaluate(known) == wanted,
        };
    }
}
