using System.Security.Cryptography.Pkcs;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Engine.Canonical;
using Harness;
using IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Modules.Archive;
using Modules.Signing.Contracts;
using Platform.Audit;
using Xunit;

namespace IntegrationTests;

/// <summary>A running station with two archived donations, the second with a reaction.</summary>
public sealed class SealedStation : IAsyncLifetime
{
    public const string Station = "hangzhou";

    internal ProductHost Server { get; private set; } = null!;
    internal SigningDesk Desk { get; private set; } = null!;
    internal List<byte[]> Packages { get; } = [];
    internal byte[] Root { get; private set; } = [];

    public async Task InitializeAsync()
    {
        Server = await ProductHost.RunningAsync();
        Desk = await SigningDesk.OpenAsync(Server);
        var staff = new Staff(Server);
        await staff.DonateAsync(Station, Visiting.NewIdNumber(), mpv: true);
        var unwell = await staff.DonateAsync(Station, Visiting.NewIdNumber(), mpv: true);
        await (await staff.AtAsync(Station, "hs01")).ReportAsync(unwell, Collecting.Reaction());
        var archivist = await staff.AtAsync(Station, "da01");
        var job = await archivist.ArchiveAsync();
        if (!job.Has("归档完成")) throw new InvalidOperationException(Visiting.Words(job));
        foreach (var item in await new Database(Server, Station).RowsAsync("""SELECT "Id" FROM archive_items ORDER BY "Item" """))
            Packages.Add((await archivist.PostAsync($"/archive/{item[0]!.ToLowerInvariant()}/v1/package.zip", ("reason", "移交"))).Bytes);
        Root = (await staff.Stranger(Station).GetAsync("/pki/root.cer")).Bytes;
    }

    public async Task DisposeAsync()
    {
        await Desk.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>Packages somebody has changed with care, every digest made right again: the seal says so, and what was signed says so even where the seal could be had.</summary>
public sealed class ForgedPackageTests(SealedStation station) : IClassFixture<SealedStation>
{
    private const string Station = SealedStation.Station;
    private readonly SigningDesk _desk = station.Desk;
    private readonly List<byte[]> _packages = station.Packages;
    private readonly byte[] _root = station.Root;

    [Fact]
    public async Task Given_a_package_rewritten_so_that_all_its_digests_agree_When_checked_Then_the_seal_names_it_and_so_does_what_was_signed()
    {
        Assert.Empty(Faults(Opened(0)));
        var wrong = new List<string>();
        foreach (var (name, forge, file, words) in Forgeries())
        {
            var package = Opened(0);
            forge(package);
            if (!Faults(package.Agree()).Exists(f => f.File == "manifest.sha256.p7s" && f.Reason.Contains("已被改动", StringComparison.Ordinal))) wrong.Add($"{name}: the seal still holds");
            if (words is null) continue;
            await SealAsync(package);
            var faults = Faults(package);
            if (faults.Exists(f => f.File == "manifest.sha256.p7s")) wrong.Add($"{name}: the new seal does not hold: {string.Join("; ", faults)}");
            if (!faults.Exists(f => f.File.StartsWith(file!, StringComparison.Ordinal) && f.Reason.Contains(words, StringComparison.Ordinal))) wrong.Add($"{name}: not named, but {string.Join("; ", faults)}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Theory]
    [InlineData("donation-reaction", true)]
    [InlineData("donation-reaction-2", false)]
    [InlineData("donation", false)]
    [InlineData("tests", false)]
    public async Task Given_a_reaction_signed_as_another_step_When_checked_Then_only_its_form_without_the_number_holds(string step, bool holds)
    {
        var package = Opened(1);
        var signature = package.Signatures.Single(s => s.Attribute("记录")!.Value == "records/donation-reaction-1-v1.json");
        var over = signature.Attribute("原文")!.Value;
        var signed = JsonNode.Parse(package.Files[over])!;
        signed["step"] = step;
        package.Files[over] = CanonicalJson.Write(signed);
        var cms = (await _desk.StaffSignsAsync(Station, "hs01", package.Files[over])).Signature.Cms!;
        (package.Files[signature.Attribute("路径")!.Value], package.Files[signature.Attribute("时间戳")!.Value]) = (cms, SignatureParts.Timestamp(cms)!);
        await SealAsync(package.Agree());

        // The package says who was revoked when it was packed; on a slow machine this signature is made too long after it.
        Assert.Equal(holds ? [] : ["被签的是另一步骤的记录"], Faults(package).Select(f => f.Reason).Where(r => r != SignatureVerdict.NoRevocation));
    }

    [Fact]
    public async Task Given_a_seal_that_is_missing_or_of_another_package_or_of_a_person_When_checked_Then_it_is_no_seal()
    {
        var without = Opened(0);
        without.Files.Remove("manifest.sha256.p7s");
        var moved = Opened(0);
        foreach (var part in new[] { "manifest.sha256.p7s", "manifest.sha256.tsr" }) moved.Files[part] = Opened(1).Files[part];
        var personal = Opened(0);
        Set(personal, "manifest.sha256", (await _desk.StaffSignsAsync(Station, "hs01", personal.Files["manifest.sha256"])).Signature.Cms!);
        var donors = Opened(0);
        Set(donors, "manifest.sha256", (await _desk.DonorSignsAsync(Station, donors.Files["manifest.sha256"])).Signature.Cms!);
        var other = Opened(0);
        other.Metadata.Root!.Element("形成单位")!.SetAttributeValue("代码", "shaoxing");
        await SealAsync(other.Agree());
        var late = Opened(0);
        late.Metadata.Root!.Element("归档时间")!.Value = "2031-01-01T00:00:00.000Z";
        await SealAsync(late.Agree());

        Assert.Contains(Faults(without), f => f.Reason.Contains("没有形成单位的封存签名", StringComparison.Ordinal));
        Assert.Contains(Faults(moved), f => f is { File: "manifest.sha256.p7s" } && f.Reason.Contains("已被改动", StringComparison.Ordinal));
        Assert.Contains(Faults(personal), f => f.Reason.Contains("不是血站的签名", StringComparison.Ordinal));
        Assert.Contains(Faults(donors), f => f.Reason.Contains("不是血站的签名", StringComparison.Ordinal));
        Assert.Contains(Faults(other), f => f.Reason.Contains("元数据写的形成单位是", StringComparison.Ordinal));
        Assert.Contains(Faults(late), f => f.Reason.Contains("封存时间与元数据中的归档时间不符", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_a_seal_When_openssl_looks_at_it_Then_signature_and_stamp_hold_and_for_another_manifest_they_do_not()
    {
        using var openssl = new OpenSsl();
        var package = Opened(0);
        foreach (var name in new[] { "manifest.sha256", "manifest.sha256.p7s", "manifest.sha256.tsr" }) openssl.File(name, package.Files[name]);
        openssl.File("other", [.. package.Files["manifest.sha256"], 10]);
        var root = openssl.Certificate("root.pem", _root);
        var issuer = openssl.Certificate("issuer.pem", package.Files["certificates/issuer-1.cer"]);
        var message = new SignedCms();
        message.Decode(package.Files["manifest.sha256.p7s"]);
        openssl.File("value", message.SignerInfos[0].GetSignature());

        string[] cms = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "manifest.sha256.p7s", "-CAfile", root, "-out", "verified", "-content"], stamp = ["ts", "-verify", "-token_in", "-in", "manifest.sha256.tsr", "-CAfile", root, "-untrusted", issuer, "-data"];
        Assert.Contains("Verification successful", (await openssl.RunAsync([.. cms, "manifest.sha256"])).Said, StringComparison.Ordinal);
        Assert.NotEqual(0, (await openssl.RunAsync([.. cms, "other"])).Exit);
        Assert.Contains("Verification: OK", (await openssl.RunAsync([.. stamp, "value"])).Said, StringComparison.Ordinal);
        Assert.NotEqual(0, (await openssl.RunAsync([.. stamp, "other"])).Exit);
    }

    [Fact]
    public async Task Given_the_signatures_and_forms_of_a_donation_When_other_programs_look_at_them_Then_all_hold_and_the_forms_are_fit_for_the_archive()
    {
        using var openssl = new OpenSsl();
        var package = Opened(0);
        var root = openssl.Certificate("root.pem", _root);
        var issuer = openssl.Certificate("issuer.pem", package.Files["certificates/issuer-1.cer"]);
        Assert.True(package.Signatures.Count() >= 12);
        foreach (var signature in package.Signatures)
        {
            var message = new SignedCms();
            message.Decode(package.Files[signature.Attribute("路径")!.Value]);
            openssl.File("value", message.SignerInfos[0].GetSignature());
            foreach (var (name, part) in new[] { ("record", "原文"), ("signature", "路径"), ("stamp", "时间戳") }) openssl.File(name, package.Files[signature.Attribute(part)!.Value]);
            // A donor's certificate names no list, and of a person's openssl asks none unless told to: what was revoked when is SigningTests' matter.
            Assert.Contains("Verification successful", await openssl.DoAsync("cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", "signature", "-content", "record", "-CAfile", root, "-out", "verified"), StringComparison.Ordinal);
            Assert.Contains("Verification: OK", await openssl.DoAsync("ts", "-verify", "-token_in", "-in", "stamp", "-data", "value", "-CAfile", root, "-untrusted", issuer), StringComparison.Ordinal);
        }
        using var programs = new PdfPrograms();
        foreach (var (_, pdf) in package.Files.Where(f => f.Key.StartsWith("forms/", StringComparison.Ordinal)))
        {
            Assert.Contains("No syntax or stream encoding errors found", PdfPrograms.Run("qpdf", "--check", programs.Save(pdf)), StringComparison.Ordinal);
            Assert.Equal(RecordDocumentsTests.DifferencesOfParts, programs.Preflight(pdf));
        }
    }

    /// <summary>What is done, and which file is named with which words where the forger could even seal anew; null where nothing but the seal can tell.</summary>
    private IEnumerable<(string Name, Action<OpenedPackage> Forge, string? File, string? Words)> Forgeries()
    {
        var other = Opened(1);
        yield return ("the last signature left out", p => p.Remove(p.Signatures.Last()), "forms/", "不属于档案包里的任何一份记录");
        yield return ("all signatures left out", p => p.Signatures.ToList().ForEach(p.Remove), "records/", "应有");
        yield return ("all signatures left out and their counts too", NoneSigned, "forms/", "不属于档案包里的任何一份记录");
        yield return ("a form cut back to its last signature but one", Truncate, "forms/record-consent", "少了签名");
        yield return ("all made paper", ToPaper, null, null);
        yield return ("one signer made to sign in ink", p => ToInk(p.Signatures.First(s => s.Attribute("方式")!.Value == "pin"), p), "metadata.xml", "签名方式或次序");
        yield return ("a form of another visit", p => p.Files["forms/record-consent-v1.pdf"] = other.Files["forms/record-consent-v1.pdf"], "forms/record-consent", "已被换过");
        yield return ("a verdict rewritten", p => p.Files[p.Files.Keys.Last(f => f.StartsWith("verdicts/", StringComparison.Ordinal))] = "{\"outcome\":\"Eligible\"}"u8.ToArray(), "records/", "判定");
        yield return ("the audit rewritten", p => p.Files["audit.json"] = "[]"u8.ToArray(), null, null);
        yield return ("the report rewritten", p => p.Files["四性检测报告.txt"] = "通过"u8.ToArray(), null, null);
        yield return ("another visit's record", p => OfAnother(p, other), "records/", "另一次献血");
        yield return ("one person for both", OneForBoth, "signatures/", "不是被签内容所写的签名人的");
    }

    private static void NoneSigned(OpenedPackage package)
    {
        package.Signatures.ToList().ForEach(package.Remove);
        foreach (var record in package.Metadata.Root!.Elements("文件").Where(f => f.Attribute("路径")!.Value.StartsWith("records/", StringComparison.Ordinal))) record.SetAttributeValue("签名数", 0);
    }

    private static void Truncate(OpenedPackage package)
    {
        const string form = "forms/record-consent-v1.pdf";
        var text = Encoding.Latin1.GetString(package.Files[form]);
        package.Files[form] = Encoding.Latin1.GetBytes(text[..(text.LastIndexOf("%%EOF", text.Length - 10, StringComparison.Ordinal) + "%%EOF\n".Length)]);
        package.Listed(form).SetAttributeValue("签名数", (int)package.Listed(form).Attribute("签名数")! - 1);
    }

    private static void ToPaper(OpenedPackage package)
    {
        package.Metadata.Root!.Element("签名方式")!.Value = "未使用电子签名，纸质签名存档";
        foreach (var signature in package.Signatures) ToInk(signature, package);
    }

    private static void ToInk(XElement signature, OpenedPackage package)
    {
        foreach (var part in new[] { "路径", "时间戳" })
        {
            package.Remove(signature.Attribute(part)?.Value);
            signature.SetAttributeValue(part, null);
        }
        signature.SetAttributeValue("方式", "wet");
    }

    private static void OfAnother(OpenedPackage package, OpenedPackage other)
    {
        foreach (var name in package.Files.Keys.Where(f => f.Split('/')[0] is "records" or "signatures" or "timestamps" or "pictures" or "forms" && other.Files.ContainsKey(f)).ToList()) package.Files[name] = other.Files[name];
        foreach (var name in new[] { "献血编号", "证件编号", "姓名" }) package.Metadata.Root!.Element(name)!.Value = other.Metadata.Root!.Element(name)!.Value;
    }

    /// <summary>The second signer's words signed by the key of the first.</summary>
    private void OneForBoth(OpenedPackage package)
    {
        var second = package.Signatures.First(s => s.Attribute("方式")!.Value == "pin" && s.Attribute("次序")!.Value == "2" && s.Attribute("签名人")!.Value != "多面手护士甲");
        var cms = _desk.StaffSignsAsync(Station, "hs01", package.Files[second.Attribute("原文")!.Value]).GetAwaiter().GetResult().Signature.Cms!;
        package.Files[second.Attribute("路径")!.Value] = cms;
        package.Files[second.Attribute("时间戳")!.Value] = SignatureParts.Timestamp(cms)!;
    }

    /// <summary>As whoever holds the station's authority could.</summary>
    private async Task SealAsync(OpenedPackage package) => Set(package, "manifest.sha256", await _desk.AtAsync(Station, async services =>
    {
        using var opened = await services.GetRequiredService<ISigningKeys>().OpenForStationAsync();
        return (await opened.Act!.SignAsync(package.Files["manifest.sha256"])).Cms!;
    }));

    private static void Set(OpenedPackage package, string over, byte[] cms) => (package.Files[over + ".p7s"], package.Files[over + ".tsr"]) = (cms, SignatureParts.Timestamp(cms)!);

    private OpenedPackage Opened(int index) => new(_packages[index]);

    private List<PackageFault> Faults(OpenedPackage package) => [.. CheckPackage.Run(SignatureChecking.Offline, package.Zip(), [_root]).Faults];
}
