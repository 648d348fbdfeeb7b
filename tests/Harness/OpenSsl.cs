using System.Diagnostics;

namespace Harness;

/// <summary>The openssl program, as somebody who believes nobody: files go into a folder of its own, and what it prints is the judgement.</summary>
public sealed class OpenSsl : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("openssl-").FullName;

    /// <summary>Writes a file and gives its name for the arguments.</summary>
    public string File(string name, ReadOnlySpan<byte> content)
    {
        using var stream = System.IO.File.Create(Path.Combine(Folder, name));
        stream.Write(content);
        return name;
    }

    public byte[] Bytes(string name) => System.IO.File.ReadAllBytes(Path.Combine(Folder, name));

    /// <summary>A DER certificate as PEM, which most of the commands want.</summary>
    public string Certificate(string name, byte[] der) => File(name, System.Text.Encoding.ASCII.GetBytes(System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", der) + "\n"));

    public async Task<(int Exit, string Said)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    /// <exception cref="InvalidOperationException">It refused; with its words.</exception>
    public async Task<string> DoAsync(params string[] arguments)
    {
        var (exit, said) = await RunAsync(arguments);
        return exit == 0 ? said : throw new InvalidOperationException($"openssl {string.Join(' ', arguments)}: {said}");
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
