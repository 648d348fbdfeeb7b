using System.Diagnostics;

namespace IntegrationTests.Support;

/// <summary>What a reader finds in a PDF.</summary>
internal static class PdfText
{
    public static string Of(byte[] pdf)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, pdf);
            using var process = Process.Start(new ProcessStartInfo("pdftotext", ["-enc", "UTF-8", file, "-"]) { RedirectStandardOutput = true, StandardOutputEncoding = System.Text.Encoding.UTF8 })!;
            var text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? text : throw new InvalidOperationException("pdftotext could not read the document.");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
