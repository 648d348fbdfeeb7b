using Microsoft.Extensions.DependencyInjection;

namespace Platform.Publishing.Changes;

public static class ChangeServices
{
    public static IServiceCollection AddChanges(this IServiceCollection services) => services
        .AddScoped<ChangeBook>().AddScoped<ChangeBase>().AddScoped<ChangePeople>().AddScoped<ChangeDifference>().AddScoped<ChangeFolder>()
        .AddScoped<WriteChange>().AddScoped<CheckChange>().AddScoped<PassChange>().AddScoped<ApprovalParts>().AddScoped<ApproveChange>().AddScoped<TakeBackChange>().AddScoped<MergeChange>();
}
