using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform;
using Platform.Pages;

namespace Web.Pages;

/// <summary>Finds the component of a model, here or where a module stands.</summary>
internal sealed class ComponentPages(IEnumerable<IModule> modules) : IPages
{
    private readonly FrozenDictionary<Type, Type> _components = modules.Select(m => m.GetType().Assembly).Append(typeof(ComponentPages).Assembly).Distinct().SelectMany(a => a.GetTypes())
        .Where(t => t.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(PageOf<>))
        .ToFrozenDictionary(t => t.BaseType!.GetGenericArguments()[0]);

    public IResult Show<TModel>(TModel model, int status) where TModel : notnull =>
        new RazorComponentResult(_components[typeof(TModel)], new Dictionary<string, object?> { ["Model"] = model }) { StatusCode = status };
}
