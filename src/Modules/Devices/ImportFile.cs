using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Modules.Devices.Contracts;
using Platform.Pages;
using Platform.People;
using Platform.Storage;

namespace Modules.Devices;

/// <param name="Samples">Runs or samples read from the file, with the reason where one waits for a person.</param>
public sealed record ImportedFile(string Name, bool Again, IReadOnlyList<(string? Number, string? Waiting)> Samples);

public sealed record ImportFileModel(IReadOnlyList<(string Code, string Name, string Protocol)> Devices, string? Chosen, Guid? VisitId, ImportedFile? Imported, string? Error);

/// <summary>Takes in a file a device has written, on the same way as a frame from a line: bytes first, then what they say, each value accepted or with its reason.</summary>
internal sealed class ImportFile(Store store, IDeviceIntake intake, DeviceDocuments documents, IPages pages)
{
    private const int Largest = 1024 * 1024;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/devices/import", (Guid? visit, ImportFile use, CancellationToken cancel) => use.ShowAsync(null, visit, null, null, cancel)).RequirePermission(DevicePermissions.Import);
        endpoints.MapPost("/devices/import", (HttpContext http, ImportFile use, CancellationToken cancel) => use.SubmitAsync(http, cancel))
            .RequirePermission(DevicePermissions.Import).WithMetadata(new RequireAntiforgeryTokenAttribute(), new RequestSizeLimitAttribute(Largest * 2));
    }

    private async Task<IResult> ShowAsync(string? chosen, Guid? visit, ImportedFile? imported, string? error, CancellationToken cancel)
    {
        var (profiles, set) = await documents.NowAsync(cancel);
        var devices = (await store.Set<Device>().AsNoTracking().Where(d => d.Enabled && d.Port == 0).OrderBy(d => d.Code).ToListAsync(cancel)).Where(d => profiles.IsFile(set, d.Profile));
        return pages.Show(new ImportFileModel([.. devices.Select(d => (d.Code, d.Name, profiles.ProtocolOf(set, d.Profile)!))], chosen, visit, imported, error),
            error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private async Task<IResult> SubmitAsync(HttpContext http, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var (code, file) = (form["device"].ToString(), form.Files["file"]);
        Guid? visit = Guid.TryParse(form["visit"], out var id) ? id : null;
        var device = await store.Set<Device>().AsNoTracking().SingleOrDefaultAsync(d => d.Code == code && d.Enabled && d.Port == 0, cancel);
        if (device is null) return await ShowAsync(null, visit, null, "设备：必填，请选择写出这个文件的设备", cancel);
        if (file is null || file.Length == 0) return await ShowAsync(code, visit, null, "文件：必填，请选择设备写出的文件", cancel);
        if (file.Length > Largest) return await ShowAsync(code, visit, null, "文件：不能大于 1 MB，请确认选对了文件", cancel);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, cancel);
        return await ShowAsync(code, visit, await TakeAsync(device, file.FileName, bytes.ToArray(), http, cancel), null, cancel);
    }

    private async Task<ImportedFile> TakeAsync(Device device, string name, byte[] bytes, HttpContext http, CancellationToken cancel)
    {
        var frame = await intake.StoreAsync(device.Code, bytes, $"{http.User.FullNameOf()} 导入", cancel);
        var (profiles, set) = await documents.NowAsync(cancel);
        var (messages, damage) = profiles.Read(set, device.Profile, bytes);
        await intake.RecordAsync(frame.Id, messages, damage, cancel);
        var samples = await store.Set<DeviceSample>().AsNoTracking().Where(s => s.FrameId == frame.Id).OrderBy(s => s.Number).ToListAsync(cancel);
        var ids = samples.Select(s => s.Id).ToList();
        var waiting = await ResultQueue.Waiting(store).Where(s => ids.Contains(s.SampleId)).ToDictionaryAsync(s => s.SampleId, s => s.Reason, cancel);
        return new ImportedFile(name, frame.Recorded, [.. samples.Select(s => (s.SampleNumber, waiting.GetValueOrDefault(s.Id)))]);
    }
}
