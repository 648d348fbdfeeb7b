using System.Text;
using Engine.Documents;
using Xunit;

namespace FastTests.Documents;

public sealed class PdfSignaturesTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 28, 9, 30, 5, TimeSpan.FromHours(8));

    /// <summary>Stands for a signature: a DER value of its own length, as CMS is one.</summary>
    private static readonly byte[] Cms = [0x30, 0x82, 0x01, 0x04, .. Enumerable.Range(0, 260).Select(i => (byte)(i % 256))];

    private static readonly byte[] Once = Sign(Sample(), "donor", "吴梓涵");
    private static readonly byte[] Twice = Sign(Once, "examiner", "欧阳𠮷");

    [Fact]
    public void Given_a_file_When_signed_twice_Then_each_update_leaves_what_was_before_as_it_was()
    {
        Assert.Equal(Sample(), Once[..Sample().Length]);
        Assert.Equal(Once, Twice[..Once.Length]);
    }

    [Fact]
    public void Given_a_file_signed_twice_When_read_Then_both_are_there_with_names_bytes_and_the_last_covers_the_file()
    {
        var reading = PdfSignatures.Read(Twice);

        Assert.Empty(reading.Faults);
        Assert.True(reading.LastCoversFile);
        Assert.Equal([("donor", "吴梓涵", true), ("examiner", "欧阳𠮷", true)], reading.Signatures.Select(s => (s.FieldName, s.SignerName, s.CoversRevision)));
        Assert.All(reading.Signatures, s => Assert.Equal(Cms, s.Cms));
        Assert.Equal(PdfSignatures.Prepare(Once, Field("examiner", "欧阳𠮷")).SignedBytes, reading.Signatures[1].SignedBytes);
    }

    [Fact]
    public void Given_a_field_When_written_Then_it_is_a_locked_printed_widget_over_the_place_with_reason_and_time()
    {
        var text = Encoding.Latin1.GetString(Once);

        Assert.Contains("/F 132", text);
        Assert.Contains("/Rect [20 30 120.5 70]", text);
        Assert.Contains("/SubFilter /ETSI.CAdES.detached", text);
        Assert.Contains("/SigFlags 3", text);
        Assert.Contains("/M (D:20260328093005+08'00')", text);
        Assert.Contains($"/Reason <FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes("记录属实"))}>", text);
    }

    [Fact]
    public void Given_the_same_file_and_field_When_prepared_twice_Then_the_bytes_are_the_same() =>
        Assert.Equal(PdfSignatures.Prepare(Once, Field("a", "b")).SignedBytes, PdfSignatures.Prepare(Once, Field("a", "b")).SignedBytes);

    [Fact]
    public void Given_a_signed_file_When_any_byte_is_changed_Then_it_shows_and_nothing_is_thrown()
    {
        var whole = PdfSignatures.Read(Twice);
        for (var at = 0; at < Twice.Length; at++)
        {
            var changed = (byte[])Twice.Clone();
            changed[at] ^= 0x21;
            var reading = PdfSignatures.Read(changed);
            Assert.True(reading.Faults.Count > 0 || !Same(whole, reading), $"A changed byte {at} was not seen.");
        }
    }

    [Fact]
    public void Given_a_signed_file_When_cut_off_anywhere_Then_it_shows_and_nothing_is_thrown()
    {
        for (var length = 0; length < Twice.Length; length += 7)
        {
            var reading = PdfSignatures.Read(Twice[..length]);
            Assert.True(reading.Faults.Count > 0 || reading.Signatures.Count < 2, $"Cut to {length} bytes.");
        }
    }

    [Fact]
    public void Given_bytes_of_any_kind_When_read_Then_there_are_faults_and_nothing_is_thrown()
    {
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++)
        {
            var changed = (byte[])Twice.Clone();
            for (var j = random.Next(1, 40); j > 0; j--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            PdfSignatures.Read(changed);
        }
        Assert.NotEmpty(PdfSignatures.Read([]).Faults);
        Assert.NotEmpty(PdfSignatures.Read(Encoding.ASCII.GetBytes("%PDF-1.4\nxref\n0 1\nstartxref\n9\n%%EOF")).Faults);
    }

    [Theory]
    [InlineData("% more\n")]
    [InlineData("startxref\n0\n%%EOF\n")]
    public void Given_something_behind_the_last_signature_When_read_Then_it_is_a_fault(string more)
    {
        var reading = PdfSignatures.Read([.. Twice, .. Encoding.ASCII.GetBytes(more)]);

        Assert.False(reading.LastCoversFile);
        Assert.NotEmpty(reading.Faults);
    }

    [Theory]
    [InlineData(3, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R>>")]
    [InlineData(4, "<</Length 3>>\nstream\n1 w\nendstream")]
    [InlineData(9, "<</Type /Annot /Subtype /FreeText /Rect [0 0 100 100]>>")]
    [InlineData(9, "<</Type /Annot /Subtype /Widget /FT /Sig /T <FEFF0041> /P 3 0 R /F 132 /Rect [0 0 9 9] /AP <</N 4 0 R>> /V 5 0 R>>")]
    [InlineData(9, "<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 3>>\nstream\n1 w\nendstream")]
    [InlineData(9, "<</Type /Sig /Length 3>>\nstream\n1 w\nendstream")]
    [InlineData(3, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [14 0 R <</Type /Annot /Subtype /FreeText /Rect [0 0 100 100]>>]>>")]
    [InlineData(1, "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [14 0 R] /SigFlags 3 /NeedAppearances true>>>>")]
    public void Given_an_update_that_changes_what_was_signed_and_a_signature_over_it_When_read_Then_it_is_a_fault(int number, string content)
    {
        var forged = Sign(Update(Once, number, content), "examiner", "欧阳𠮷");

        var reading = PdfSignatures.Read(forged);

        Assert.True(reading.LastCoversFile);
        Assert.Contains(reading.Faults, f => f.Contains("改动了文件"));
    }

    [Fact]
    public void Given_an_update_that_frees_what_was_signed_When_read_Then_it_is_a_fault()
    {
        var update = Encoding.Latin1.GetString(Update(Once, 4, "<</Length 3>>\nstream\n0 g\nendstream"));
        var entry = update.LastIndexOf(" 00000 n ", StringComparison.Ordinal);
        var forged = Sign(Encoding.Latin1.GetBytes(update), "examiner", "欧阳𠮷");
        " 00001 f "u8.CopyTo(forged.AsSpan(entry));

        Assert.Contains(PdfSignatures.Read(forged).Faults, f => f.Contains("对象 4 被删去"));
    }

    [Fact]
    public void Given_a_file_that_names_one_signature_thousands_of_times_When_read_Then_it_is_held_once()
    {
        var text = Encoding.Latin1.GetString(Twice);
        var last = text.LastIndexOf("/Fields [", StringComparison.Ordinal) + "/Fields [".Length;
        var many = Update(Twice, 1, "<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [" + string.Concat(Enumerable.Repeat(text[last..text.IndexOf(" R", last, StringComparison.Ordinal)] + " R ", 5000)) + "] /SigFlags 3>>>>");

        Assert.True(PdfSignatures.Read(many).Signatures.Count <= 1);
    }

    [Fact]
    public void Given_a_signature_copied_to_another_range_When_read_Then_it_does_not_cover_its_revision()
    {
        var text = Encoding.Latin1.GetString(Once);
        var range = text[text.IndexOf("/ByteRange [0 ", StringComparison.Ordinal)..];
        var first = range[.."/ByteRange [0 123".Length];
        var forged = Encoding.Latin1.GetBytes(text.Replace(first, "/ByteRange [0 001", StringComparison.Ordinal));

        var reading = PdfSignatures.Read(forged);

        Assert.False(Assert.Single(reading.Signatures).CoversRevision);
        Assert.Contains(reading.Faults, f => f.Contains("donor"));
    }

    [Fact]
    public void Given_a_name_used_already_or_a_page_that_is_not_there_When_prepared_Then_it_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PdfSignatures.Prepare(Once, Field("donor", "x")));
        Assert.Throws<ArgumentException>(() => PdfSignatures.Prepare(Once, Field("b", "x") with { Place = new SignaturePlace("f", "r", 2, 0, 0, 9, 9) }));
    }

    [Fact]
    public void Given_a_signature_longer_than_the_reserve_When_completed_Then_it_is_refused() =>
        Assert.Throws<ArgumentException>(() => PdfSignatures.Prepare(Once, Field("b", "x") with { Reserve = 200 }).Complete(Cms));

    [Theory]
    [InlineData("startxref", "startxyef")]
    [InlineData("xref\n1 ", "9 0 obj <</Type /XRef>>\n1 ")]
    [InlineData("/Root 1 0 R", "/Root 1 0 R /Encrypt 4 0 R")]
    public void Given_a_file_not_of_our_writing_When_prepared_Then_it_is_refused(string ours, string theirs)
    {
        var text = Encoding.Latin1.GetString(Sample()).Replace(ours, theirs, StringComparison.Ordinal);

        Assert.ThrowsAny<FormatException>(() => PdfSignatures.Prepare(Encoding.Latin1.GetBytes(text), Field("a", "b")));
        Assert.NotEmpty(PdfSignatures.Read(Encoding.Latin1.GetBytes(text)).Faults);
    }

    [Fact]
    public void Given_a_file_without_signatures_When_read_Then_there_are_none_and_no_fault()
    {
        var reading = PdfSignatures.Read(Sample());

        Assert.Empty(reading.Signatures);
        Assert.Empty(reading.Faults);
        Assert.False(reading.LastCoversFile);
    }

    private static bool Same(PdfSignatureReading one, PdfSignatureReading other) => one.Signatures.Count == other.Signatures.Count
        && one.Signatures.Zip(other.Signatures).All(p => p.First.SignedBytes.AsSpan().SequenceEqual(p.Second.SignedBytes) && p.First.Cms.AsSpan().SequenceEqual(p.Second.Cms));

    private static SignatureField Field(string name, string signer) =>
        new(name, new SignaturePlace("general-check", name, 1, 20, 30, 100.5f, 40), signer, "记录属实", At, Reserve: 300);

    private static byte[] Sign(byte[] pdf, string name, string signer) => PdfSignatures.Prepare(pdf, Field(name, signer)).Complete(Cms);

    /// <summary>One page, written as the renderer writes.</summary>
    private static byte[] Sample() => Written("%PDF-1.4\n", "",
        (1, "<</Type /Catalog /Pages 2 0 R>>"), (2, "<</Type /Pages /Kids [3 0 R] /Count 1>>"),
        (3, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R>>"), (4, "<</Length 3>>\nstream\n0 g\nendstream"));

    private static byte[] Update(byte[] before, int number, string content)
    {
        var text = Encoding.Latin1.GetString(before);
        var table = text[(text.LastIndexOf("startxref\n", StringComparison.Ordinal) + 10)..text.LastIndexOf("\n%%EOF", StringComparison.Ordinal)];
        return Written(text, $" /Prev {table}", (number, content));
    }

    private static byte[] Written(string before, string more, params (int Number, string Content)[] objects)
    {
        var text = new StringBuilder(before);
        var entries = new StringBuilder("xref\n");
        foreach (var (number, content) in objects)
        {
            entries.Append($"{number} 1\n{text.Length:D10} 00000 n \n");
            text.Append($"{number} 0 obj\n{content}\nendobj\n");
        }
        var table = text.Length;
        return Encoding.Latin1.GetBytes($"{text}{entries}trailer\n<</Size 12 /Root 1 0 R /ID [<00> <00>]{more}>>\nstartxref\n{table}\n%%EOF\n");
    }
}
