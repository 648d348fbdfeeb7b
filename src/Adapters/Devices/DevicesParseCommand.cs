using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Modules.Devices.Contracts;

namespace Adapters.Devices;

/// <summary>The verb <c>devices parse FILE --profile P [--json]</c>: shows what a recording of device bytes means, and why what does not count.</summary>
public static class DevicesParseCommand
{
    private const int MaxFile = 64 * 1024 * 1024;
    private const string Usage = "用法：devices parse 文件 --profile 配置名或文件 [--json]";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <param name="args">What follows <c>devices parse</c>.</param>
    /// <param name="readFile">Reads a whole file; the file system when absent.</param>
    /// <returns>0 = read, 2 = refused with a message on <paramref name="error"/> naming the file or field and the remedy.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Func<string, Task<byte[]>>? readFile = null)
    {
        var (file, profileName, json, complaint) = Arguments(args);
        if (complaint is null && profileName is null)
        {
            ListProfiles(output);
            return file is null ? 0 : await Fail(error, "缺少 --profile。" + Usage);
        }
        if (complaint is not null || file is null) return await Fail(error, (complaint ?? "缺少文件。") + Usage);
        try
        {
            var profile = await Profile(profileName!, readFile ?? Read);
            var recording = DeviceRecording.Read(await (readFile ?? Read)(file), profile);
            if (recording.Errors.Count > 0) return await Fail(error, $"{file}：{string.Join("；", recording.Errors)}");
            if (recording.GarbageBytes > 0) await error.WriteLineAsync($"{file}：帧之间有 {recording.GarbageBytes} 个多余字节，已忽略");
            if (json) await output.WriteLineAsync(JsonSerializer.Serialize(recording.Messages, Json));
            else await output.WriteAsync(ReadingTable.Render(recording.Messages));
            return 0;
        }
        catch (DeviceProfileException e)
        {
            return await Fail(error, e.Message);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return await Fail(error, $"没有找到文件（{file} 或 {profileName}）：请检查路径");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return await Fail(error, $"读不了文件：{e.Message} 请检查路径和权限");
        }
    }

    private static (string? File, string? Profile, bool Json, string? Complaint) Arguments(string[] args)
    {
        string? file = null, profile = null;
        var json = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json") json = true;
            else if (args[i] == "--profile" && i + 1 < args.Length) profile = args[++i];
            else if (args[i] == "--profile") return (file, profile, json, "--profile 后缺少配置名。");
            else if (args[i].StartsWith("--", StringComparison.Ordinal) || file is not null) return (file, profile, json, $"不认识的参数 {args[i]}。");
            else file = args[i];
        }
        return (file, profile, json, null);
    }

    private static async Task<DeviceProfile> Profile(string name, Func<string, Task<byte[]>> read)
    {
        if (DeviceProfileReader.BuiltIn.TryGetValue(name, out var profile)) return profile;
        if (!name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            throw new DeviceProfileException(name, "--profile", "没有这个配置；可用：" + string.Join("、", DeviceProfileReader.BuiltIn.Keys.Order()) + "，或给出 .json 文件");
        return DeviceProfileReader.Parse(Wire.Charsets.Decode(await read(name)).Text, name);
    }

    private static async Task<byte[]> Read(string path) => new FileInfo(path) is { Exists: true, Length: > MaxFile }
        ? throw new IOException($"{path} 超过 {MaxFile / 1024 / 1024} MB，不像仪器消息。")
        : await File.ReadAllBytesAsync(path);

    private static void ListProfiles(TextWriter output)
    {
        output.WriteLine(Usage);
        output.WriteLine("仪器配置：");
        foreach (var profile in DeviceProfileReader.BuiltIn.Values.OrderBy(p => p.Name)) output.WriteLine($"  {profile.Name,-20} {profile.Title}");
    }

    private static async Task<int> Fail(TextWriter error, string message)
    {
        await error.WriteLineAsync(message);
        return 2;
    }
}
