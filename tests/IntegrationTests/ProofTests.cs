using System.Diagnostics;
using System.Text.RegularExpressions;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What each signed step leaves behind, checked by other programs than ours.</summary>
public sealed partial class ProofTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly string _idNumber = Visiting.NewIdNumber();

    [Fact]
    public async Task Given_a_whole_donation_When_signed_electronically_Then_every_signature_holds_and_the_three_forms_are_valid_for_other_programs()
    {
        var (nurse, visit) = await DonateAsync("hangzhou", mpv: true);

        var page = await nurse.GetAsync($"/visits/{visit}");
        Assert.True(page.Body.Contains("data-proof=\"holds\"", StringComparison.Ordinal), Visiting.Words(page));
        var records = Records().Matches(page.Body).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.Equal(3, records.Select(r => r.Split("-v")[0]).Distinct().Count());
        foreach (var record in records)
        {
            var pdf = (await nurse.GetAsync(record)).Bytes;
            var said = await PdfSigAsync(pdf);
            Assert.True(Regex.Count(said, "Signature is Valid") == Regex.Count(said, "Signature #") && said.Contains("Total document signed", StringComparison.Ordinal), said);
            Assert.Contains("演示献血者", PdfText.Of(pdf), StringComparison.Ordinal);
        }
        var consent = await PdfSigAsync((await nurse.GetAsync(records.Last(r => r.Contains("record-consent", StringComparison.Ordinal)))).Bytes);
        Assert.Equal(2, Regex.Count(consent, "Signature #"));
        Assert.Matches("(?s)Signature #1.*演示献血者.*Signature #2", consent);
    }

    [Fact]
    public async Task Given_no_electronic_signing_When_a_donation_is_done_Then_the_same_forms_are_made_for_ink_and_say_so()
    {
        var (nurse, visit) = await DonateAsync("shaoxing", mpv: false);

        var page = await nurse.GetAsync($"/visits/{visit}");
        Assert.Contains("data-proof=\"paper\"", page.Body, StringComparison.Ordinal);
        var records = Records().Matches(page.Body).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.Equal(3, records.Select(r => r.Split("-v")[0]).Distinct().Count());
        foreach (var record in records) Assert.Contains("未启用电子签名", PdfText.Of((await nurse.GetAsync(record)).Bytes), StringComparison.Ordinal);
    }

    private async Task<(Browser Nurse, Guid Visit)> DonateAsync(string station, bool mpv)
    {
        await shared.Staff.AtAsync(station, Collecting.Second);
        var nurse = await shared.Staff.SignInAsync(station, "hs01");
        var visit = await nurse.RunVisitAsync(Visiting.Registration(_idNumber), mpv);
        await nurse.CollectAsync(visit, _idNumber);
        await nurse.RevealAsync(visit);
        return (nurse, visit);
    }

    private static async Task<string> PdfSigAsync(byte[] pdf)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, pdf);
        using var process = Process.Start(new ProcessStartInfo("pdfsig", [file]) { RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        File.Delete(file);
        return said;
    }

    [GeneratedRegex("href=\"/[a-z]+(/visits/[0-9a-f-]+/records/[a-z0-9-]+\\.pdf)\"")]
    private static partial Regex Records();
}
