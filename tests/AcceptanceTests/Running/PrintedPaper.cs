using System.Diagnostics;
using System.Text;

namespace AcceptanceTests.Running;

/// <summary>A PDF as paper: what stands on it, and what a scanner reads from it.</summary>
public sealed class PrintedPaper(byte[] pdf)
{
    public byte[] Pdf => pdf;

    public async Task<string> TextAsync() => Encoding.UTF8.GetString(await RunAsync("pdftotext", ["-layout", "-enc", "UTF-8", "-", "-"], pdf));

    public async Task<string> BarcodeAsync()
    {
        var picture = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(picture, await RunAsync("pdftoppm", ["-r", "300", "-png", "-singlefile", "-"], pdf));
            return Encoding.UTF8.GetString(await RunAsync("zbarimg", ["--raw", "-q", picture], [])).Trim();
        }
        finally
        {
            File.Delete(picture);
        }
    }

    /// <summary>What poppler says of the digital signatures inside.</summary>
    public async Task<string> SignaturesAsync()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, pdf);
            using var process = Process.Start(new ProcessStartInfo("pdfsig", [file]) { RedirectStandardOutput = true })!;
            return await process.StandardOutput.ReadToEndAsync();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<byte[]> RunAsync(string program, string[] arguments, byte[] input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}
