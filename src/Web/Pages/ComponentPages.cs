using System.Collections.Frozen;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Pages;

namespace Web.Pages;

/// <summary>A page for one model. Rendered on the server as plain HTML; it needs no connection afterwards.</summary>
public abstract class PageOf<TModel> : ComponentBase
{
    [Parameter, EditorRequired] public TModel Model { get; set; } = default!;
}

/// <summary>Finds the component of a model.</summary>
internal sealed class ComponentPages : IPages
{
    private static readonly FrozenDictionary<Type, Type> Components = typeof(ComponentPages).Assembly.GetTypes()
        .Where(t => t.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(PageOf<>))
        .ToFrozenDictionary(t => t.BaseType!.GetGenericArguments()[0]);

    public IResult Show<TModel>(TModel model, int status) where TModel : notnull =>
        new RazorComponentResult(Components[typeof(TModel)], new Dictionary<string, object?> { ["Model"] = model }) { StatusCode = status };
}
