using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modules.Devices.Contracts;
using Platform;
using Platform.Pages;
using Platform.People;
using Platform.Recipes;
using Platform.Storage;

namespace Modules.Devices;

public static class DevicePermissions
{
    public const string View = "devices.view";
    public const string Handle = "devices.handle";
    public const string Import = DeviceFiles.Permission;
}

public sealed class DevicesModule : IModule
{
    public ITables Tables { get; } = new DevicesTables();

    public IReadOnlyList<Permission> Permissions { get; } =
    [
        new(DevicePermissions.View, "查看设备和待处理结果"),
        new(DevicePermissions.Import, "导入设备文件"),
        new(DevicePermissions.Handle, "处理仪器结果、查看原始消息"),
    ];

    public IReadOnlyList<MenuEntry> Menu { get; } = [new("设备", "/devices") { Permission = DevicePermissions.View }];

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton<ListenerBoard>();
        services.AddScoped<DeviceDocuments>().AddScoped<RecordSamples>().AddScoped<IDeviceIntake, ReceiveFrame>()
            .AddScoped<IReadings, VisitReadings>().AddScoped<IOutboxHandler, RematchOnNumber>();
        services.AddScoped<ResultQueue>().AddScoped<HandleResult>().AddScoped<ShowFrames>().AddScoped<ImportFile>()
            .AddScoped<IWaitingResults>(s => s.GetRequiredService<ResultQueue>());
        services.AddScoped<IRecipeStep, DevicesStep>();
    }

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        ShowDevices.Map(endpoints);
        ResultQueue.Map(endpoints);
        HandleResult.Map(endpoints);
        ShowFrames.Map(endpoints);
        ImportFile.Map(endpoints);
    }
}
