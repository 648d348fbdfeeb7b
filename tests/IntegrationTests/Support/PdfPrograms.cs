using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace IntegrationTests.Support;

/// <summary>Other people's programs that read our files, and a folder for what they read.</summary>
internal sealed class PdfPrograms : IDisposable
{
    private static readonly string[] PreflightJars = ["preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "jaxb-api", "javax.activation"];
    private readonly string _folder = Directory.CreateTempSubdirectory("documents").FullName;

    public string Save(byte[] pdf)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".pdf");
        File.WriteAllBytes(path, pdf);
        return path;
    }

    /// <summary>As it stands on paper.</summary>
    public string Text(byte[] pdf) => Run("pdftotext", "-layout", "-enc", "UTF-8", Save(pdf), "-");

    /// <summary>In the order it was written, page by page, without blanks and line ends.</summary>
    public List<string> RawPages(byte[] pdf) =>
        [.. Run("pdftotext", "-raw", "-enc", "UTF-8", Save(pdf), "-").Split('\f', StringSplitOptions.RemoveEmptyEntries).Select(Dense)];

    /// <summary>What stands in a rectangle, in points from the upper left.</summary>
    public string TextAt(byte[] pdf, int page, float x, float y, float width, float height) => Dense(Run("pdftotext", "-r", "72", "-f", $"{page}", "-l", $"{page}",
        "-x", Whole(x), "-y", Whole(y), "-W", Whole(width), "-H", Whole(height), "-enc", "UTF-8", Save(pdf), "-"));

    /// <summary>Barcodes of one page as a printer of 203 dpi prints it.</summary>
    public string Barcodes(byte[] pdf, int page)
    {
        var file = Save(pdf);
        Run("pdftoppm", "-r", "203", "-png", "-singlefile", "-f", $"{page}", "-l", $"{page}", file, file);
        return Run("zbarimg", "-q", "-Scode128.enable", file + ".png").Trim();
    }

    /// <summary>What Apache PDFBox Preflight finds against PDF/A-1b: the numbers of its errors, each once.</summary>
    public List<string> Preflight(byte[] pdf)
    {
        var (_, output, errors) = Start("java", "-cp", string.Join(':', PreflightJars.Select(j => $"/usr/share/java/{j}.jar")), "org.apache.pdfbox.preflight.Validator_A1b", Save(pdf));
        Assert.True(output.Contains("valid PDF/A-1b file", StringComparison.Ordinal), output + errors);
        return [.. output.Split('\n').Where(l => l.Length > 0 && char.IsAsciiDigit(l[0])).Select(l => l[..l.IndexOf(' ', StringComparison.Ordinal)]).Distinct()];
    }

    public static string Dense(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    public static List<string> Lines(string text) =>
        text.Split('\n', '\f').Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Where(l => l.Length > 0).ToList();

    public static string Run(string tool, params string[] arguments)
    {
        var (code, output, errors) = Start(tool, arguments);
        Assert.True(code == 0, $"{tool} {code.ToString(CultureInfo.InvariantCulture)}: {output}{errors}");
        return output;
    }

    public void Dispose() => Directory.Delete(_folder, true);

    private static (int Code, string Output, string Errors) Start(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static string Whole(float points) => ((int)MathF.Round(points)).ToString(CultureInfo.InvariantCulture);
}
