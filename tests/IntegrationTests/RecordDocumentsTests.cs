using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text;
using Engine.Canonical;
using Engine.Documents;
using IntegrationTests.Support;
using Modules.Collection;
using Platform.Publishing;
using Xunit;
using System.Security.Cryptography.X509Certificates;
using static IntegrationTests.Support.PdfPrograms;

namespace IntegrationTests;

/// <summary>The archived forms of a donation, looked at with other people's programs.</summary>
public sealed class RecordDocumentsTests : IDisposable
{
    private static readonly DocumentFonts Fonts = DocumentFonts.Load(Path.Combine(AppContext.BaseDirectory, "fonts"));
    private static readonly SampleRecord Record = new();

    /// <summary>All a PDF/A-1b check may find against PDF/A-2b: CIDSet and the number of the part.</summary>
    internal static readonly string[] DifferencesOfParts = ["3.1.11", "7.11.2"];

    private readonly PdfPrograms _programs = new();

    [Theory]
    [InlineData("record-consent", "consent-inquiry", "general-check")]
    [InlineData("record-registration", "registration", "tests", "assessment")]
    [InlineData("record-collection", "pre-collection-check", "collection-record", "post-collection-check", "heat-seal-check", "donation-reaction")]
    public void Given_a_filled_visit_When_a_record_is_printed_Then_every_word_of_its_forms_comes_back(string name, params string[] forms)
    {
        var text = string.Concat(_programs.RawPages(Render(name, Record.Data()).Pdf));

        foreach (var form in forms.Select(f => Record.Filled[f]))
        {
            Assert.Contains($"文件编号{form.DocumentCode}版本{form.Version}", text);
            foreach (var section in form.Sections)
                Assert.All(section.Paragraphs.Append(section.Title).Concat(section.Rows.SelectMany(r => new[] { r.Label, r.Value.Length > 0 ? r.Value : "未填", r.Note ?? "" })), t => Assert.Contains(Dense(t), text));
            foreach (var signature in form.Signatures) Assert.Contains(signature.Name, text);
        }
        Assert.Contains("11010519491231002X", text);
    }

    [Theory]
    [InlineData("record-consent")]
    [InlineData("record-registration")]
    [InlineData("record-collection")]
    public void Given_a_record_When_checked_Then_it_is_clean_and_fit_for_the_archive(string name)
    {
        var pdf = Render(name, Record.Data()).Pdf;

        Assert.Contains("No syntax or stream encoding errors found", Run("qpdf", "--check", _programs.Save(pdf)));
        Assert.InRange(pdf.Length, 10_000, 250_000);
        Assert.Equal(DifferencesOfParts, _programs.Preflight(pdf));
        var text = Run("qpdf", "--qdf", "--object-streams=disable", _programs.Save(pdf), "-");
        Assert.Contains("<pdfaid:part>2</pdfaid:part>", text);
        Assert.Contains("<pdfaid:conformance>B</pdfaid:conformance>", text);
        Assert.Contains("/GTS_PDFA1", text);
        Assert.Contains("/Lang (zh-CN)", text);
        Assert.DoesNotContain("/S /Transparency", text);
        Assert.DoesNotMatch(@"/SMask \d", text);
    }

    [Theory]
    [InlineData("record-consent")]
    [InlineData("record-collection")]
    public void Given_a_record_of_some_pages_When_printed_Then_each_has_station_number_and_barcode(string name)
    {
        var pdf = Render(name, Record.Data());
        var pages = _programs.RawPages(pdf.Pdf);

        Assert.Equal(pdf.Pages, pages.Count);
        Assert.True(pages.Count > 1);
        for (var page = 1; page <= pages.Count; page++)
        {
            Assert.Contains($"第{page}页共{pages.Count}页", pages[page - 1]);
            Assert.Contains("江城市中心血站", pages[page - 1]);
            Assert.Equal("CODE-128:" + SampleRecord.DonationNumber, _programs.Barcodes(pdf.Pdf, page));
        }
    }

    [Fact]
    public void Given_no_donation_number_yet_When_printed_Then_the_barcode_is_the_sample_number()
    {
        var data = Record.Data("consent-inquiry", "general-check");
        var early = data with { Values = new Dictionary<string, string>(data.Values) { ["donationNumber"] = "" } };

        Assert.Equal("CODE-128:" + SampleRecord.SampleNumber, _programs.Barcodes(Render("record-consent", early).Pdf, 1));
    }

    [Fact]
    public void Given_forms_not_filled_in_yet_When_printed_Then_they_are_left_out()
    {
        var text = string.Concat(_programs.RawPages(Render("record-registration", Record.Data("registration")).Pdf));

        Assert.Contains("身份信息", text);
        Assert.DoesNotContain("献血前检测", text);
        Assert.DoesNotContain("评估人", text);
    }

    [Fact]
    public void Given_sections_that_go_on_over_pages_When_printed_Then_their_titles_are_repeated_and_no_line_is_lost_or_doubled()
    {
        var rows = Enumerable.Range(1, 60).Select(i => new FilledRow($"第 {i} 个问题问得比较详细，一行写不下，所以要在下一行接着写完才行吗？", "否")).ToList();
        var pages = _programs.RawPages(Render(Small, With(rows)).Pdf);

        Assert.True(pages.Count > 3);
        Assert.All(pages.Skip(1), p => Assert.StartsWith("很长的一组（续）", p));
        var text = string.Concat(pages);
        Assert.All(rows, r => Assert.Equal(2, text.Split(Dense(r.Label)).Length));
        Assert.Equal(61, text.Split("行吗？否").Length);
    }

    [Fact]
    public void Given_a_text_longer_than_a_page_When_printed_Then_it_goes_on_over_the_pages_whole()
    {
        var remark = string.Concat(Enumerable.Range(1, 400).Select(i => $"第{i}句。"));
        var pages = _programs.RawPages(Render(Small, With([new FilledRow("备注", remark), new FilledRow("其他", "无")])).Pdf);

        Assert.True(pages.Count > 1);
        Assert.Contains(remark, string.Concat(pages.Select(p => p.Replace("很长的一组（续）", "", StringComparison.Ordinal))));
    }

    [Fact]
    public void Given_signers_When_printed_Then_each_place_holds_the_name_and_how_it_was_signed()
    {
        var pdf = Render("record-collection", Record.Data());

        Assert.Equal(9, pdf.Places.Count);
        foreach (var (place, signature) in pdf.Places.Zip(Record.Filled.Values.Where(f => pdf.Places.Any(p => p.Form == f.Code)).SelectMany(f => f.Signatures)))
        {
            var text = _programs.TextAt(pdf.Pdf, place.Page, place.X, 842 - place.Y - place.Height, place.Width, place.Height);
            Assert.Equal($"{signature.Label}{signature.Name}{signature.Method}2026-03-2809:3{signature.At!.Value.Minute % 10}:05", text);
        }
    }

    [Fact]
    public void Given_a_visit_signed_on_paper_When_printed_Then_there_is_a_line_for_ink_and_who_has_not_signed_is_named_so()
    {
        var check = Record.Filled["general-check"];
        var data = Record.Data() with { Forms = new Dictionary<string, FilledForm> { ["general-check"] = check with
        {
            Signatures = [new FilledSignature("donor", "献血者", "吴梓涵", "纸质签名", null, null, true), new FilledSignature("examiner", "征询与检查人", "", "", null, null, false)],
        } } };
        var signed = data with { Values = new Dictionary<string, string>(data.Values) { ["signedNote"] = "本血站未启用电子签名，打印后手写签名" } };

        var text = string.Concat(_programs.RawPages(Render("record-consent", signed).Pdf));

        Assert.Contains("本血站未启用电子签名，打印后手写签名", text);
        Assert.Contains("献血者吴梓涵纸质签名签名", text);
        Assert.Contains("征询与检查人尚未签名", text);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(900)]
    public void Given_handwriting_that_breaks_off_When_printed_Then_it_is_refused_by_the_signers_part(int bytes)
    {
        var check = Record.Filled["general-check"];
        var broken = check.Signatures[0] with { Png = check.Signatures[0].Png![..bytes] };
        var data = Record.Data() with { Forms = new Dictionary<string, FilledForm> { ["general-check"] = check with { Signatures = [broken] } } };

        var refused = Assert.IsType<RefusedDocument>(TryRender("record-consent", data));
        Assert.Equal("献血者", Assert.IsType<UnreadablePicture>(Assert.Single(refused.Problems)).Label);
    }

    [Fact]
    public void Given_rare_characters_in_a_form_When_printed_Then_it_is_refused_by_the_names_of_the_fields()
    {
        var registration = Record.Filled["registration"];
        FilledRow Rare(FilledRow row) => row.Label is "姓名" or "现住址" ? row with { Value = row.Value + "\U0002A6D6" } : row;
        var data = Record.Data() with { Forms = new Dictionary<string, FilledForm> { ["registration"] = registration with { Sections = [.. registration.Sections.Select(s => s with { Rows = [.. s.Rows.Select(Rare)] })] } } };

        var refused = Assert.IsType<RefusedDocument>(TryRender("record-registration", data));
        Assert.Equal(["姓名", "现住址"], refused.Problems.Cast<MissingGlyph>().Select(p => p.Field));
        Assert.Contains("U+2A6D6", refused.Problems[0].Message);
    }

    [Fact]
    public void Given_the_same_record_and_time_When_printed_twice_Then_the_bytes_are_the_same() =>
        Assert.Equal(Render("record-consent", Record.Data()).Pdf, Render("record-consent", Record.Data()).Pdf);

    [Fact]
    public void Given_a_layout_that_names_a_form_not_in_force_When_read_Then_it_is_refused_with_those_there_are()
    {
        var fields = PrintedDocuments.Record("record-registration", Record.Forms.Values.Where(f => f.Code != "tests"));

        var error = Assert.Throws<DocumentFaultException>(() => LayoutDefinition.Parse(SampleRecord.Config("layouts/record-registration.layout.json"), fields));
        Assert.Contains("tests", error.Remedy);
        Assert.Contains("assessment", error.Remedy);
    }

    [Fact]
    public void Given_a_record_When_two_people_sign_it_Then_every_reader_says_both_are_valid_and_the_file_stays_fit_for_the_archive()
    {
        var signed = SignedTwice();

        var file = _programs.Save(signed);
        var report = Run("pdfsig", file);
        Assert.Equal(3, report.Split("Signature is Valid").Length);
        Assert.Contains("Signer Certificate Common Name: 吴梓涵", report);
        Assert.Contains("Not total document signed", report[..report.IndexOf("Signature #2", StringComparison.Ordinal)]);
        Assert.Contains("- Total document signed", report[report.IndexOf("Signature #2", StringComparison.Ordinal)..]);
        Assert.Contains("No syntax or stream encoding errors found", Run("qpdf", "--check", file));
        Assert.Equal(DifferencesOfParts, _programs.Preflight(signed));
        var reading = PdfSignatures.Read(signed);
        Assert.Empty(reading.Faults);
        Assert.True(reading.LastCoversFile);
        Assert.Equal(["吴梓涵", "欧阳思远"], reading.Signatures.Select(s => s.SignerName));
        Assert.All(reading.Signatures, s => Assert.True(Holds(s)));
    }

    [Fact]
    public void Given_a_signed_record_When_one_bit_of_a_page_is_changed_Then_no_signature_holds()
    {
        var changed = SignedTwice();
        changed[2_000] ^= 1;

        Assert.DoesNotContain("Signature is Valid", Run("pdfsig", _programs.Save(changed)));
        Assert.All(PdfSignatures.Read(changed).Signatures, s => Assert.False(Holds(s)));
    }

    [Fact]
    public void Given_the_file_of_a_font_When_cut_to_some_characters_Then_it_is_small_and_its_sums_are_right()
    {
        var font = Fonts.Regular.Subset("献血者知情同意Abg0".EnumerateRunes().Select(r => r.Value).ToHashSet());

        Assert.Equal(0xB1B0AFBA, Sum(font));
        Assert.True(font.Length < 20_000);
    }

    public void Dispose() => _programs.Dispose();

    private const string Small = """
        { "document": "record-small", "title": "小页", "page": { "width": 100, "height": 80, "margin": 8 },
          "elements": [ { "type": "form", "form": "registration", "columns": 1 } ] }
        """;

    private static DocumentData With(IReadOnlyList<FilledRow> rows) => Record.Data() with
    {
        Forms = new Dictionary<string, FilledForm> { ["registration"] = Record.Filled["registration"] with { Sections = [new FilledSection("long", "很长的一组", [], rows)] } },
    };

    private static RenderedDocument Render(string name, DocumentData data)
    {
        var result = TryRender(name, data);
        Assert.True(result is RenderedDocument, result is RefusedDocument refused ? string.Join("\n", refused.Problems) : "");
        return (RenderedDocument)result;
    }

    /// <param name="name">Of a layout of the province, or a layout itself.</param>
    private static RenderResult TryRender(string name, DocumentData data)
    {
        var (document, json) = name.StartsWith('{') ? ("record-small", name) : (name, SampleRecord.Config($"layouts/{name}.layout.json"));
        return new DocumentRenderer(Fonts, new FixedTime()).Render(LayoutDefinition.Parse(json, PrintedDocuments.Record(document, Record.Forms.Values)), data);
    }

    private static byte[] SignedTwice()
    {
        var rendered = Render("record-consent", Record.Data());
        return rendered.Places.Zip(Record.Filled["general-check"].Signatures).Aggregate(rendered.Pdf, (pdf, signer) => Sign(pdf, signer.First, signer.Second.Name));
    }

    private static byte[] Sign(byte[] pdf, SignaturePlace place, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        var prepared = PdfSignatures.Prepare(pdf, new SignatureField($"{place.Form}.{place.Role}", place, name, "记录与实际一致", new FixedTime().GetUtcNow()));
        var cms = new SignedCms(new ContentInfo(prepared.SignedBytes), detached: true);
        cms.ComputeSignature(new CmsSigner(certificate));
        return prepared.Complete(cms.Encode());
    }

    private static bool Holds(PdfSignature signature)
    {
        var cms = new SignedCms(new ContentInfo(signature.SignedBytes), detached: true);
        cms.Decode(signature.Cms);
        try
        {
            cms.CheckSignature(verifySignatureOnly: true);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static uint Sum(byte[] file)
    {
        uint sum = 0;
        for (var at = 0; at < file.Length; at++) sum = unchecked(sum + ((uint)file[at] << 8 * (3 - at % 4)));
        return sum;
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 3, 28, 9, 30, 0, TimeSpan.FromHours(8));
    }
}
