using Microsoft.AspNetCore.Components;

namespace Platform.Pages;

/// <summary>A page for one model. Rendered on the server as plain HTML; it needs no connection afterwards.</summary>
public abstract class PageOf<TModel> : ComponentBase
{
    [Parameter, EditorRequired] public TModel Model { get; set; } = default!;
}
