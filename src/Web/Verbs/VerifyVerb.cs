using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Modules.Archive;
using Modules.Signing.Contracts;

namespace Web.Verbs;

/// <summary>Whether what is kept is as it was written: exit code 0 only if everything holds, 1 otherwise, 3 where a package agrees with itself and no root was given to believe it by.</summary>
internal static class VerifyVerb
{
    /// <summary>Stations this product serves live by it; a package does not say.</summary>
    private const string TimeZone = "Asia/Shanghai";

    private const int InnerConsistencyOnly = 3;

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new VerbArguments(args, VerifyStation.Each);
        var what = arguments.Word(0, "租户或档案包.zip");
        if (File.Exists(what)) return Package(what, arguments.All("root"));
        if (what.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) throw new VerbException($"文件不存在：{what}");
        await using var maintenance = await Maintenance.OpenAsync();
        return await VerifyStation.RunAsync(maintenance, await maintenance.RunningTenantAsync(what), arguments.Has(VerifyStation.Each));
    }

    /// <summary>From the file alone: no store is opened.</summary>
    private static int Package(string file, IReadOnlyList<string> rootFiles)
    {
        var roots = rootFiles.SelectMany(Roots).ToList();
        using var content = File.OpenRead(file);
        var verdict = CheckPackage.Run(SignatureChecking.Offline, content, rootFiles.Count == 0 ? null : roots);
        Console.WriteLine($"档案包 {Path.GetFileName(file)}：档号 {verdict.ArchiveNumber ?? "不能读取"}");
        foreach (var line in verdict.InWords(TimeZoneInfo.FindSystemTimeZoneById(TimeZone))) Console.WriteLine(line);
        return !verdict.Holds ? 1 : verdict.OwnRoot ? InnerConsistencyOnly : 0;
    }

    /// <summary>The certificates of a file: one in DER, or all of a PEM.</summary>
    private static IEnumerable<byte[]> Roots(string file)
    {
        if (!File.Exists(file)) throw new VerbException($"文件不存在：{file}");
        var (bytes, found) = (File.ReadAllBytes(file), new X509Certificate2Collection());
        try
        {
            found.ImportFromPem(Encoding.Latin1.GetString(bytes));
            if (found.Count == 0) found.Add(X509CertificateLoader.LoadCertificate(bytes));
        }
        catch (CryptographicException)
        {
            throw new VerbException($"{file} 中没有证书：请给出 DER 或 PEM 格式的根证书文件");
        }
        return found.Select(c => c.RawData);
    }
}
