using Engine.Documents;
using IntegrationTests.Support;
using Modules.Collection;
using Xunit;
using static IntegrationTests.Support.PdfPrograms;

namespace IntegrationTests;

public sealed class DocumentsTests : IDisposable
{
    private static readonly DocumentFonts Fonts = DocumentFonts.Load(Path.Combine(AppContext.BaseDirectory, "fonts"));
    private readonly PdfPrograms _programs = new();

    private static readonly Dictionary<string, string> Station = new()
    {
        ["stationName"] = "江城市中心血站", ["stationPhone"] = "0570-5550123", ["department"] = "单采血小板科",
        ["stationAddress"] = "江城市东湖区银杏路 18 号（地铁 2 号线银杏路站 B 口）", ["visitDate"] = "2026-03-28",
    };

    private static readonly DocumentData Label = new(new Dictionary<string, string>(Station)
    {
        ["donationNumber"] = "9000626510234", ["bloodGroup"] = "AB 型", ["donationType"] = "单采血小板",
    });

    private static readonly DocumentData Slip = SlipWith(2, "王*");

    [Fact]
    public void Given_a_label_When_rendered_Then_its_text_comes_back_exactly()
    {
        var text = _programs.Text(Render("donation-label", PrintedDocuments.DonationLabel, Label));

        Assert.Equal(["江城市中心血站 2026-03-28", "单采血小板 AB 型", "9000626510234"], Lines(text));
    }

    [Fact]
    public void Given_a_label_When_printed_as_a_picture_Then_a_scanner_reads_its_number()
    {
        var pdf = Render("donation-label", PrintedDocuments.DonationLabel, Label);

        Assert.Equal("CODE-128:9000626510234", _programs.Barcodes(pdf, 1));
    }

    [Fact]
    public void Given_a_label_without_blood_group_When_rendered_Then_nothing_stands_in_its_place()
    {
        var data = new DocumentData(new Dictionary<string, string>(Label.Values) { ["bloodGroup"] = "" });

        Assert.Contains("单采血小板", Lines(_programs.Text(Render("donation-label", PrintedDocuments.DonationLabel, data))));
    }

    [Fact]
    public void Given_a_slip_When_rendered_Then_reasons_phone_and_the_character_U65E0_come_back_exactly()
    {
        var text = _programs.Text(Render("deferral-slip", PrintedDocuments.DeferralSlip, Slip)).ReplaceLineEndings("").Replace(" ", "");

        Assert.Contains("王*，您好：", text);
        Assert.Contains("血红蛋白今天是110g/L，低于单采献血的要求（女性不低于115g/L），近期无须用药。", text);
        Assert.DoesNotContain("示例条款", text);
        Assert.Contains("0570-5550123", text);
        Assert.DoesNotContain('\u2F46', text);
    }

    [Fact]
    public void Given_more_reasons_than_a_page_holds_When_rendered_Then_they_go_on_and_the_phone_is_on_each_page()
    {
        var pdf = Assert.IsType<RenderedDocument>(TryRender("deferral-slip", PrintedDocuments.DeferralSlip, SlipWith(9, "王*")));
        var pages = _programs.Text(pdf.Pdf).Split('\f', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(pdf.Pages, pages.Length);
        Assert.True(pages.Length > 1);
        Assert.All(pages, p => Assert.Contains("0570-5550123", p));
        Assert.Contains("9.", pages[^1] + pages[^2]);
    }

    [Theory]
    [InlineData("donation-label")]
    [InlineData("deferral-slip")]
    public void Given_a_document_When_checked_Then_the_file_is_clean_small_and_its_fonts_are_embedded_subsets(string name)
    {
        var bytes = name == "donation-label"
            ? Render(name, PrintedDocuments.DonationLabel, Label)
            : Render(name, PrintedDocuments.DeferralSlip, Slip);
        var pdf = _programs.Save(bytes);

        Assert.Contains("No syntax or stream encoding errors found", Run("qpdf", "--check", pdf));
        Assert.InRange(bytes.Length, 1_000, 150_000);
        var fonts = Lines(Run("pdffonts", pdf)).Skip(2).ToList();
        Assert.NotEmpty(fonts);
        Assert.All(fonts, f => Assert.Matches(@"^[A-Z]{6}\+NotoSansSC-\w+ +CID TrueType +Identity-H +yes yes yes", f));
    }

    [Fact]
    public void Given_a_document_When_its_catalogue_is_read_Then_language_and_title_are_there()
    {
        var pdf = _programs.Save(Render("donation-label", PrintedDocuments.DonationLabel, Label));

        Assert.Contains("/Lang (zh-CN)", Run("qpdf", "--qdf", "--object-streams=disable", pdf, "-"));
        Assert.Contains("献血标签 9000626510234", Run("pdfinfo", pdf));
    }

    [Fact]
    public async Task Given_the_same_data_and_time_When_rendered_twice_Then_the_bytes_are_the_same()
    {
        var first = Render("deferral-slip", PrintedDocuments.DeferralSlip, Slip);
        await Task.Delay(5);

        Assert.Equal(first, Render("deferral-slip", PrintedDocuments.DeferralSlip, Slip));
    }

    [Theory]
    [InlineData("\U0002A6D6", "U+2A6D6")]
    [InlineData("\uE863", "U+E863")]
    [InlineData("\u2F46", "U+2F46")]
    [InlineData("\t", "U+0009")]
    public void Given_a_rare_character_in_a_name_When_rendered_Then_it_is_refused_by_field_and_code_and_never_a_box(string rare, string code)
    {
        var refused = Assert.IsType<RefusedDocument>(TryRender("deferral-slip", PrintedDocuments.DeferralSlip, SlipWith(1, "王" + rare)));

        var problem = Assert.IsType<MissingGlyph>(Assert.Single(refused.Problems));
        Assert.Equal(("donorName", rare), (problem.Field, problem.Character));
        Assert.Contains(code, problem.Message);
    }

    [Fact]
    public void Given_a_donation_number_a_barcode_cannot_hold_When_rendered_Then_it_is_refused()
    {
        var data = new DocumentData(new Dictionary<string, string>(Label.Values) { ["donationNumber"] = "９０００" });

        var refused = Assert.IsType<RefusedDocument>(TryRender("donation-label", PrintedDocuments.DonationLabel, data));
        Assert.Contains(refused.Problems, p => p is NotEncodable { Field: "donationNumber" });
    }

    [Theory]
    [InlineData("donationNumber")]
    [InlineData("donationType")]
    public void Given_a_value_is_empty_or_absent_When_rendered_Then_no_label_is_made(string field)
    {
        var absent = new DocumentData(Label.Values.Where(v => v.Key != field).ToDictionary());
        var empty = new DocumentData(new Dictionary<string, string>(Label.Values) { [field] = "" });

        foreach (var data in (DocumentData[])[absent, empty])
        {
            var refused = Assert.IsType<RefusedDocument>(TryRender("donation-label", PrintedDocuments.DonationLabel, data));
            Assert.Contains(refused.Problems, p => p is MissingValue missing && missing.Field == field);
        }
    }

    [Fact]
    public void Given_a_name_too_long_for_its_box_When_rendered_Then_it_is_refused_and_not_cut()
    {
        var data = new DocumentData(new Dictionary<string, string>(Label.Values) { ["stationName"] = string.Concat(Enumerable.Repeat("江城市中心血站", 6)) });

        var refused = Assert.IsType<RefusedDocument>(TryRender("donation-label", PrintedDocuments.DonationLabel, data));
        Assert.Equal("$.elements[0]", Assert.IsType<DoesNotFit>(Assert.Single(refused.Problems)).Path);
    }

    [Fact]
    public void Given_many_threads_When_they_render_at_once_Then_every_file_is_whole()
    {
        var expected = Render("donation-label", PrintedDocuments.DonationLabel, Label);

        Parallel.For(0, 24, _ => Assert.Equal(expected, Render("donation-label", PrintedDocuments.DonationLabel, Label)));
    }

    public void Dispose() => _programs.Dispose();

    private static DocumentData SlipWith(int reasons, string donor) => new(
        new Dictionary<string, string>(Station)
        {
            ["donorName"] = donor, ["verdictTitle"] = "本次暂缓献血",
            ["untilText"] = "2026 年 4 月 28 日起，欢迎您再来。",
            ["footer"] = "本单只交给献血者本人，请妥善保管。",
        },
        new Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>>>
        {
            ["reasons"] = Enumerable.Range(1, reasons).Select(i => (IReadOnlyDictionary<string, string>)new Dictionary<string, string>
            {
                ["text"] = i % 2 == 0
                    ? "血红蛋白今天是 110 g/L，低于单采献血的要求（女性不低于 115 g/L），近期无须用药。"
                    : "您 10 天前献过血小板，两次单采血小板之间要间隔不少于 14 天，身体才能恢复。",
                ["clause"] = $"GB 18467 示例条款 {i}",
            }).ToList(),
        });

    private static byte[] Render(string name, DocumentFields fields, DocumentData data)
    {
        var result = TryRender(name, fields, data);
        Assert.True(result is RenderedDocument, result is RefusedDocument refused ? string.Join("\n", refused.Problems) : "");
        return ((RenderedDocument)result).Pdf;
    }

    private static RenderResult TryRender(string name, DocumentFields fields, DocumentData data)
    {
        var layout = SampleRecord.Config($"layouts/{name}.layout.json");
        return new DocumentRenderer(Fonts, new FixedTime()).Render(LayoutDefinition.Parse(layout, fields), data);
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 3, 28, 9, 30, 0, TimeSpan.FromHours(8));
    }
}
