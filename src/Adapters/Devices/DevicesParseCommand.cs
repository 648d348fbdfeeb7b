using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Modules.Devices.Contracts;

namespace Adapters.Devices;

/// <summary>The verb <c>devices parse FILE --profile NAME|FILE [--json]</c>: shows what a recording of device bytes means, and why what does not count.</summary>
/// <param name="shelf">Where profiles are found by name.</param>
/// <param name="readFile">Reads a whole file; the file system when absent.</param>
public sealed class DevicesParseCommand(ProfileShelf shelf, Func<string, Task<byte[]>>? readFile = null)
{
    private const int MaxFile = 64 * 1024 * 1024;
    private const string Usage = "用法：devices parse 文件 --profile 配置名或文件 [--json]";

    /// <summary>Everything that was sent for a donor counts.</summary>
    public const int Good = 0;

    /// <summary>Something in it does not count, or whose it is cannot be told.</summary>
    public const int Findings = 1;

    /// <summary>It cannot be read.</summary>
    public const int Refused = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <param name="args">What follows <c>devices parse</c>.</param>
    /// <returns><see cref="Good"/>, <see cref="Findings"/>, or <see cref="Refused"/> with a message on <paramref name="error"/> naming the file or field and the remedy.</returns>
    public async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var (file, profileName, json, complaint) = Arguments(args);
        if (complaint is null && profileName is null && file is null) return ListProfiles(output);
        complaint ??= profileName is null ? "缺少 --profile。" : file is null ? "缺少文件。" : null;
        if (complaint is not null) return await FailAsync(error, complaint + Usage);
        try
        {
            var profile = await ProfileAsync(profileName!);
            return await ShowAsync(file!, DeviceRecording.Read(await ReadAsync(file!), profile), json, output, error);
        }
        catch (DeviceProfileException e)
        {
            return await FailAsync(error, e.Message);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return await FailAsync(error, $"没有找到文件（{file} 或 {profileName}）：请检查路径");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return await FailAsync(error, $"读不了文件：{e.Message} 请检查路径和权限");
        }
    }

    private static async Task<int> ShowAsync(string file, DeviceRecording recording, bool json, TextWriter output, TextWriter error)
    {
        if (recording.Errors.Count > 0) return await FailAsync(error, $"{file}：{string.Join("；", recording.Errors)}");
        if (recording.GarbageBytes > 0) await error.WriteLineAsync($"{file}：帧之间有 {recording.GarbageBytes} 个多余字节，已忽略");
        if (json) await output.WriteLineAsync(JsonSerializer.Serialize(recording.Messages, Json));
        else await output.WriteAsync(ReadingTable.Render(recording.Messages));
        return recording.Messages.Any(HasFindings) ? Findings : Good;
    }

    /// <summary>What is no result of a donor, and what the profile maps to no item, is meant not to count.</summary>
    private static bool HasFindings(DeviceMessage message) => message.Problems.Count > 0 || message.Kind == DeviceMessageKind.Result
        && (message.SampleId is null || message.UnreadSex is not null || message.UnreadTime is not null
            || message.Readings.Any(r => r is { Code: not null, Accepted: false }));

    private static (string? File, string? Profile, bool Json, string? Complaint) Arguments(string[] args)
    {
        string? file = null, profile = null;
        var json = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json") json = true;
            else if (args[i] == "--profile" && i + 1 < args.Length) profile = args[++i];
            else if (args[i].StartsWith("--profile=", StringComparison.Ordinal)) profile = args[i]["--profile=".Length..];
            else if (args[i] == "--profile") return (file, profile, json, "--profile 后缺少配置名。");
            else if (args[i].StartsWith("--", StringComparison.Ordinal) || file is not null)
                return (file, profile, json, $"不认识的参数 {args[i]}。");
            else file = args[i];
        }
        return (file, profile, json, null);
    }

    /// <summary>By name, else the file of that path.</summary>
    private async Task<DeviceProfile> ProfileAsync(string name)
    {
        if (shelf.Find(name) is { } known) return known;
        if (!name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && (readFile is not null || !File.Exists(name)))
            throw new DeviceProfileException(name, "--profile", "没有这个配置；可用：" + string.Join("、", shelf.Names) + "，或给出 .json 文件");
        return DeviceProfileReader.Parse(Wire.Charsets.Decode(await ReadAsync(name)).Text, name);
    }

    private Task<byte[]> ReadAsync(string path) => readFile is not null ? readFile(path)
        : new FileInfo(path) is { Exists: true, Length: > MaxFile } ? throw new IOException($"{path} 超过 {MaxFile / 1024 / 1024} MB，不像仪器消息。")
        : File.ReadAllBytesAsync(path);

    private int ListProfiles(TextWriter output)
    {
        output.WriteLine(Usage);
        output.WriteLine("仪器配置：");
        foreach (var name in shelf.Names) output.WriteLine($"  {name,-20} {Title(name)}");
        return Good;
    }

    private string Title(string name)
    {
        try
        {
            return shelf.Find(name)!.Title;
        }
        catch (DeviceProfileException e)
        {
            return e.Message;
        }
    }

    private static async Task<int> FailAsync(TextWriter error, string message)
    {
        await error.WriteLineAsync(message);
        return Refused;
    }
}
