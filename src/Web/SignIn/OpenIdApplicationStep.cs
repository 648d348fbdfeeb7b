using OpenIddict.Abstractions;
using Platform.Publishing;
using Platform.Recipes;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Web.SignIn;

/// <summary><c>OpenIdApplication</c> in Orchard Core's shape: ClientId, ClientSecret, DisplayName, RedirectUris, AllowClientCredentialsFlow, AllowAuthorizationCodeFlow, Scopes.</summary>
internal sealed class OpenIdApplicationStep(IServiceProvider services) : IRecipeStep
{
    public string Name => "OpenIdApplication";

    public async Task PlanAsync(RecipePlan plan, RecipeStepElement step, CancellationToken cancel)
    {
        var manager = services.GetService<IOpenIddictApplicationManager>()
            ?? throw new DocumentException(plan.Recipe.File, step.Path, "此运行方式没有授权服务，不能登记应用");
        var id = step.Text("ClientId");
        if (await manager.FindByClientIdAsync(id, cancel) is not null)
        {
            plan.Unchanged.Add($"应用 {id}");
            return;
        }
        var application = Descriptor(plan, step, id);
        plan.Changes.Add(new PlannedChange($"+ 应用 {id}（密钥不显示）", async () => await manager.CreateAsync(application, cancel)));
    }

    private static OpenIddictApplicationDescriptor Descriptor(RecipePlan plan, RecipeStepElement step, string id)
    {
        var application = new OpenIddictApplicationDescriptor
        {
            ClientId = id, DisplayName = step.OptionalText("DisplayName"), ConsentType = ConsentTypes.Implicit,
            ClientSecret = plan.Scripts.Resolve(step.OptionalText("ClientSecret") ?? "", step.Path + ".ClientSecret") is { Length: > 0 } secret ? secret : null,
        };
        application.ClientType = application.ClientSecret is null ? ClientTypes.Public : ClientTypes.Confidential;
        application.Permissions.Add(Permissions.Endpoints.Token);
        if (step.Flag("AllowClientCredentialsFlow")) application.Permissions.Add(Permissions.GrantTypes.ClientCredentials);
        if (step.Flag("AllowAuthorizationCodeFlow"))
        {
            application.Permissions.UnionWith([Permissions.Endpoints.Authorization, Permissions.GrantTypes.AuthorizationCode, Permissions.ResponseTypes.Code, Permissions.Scopes.Profile]);
            application.Requirements.Add(Requirements.Features.ProofKeyForCodeExchange);
        }
        foreach (var scope in (step.OptionalText("Scopes") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)) application.Permissions.Add(Permissions.Prefixes.Scope + scope);
        foreach (var uri in (step.OptionalText("RedirectUris") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)) application.RedirectUris.Add(new Uri(uri));
        return application;
    }
}
