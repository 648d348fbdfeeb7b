using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Harness;
using IntegrationTests.Support;
using Modules.Signing.Contracts;
using Xunit;

namespace IntegrationTests;

/// <summary>A station that signs by an authority of somebody else, run by the openssl program; and what happens when that is away.</summary>
public sealed class OutsideAuthorityTests : IAsyncLifetime
{
    private const string Station = "hangzhou";
    private static readonly byte[] Content = [.. "{\"plt\":\"210\"}"u8];
    private readonly TenantConfigCopy _configuration = new();
    private OutsideAuthority _authority = null!;
    private ServerProcess _server = null!;
    private SigningDesk _desk = null!;
    private Staff _staff = null!;

    public async Task InitializeAsync()
    {
        _authority = await OutsideAuthority.StartAsync();
        _configuration.Edit(settings =>
        {
            foreach (var (key, value) in _authority.Settings()) settings["Signing:" + key] = JsonValue.Create(value);
        }, Station, "appsettings.json");
        _server = await ServerProcess.StartAsync(_configuration.Folder);
        _desk = await SigningDesk.OpenAsync(_server);
        _staff = new Staff(_server);
        await _staff.AtAsync(Station, "jd01");
    }

    public async Task DisposeAsync()
    {
        await _desk.DisposeAsync();
        await _server.DisposeAsync();
        await _authority.DisposeAsync();
        _configuration.Dispose();
    }

    [Fact]
    public async Task Given_an_authority_outside_When_donor_and_staff_sign_Then_its_root_proves_them_and_its_revocation_counts_from_its_time()
    {
        foreach (var who in new[] { "donor", "staff" })
        {
            var (certificate, signature) = who == "donor" ? await _desk.DonorSignsAsync(Station, Content) : await _desk.StaffSignsAsync(Station, "jd01", Content);
            var verdict = _desk.Check(signature.Cms!, Content, await _desk.TrustAsync(Station, certificate));
            Assert.Equal((who, "", "Outside Issuer"), (who, string.Join(' ', verdict.Faults), verdict.Authority));
        }
        var (own, before) = await _desk.StaffSignsAsync(Station, "jd01", Content);
        await Task.Delay(1100);
        await _authority.RevokeAsync(own);
        await Task.Delay(1100);
        var (_, after) = await _desk.StaffSignsAsync(Station, "jd01", Content);
        var trust = await _desk.TrustAsync(Station, own);

        Assert.Empty(_desk.Check(before.Cms!, Content, trust).Faults);
        Assert.Equal(["签名证书在签名时已被吊销。"], _desk.Check(after.Cms!, Content, trust).Faults);
        Assert.Contains("没有签名证书在签名时的吊销信息，不能确认证书当时有效。", _desk.Check(before.Cms!, Content, trust with { Crls = [], OcspResponses = [] }).Faults);
    }

    [Fact]
    public async Task Given_the_authority_is_away_When_somebody_signs_or_chooses_a_pin_Then_a_sentence_says_so_and_afterwards_it_works()
    {
        using var act = (await _desk.AtAsync(Station, async services => (await ((ISigningKeys)services.GetService(typeof(ISigningKeys))!).OpenForDonorAsync(new DonorSubject("李测试", SigningDesk.Donor))).Act))!;
        _authority.Stop();

        Assert.Equal((SigningFaultKind.Unavailable, true), Of(await _desk.DonorFaultAsync(Station)));
        Assert.Null(await _desk.StaffFaultAsync(Station, "jd01", Staff.Pin));
        var stamp = (await _desk.StaffSignsAsync(Station, "jd01", Content)).Signature;
        Assert.Null(stamp.Cms);
        Assert.Equal((SigningFaultKind.Unavailable, true), Of(stamp.Fault));
        using var late = _staff.Stranger(Station);
        var chosen = await ChoosePinAsync(late, "pg01");
        Assert.Equal((200, true), (chosen.Status, chosen.Has("电子认证服务暂时没有应答，没有签名。PIN 已经可以使用") && chosen.Has("页申请")));
        Assert.True((await late.GetAsync("/signing")).Has("认证机构现在没有应答"));
        Assert.Equal(422, (await late.PostAsync("/signing/apply", ("apply-pin", Staff.Pin))).Status);

        _authority.Start();
        Assert.NotNull((await act.SignAsync(Content)).Cms);
        Assert.NotNull((await _desk.DonorSignsAsync(Station, Content)).Signature.Cms);
        await late.GetAsync("/signing");
        Assert.Equal(302, (await late.PostAsync("/signing/apply", ("apply-pin", Staff.Pin))).Status);
        Assert.NotNull((await _desk.StaffSignsAsync(Station, "pg01", Content)).Signature.Cms);
    }

    [Fact]
    public async Task Given_an_authority_that_is_silent_or_lies_When_asked_Then_nothing_is_signed()
    {
        _authority.Silent = true;
        Assert.Equal((SigningFaultKind.Unavailable, true), Of(await _desk.DonorFaultAsync(Station)));
        _authority.Silent = false;
        _authority.OtherName = "/C=CN/O=x/CN=somebody else/serialNumber=idh:00";
        Assert.Equal((SigningFaultKind.Unavailable, true), Of(await _desk.DonorFaultAsync(Station)));
        _authority.OtherName = null;
        Assert.NotNull((await _desk.StaffSignsAsync(Station, "jd01", Content)).Signature.Cms);
        _authority.Replays = true;
        Assert.Equal((SigningFaultKind.Unavailable, true), Of((await _desk.StaffSignsAsync(Station, "jd01", Content)).Signature.Fault));
    }

    [Fact]
    public async Task Given_a_station_that_changed_its_authority_When_old_signatures_are_checked_Then_they_hold()
    {
        await using var before = await SigningDesk.OpenAsync(_server, $"--Tenants:{Station}:Signing:Authority=built-in", $"--Tenants:{Station}:Signing:Timestamps=built-in");
        var (old, signature) = await before.DonorSignsAsync(Station, Content);
        await _desk.DonorSignsAsync(Station, Content);

        var verdict = _desk.Check(signature.Cms!, Content, await _desk.TrustAsync(Station, old));

        Assert.Empty(verdict.Faults);
        Assert.Contains("测试签发 CA", verdict.Authority, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_the_authority_is_away_When_archived_and_checked_Then_nothing_is_archived_unsealed_and_what_is_there_is_checked_without_it()
    {
        await ShownAsUnknownWhileAwayAsync(await _staff.DeferAsync(Station));
        var archivist = await _staff.AtAsync(Station, "da01");
        _authority.Stop();
        var refused = await archivist.ArchiveAsync();
        _authority.Start();
        var done = await archivist.ArchiveAsync();
        _authority.Stop();
        var (exit, output, error) = await _server.VerbAsync(["verify", Station]);

        Assert.True(refused.Has("没有封存") && refused.Has("请稍后") && !refused.Has("已归档"), Visiting.Words(refused));
        Assert.True(done.Has("已归档"), Visiting.Words(done));
        Assert.True(exit == 0 && output.Contains("档案包 1 个，全部符合", StringComparison.Ordinal) && output.Contains("全部与写入时一致", StringComparison.Ordinal), output + error);
    }

    /// <summary>An outage is no false alarm, and the page does not wait for each certificate in turn.</summary>
    private async Task ShownAsUnknownWhileAwayAsync(Guid visit)
    {
        var nurse = await _staff.AtAsync(Station, "hs01");
        Assert.Contains("data-proof=\"holds\"", (await nurse.GetAsync($"/visits/{visit}")).Body, StringComparison.Ordinal);
        _authority.Silent = true;
        var (before, silent) = (Stopwatch.GetTimestamp(), await nurse.GetAsync($"/visits/{visit}"));
        var waited = Stopwatch.GetElapsedTime(before);
        _authority.Silent = false;
        _authority.Stop();
        var away = await nurse.GetAsync($"/visits/{visit}");
        _authority.Start();
        foreach (var page in new[] { silent, away }) Assert.True(page.Body.Contains("data-proof=\"unknown\"", StringComparison.Ordinal) && page.Has("暂时不能核验") && !page.Has(">有问题<"), Visiting.Words(page));
        Assert.True(waited < TimeSpan.FromSeconds(10), $"{waited}");
    }

    private static (SigningFaultKind?, bool) Of(SigningFault? fault) => (fault?.Kind, fault is { Message.Length: > 0, Remedy.Length: > 0 });

    private static async Task<Answer> ChoosePinAsync(Browser browser, string account)
    {
        await browser.GetAsync("/sign-in");
        await browser.PostAsync("/sign-in", ("userName", account), ("password", ServerProcess.DemoPassword), ("returnUrl", ""));
        await browser.GetAsync("/pin");
        return await browser.PostAsync("/pin", ("password", ServerProcess.DemoPassword), ("pin", Staff.Pin), ("pinAgain", Staff.Pin));
    }
}
