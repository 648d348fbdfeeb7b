using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Text.Json;
using Harness;
using IntegrationTests.Support;
using Modules.Signing.Contracts;
using Xunit;

namespace IntegrationTests;

/// <summary>A hand-over signed by the keys of both sides, judged by the openssl program.</summary>
public sealed class HandOverTests(SharedServer shared) : IClassFixture<SharedServer>, IDisposable
{
    private const string Station = "hangzhou", Taker = "as-heat-seal-clerk";
    private readonly OpenSsl _openssl = new();

    public void Dispose() => _openssl.Dispose();

    [Fact]
    public async Task Given_finished_donations_When_both_sides_sign_electronically_Then_openssl_accepts_both_over_the_same_list_and_without_a_certificate_nothing_is_handed_over()
    {
        var visit = await shared.Staff.DonateAsync(Station, Visiting.NewIdNumber(), mpv: true);
        var (nurse, taker, database) = (await shared.Staff.AtAsync(Station, "hs01"), await shared.Staff.AtAsync(Station, Taker), new Database(shared.Server, Station));
        var form = Collecting.HandOver(await nurse.GetAsync("/hand-overs"), visit, Taker, "2～6 ℃");
        Task<Answer> GiveAsync() => nurse.PostAsync("/hand-overs", form);
        await taker.GetAsync("/signing");
        Assert.Equal(302, (await taker.PostAsync("/signing/revoke", ("reason", "left"), ("revoke-pin", Staff.Pin))).Status);
        var before = await database.CountAsync("hand_overs");

        var refused = await GiveAsync();
        Assert.True(refused.Status == 422 && refused.Has("：您还没有可用的签名证书") && refused.Has("2～6 ℃") && await database.CountAsync("hand_overs") == before, Visiting.Words(refused));
        Assert.Equal(302, (await taker.PostAsync("/signing/apply", ("apply-pin", Staff.Pin))).Status);
        var given = await GiveAsync();
        Assert.True(given.Status == 302, Visiting.Words(given));

        var sheet = given.Location![$"/{Station}".Length..];
        var page = await nurse.GetAsync(sheet);
        Assert.True(page.Has("data-proof=\"holds\"") && page.Has("有效，签署后内容没有改动") && page.Has("交出人：多面手护士甲"), Visiting.Words(page));
        Assert.Contains("电子签名，时间戳", PdfText.Of((await nurse.GetAsync(sheet + "/sheet.pdf")).Bytes), StringComparison.Ordinal);
        var (giver, second) = (await VerifiedAsync(nurse, sheet, "giver"), await VerifiedAsync(nurse, sheet, "taker"));
        Assert.Equal(giver.Record.GetProperty("list").GetRawText(), second.Record.GetProperty("list").GetRawText());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(giver.Cms)), second.Record.GetProperty("before").GetString());
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(giver.Record.GetProperty("list").GetRawText()))), page.Body, StringComparison.Ordinal);
        Assert.Equal("2～6 ℃", giver.Record.GetProperty("list").GetProperty("remarks").GetString());
        Assert.Equal(2, (await database.RowsAsync($"SELECT 1 FROM evidence_leaves WHERE \"Kind\" = 'hand-over-cms' AND \"Subject\" = 'hand-over:{sheet.Split('/')[^1]}'")).Count);
        Assert.NotNull(await database.RefusalAsync("DELETE FROM hand_over_signatures"));
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_two_hand_overs_at_once_When_both_want_the_same_number_Then_each_is_signed_with_its_own()
    {
        var visits = new List<Guid>();
        foreach (var _ in new[] { 1, 2 }) visits.Add(await shared.Staff.DonateAsync(Station, Visiting.NewIdNumber(), mpv: true));
        await shared.Staff.AtAsync(Station, Taker);
        var desks = new[] { await shared.Staff.AtAsync(Station, "hs01"), await shared.Staff.SignInAsync(Station, "hs01") };
        var forms = new List<Dictionary<string, string>>();
        foreach (var (desk, visit) in desks.Zip(visits)) forms.Add(Collecting.HandOver(await desk.GetAsync("/hand-overs"), visit, Taker));

        var given = await Task.WhenAll(desks.Zip(forms, (desk, form) => desk.PostAsync("/hand-overs", form)));

        Assert.All(given, answer => Assert.True(answer.Status == 302, Visiting.Words(answer)));
        var sheets = await Task.WhenAll(given.Select(answer => desks[0].GetAsync(answer.Location![$"/{Station}".Length..])));
        Assert.All(sheets, sheet => Assert.True(sheet.Has("data-proof=\"holds\""), Visiting.Words(sheet)));
        Assert.Equal(2, sheets.Select(s => s.Headline).Distinct().Count());
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_a_hand_over_sent_twice_at_once_When_answered_Then_both_are_led_to_the_one_sheet()
    {
        var visit = await shared.Staff.DonateAsync(Station, Visiting.NewIdNumber(), mpv: true);
        await shared.Staff.AtAsync(Station, Taker);
        var nurse = await shared.Staff.AtAsync(Station, "hs01");
        var form = Collecting.HandOver(await nurse.GetAsync("/hand-overs"), visit, Taker);

        var answers = await Task.WhenAll(nurse.PostAsync("/hand-overs", form), nurse.PostAsync("/hand-overs", form));

        Assert.All(answers, a => Assert.True(a.Status == 302 && a.Location == answers[0].Location, Visiting.Words(a)));
        Assert.Single(await new Database(shared.Server, Station).RowsAsync($"SELECT 1 FROM hand_over_lines WHERE lower(CAST(\"VisitId\" AS text)) = '{visit}'"));
    }

    [Fact]
    public async Task Given_a_donation_on_the_page_When_its_volume_is_corrected_before_both_sides_sign_Then_nothing_is_signed_that_was_not_on_the_page()
    {
        var visit = await shared.Staff.DonateAsync(Station, Visiting.NewIdNumber(), mpv: true);
        var nurse = await shared.Staff.AtAsync(Station, "hs01");
        await shared.Staff.AtAsync(Station, Taker);
        var shown = Collecting.HandOver(await nurse.GetAsync("/hand-overs"), visit, Taker);
        await nurse.AmendAsync(visit, "collection-record", Collecting.Record(volume: "262"));

        var refused = await nurse.PostAsync("/hand-overs", shown);

        Assert.True(refused.Status == 422 && refused.Has("在页面打开后有更正，列表已更新，请核对后重新提交") && refused.Has("232 mL"), Visiting.Words(refused));
        var given = await nurse.PostAsync("/hand-overs", Collecting.HandOver(refused, visit, Taker));
        Assert.True(given.Status == 302 && (await nurse.GetAsync(given.Location![$"/{Station}".Length..])).Has("232 mL"), Visiting.Words(given));
    }

    /// <summary>Downloads what one side has signed and has openssl judge it, as it is and with one byte changed.</summary>
    private async Task<(JsonElement Record, byte[] Cms)> VerifiedAsync(Browser nurse, string sheet, string role)
    {
        var (record, cms) = ((await nurse.GetAsync($"{sheet}/{role}.json")).Bytes, (await nurse.GetAsync($"{sheet}/{role}.p7s")).Bytes);
        var (root, ca) = (await FetchAsync("/pki/root.cer", "root.pem"), await FetchAsync("/pki/ca.cer", "ca.pem"));
        var other = record.ToArray();
        other[^5] ^= 1;
        async Task<string> CmsAsync(byte[] content) => (await _openssl.RunAsync("cms", "-verify", "-cades", "-inform", "DER", "-in", _openssl.File("signature.p7s", cms), "-content", _openssl.File("content.json", content), "-binary", "-CAfile", root, "-out", "verified")).Said;
        Assert.Contains("CAdES Verification successful", await CmsAsync(record), StringComparison.Ordinal);
        Assert.Contains("verification failure", await CmsAsync(other), StringComparison.OrdinalIgnoreCase);
        var message = new SignedCms();
        message.Decode(cms);
        var stamp = await _openssl.RunAsync("ts", "-verify", "-token_in", "-in", _openssl.File("token.der", SignatureParts.Timestamp(cms)), "-data", _openssl.File("value.bin", message.SignerInfos[0].GetSignature()), "-CAfile", root, "-untrusted", ca);
        Assert.Contains("Verification: OK", stamp.Said, StringComparison.Ordinal);
        return (JsonDocument.Parse(record).RootElement, cms);
    }

    private async Task<string> FetchAsync(string path, string name) => _openssl.Certificate(name, (await shared.Staff.Stranger(Station).GetAsync(path)).Bytes);
}
